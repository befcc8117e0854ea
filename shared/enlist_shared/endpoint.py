"""What a worker answers over HTTP: `/health/live`, `/health/ready` and `/metrics`.

One small ASGI application; uvicorn serves it inside the worker's own event loop.
"""

from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

import uvicorn
from prometheus_client import make_asgi_app

from enlist_shared.health import Health
from enlist_shared.metrics import REGISTRY
from enlist_shared.settings import HttpSettings

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Message, Receive, Send], Awaitable[None]]
_CONNECTIONS: Final = 32
_GRACE_SECONDS: Final = 1


def make_endpoint(health: Health) -> Application:
    """The application of a process whose health this is."""
    metrics = make_asgi_app(REGISTRY)

    async def endpoint(scope: Message, receive: Receive, send: Send) -> None:
        match scope["method"], scope["path"]:
            case "GET", "/health/live":
                await _answer(send, 204)
            case "GET", "/health/ready":
                await _answer(send, 204 if await health.is_ready() else 503)
            case "GET", "/metrics":
                await metrics(scope, receive, send)
            case _:
                await _answer(send, 404)

    return endpoint


async def serve(settings: HttpSettings, application: Application) -> None:
    """Serve until cancelled; ends the process when the port is taken."""
    server = _Server(
        uvicorn.Config(
            application,
            host=settings.host,
            port=settings.port,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=_CONNECTIONS,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )
    try:
        await server.serve()
    finally:
        if server.started:
            await server.shutdown()


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the worker has its own."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _answer(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body"})
