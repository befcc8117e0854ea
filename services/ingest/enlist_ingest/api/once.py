"""`Idempotency-Key`: a POST that may be sent again without being done again.

A router whose `route_class` is `OnceRoute` understands the header; its handlers need not know. What
a handler accepts through `open_receiving` is bound to the key by the transaction that accepts it.
Sources: draft-ietf-httpapi-idempotency-key-header-07; Stripe's API, for keys without quotes, for
answers that are repeated to the byte, and for the header that says so.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import Any, ClassVar, Final, Protocol

from fastapi import Request, Response
from fastapi.routing import APIRoute

from enlist_ingest.api.dependencies import authenticated, bearer, opened
from enlist_ingest.api.forms import LARGEST_REST
from enlist_ingest.api.imports import wanted_import
from enlist_ingest.api.problems import Problem, ProblemCode
from enlist_ingest.idempotency import Answer, KeyHeldError, KeyLostError, Once, RequestKey, Result
from enlist_ingest.service import Ingest
from enlist_ingest.upload import Caller
from enlist_rules.codes import Code, PermanentFailure
from enlist_shared.ids import ImportId

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replayed"
_QUOTED: Final = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
_BARE: Final = re.compile(r"[!#-~][!-~]*")
_ESCAPED: Final = re.compile(r'\\(["\\])')
_LONGEST: Final = 255
Handler = Callable[[Request], Awaitable[Response]]


class BodyIdentity(Protocol):
    """Sees a request's body go by, and says what makes it the same as another one."""

    def __init__(self, headers: Mapping[str, str]) -> None: ...

    def feed(self, block: bytes) -> None:
        """Take the next bytes."""

    def fingerprint(self) -> bytes:
        """SHA-256 of what was asked, when the body has ended."""


class WholeBody:
    """Two bodies are the same when their bytes are."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        del headers
        self._digest = sha256()

    def feed(self, block: bytes) -> None:
        self._digest.update(block)

    def fingerprint(self) -> bytes:
        return self._digest.digest()


class OnceRoute(APIRoute):
    """A route that is run once for each `Idempotency-Key`, and as ever for requests without."""

    identity: ClassVar[type[BodyIdentity]] = WholeBody

    def get_route_handler(self) -> Callable[[Request], Any]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            if request.method != "POST" or HEADER not in request.headers:
                return await handler(request)
            return await _once(request, self.identity(request.headers), handler)

        return handle


def read_key(values: list[str]) -> str:
    """The key that a header holds: a string of RFC 8941, or, as is common, without its quotes."""
    if len(values) == 1 and len(values[0]) <= 2 * _LONGEST:
        quoted, bare = _QUOTED.fullmatch(values[0]), _BARE.fullmatch(values[0])
        key = _ESCAPED.sub(r"\1", quoted[1]) if quoted else bare[0] if bare else ""
        if 0 < len(key) <= _LONGEST:
            return key
    form = f"{HEADER} is one string of 1 to {_LONGEST} visible ASCII characters."
    raise Problem(400, ProblemCode.IDEMPOTENCY_KEY, form)


async def _once(request: Request, body: BodyIdentity, handler: Handler) -> Response:
    caller = await authenticated(request, await bearer(request))
    ingest = opened(request)
    address = request.url.path + f"?{request.url.query}" * bool(request.url.query)
    key = read_key(request.headers.getlist(HEADER))
    request = _seen_by(body, request, ingest.settings.max_bytes + LARGEST_REST)
    try:
        begun = await ingest.idempotency.begin(
            RequestKey(caller.account_id, f"POST {address}", key), body.fingerprint
        )
        if isinstance(begun, Result):
            return await _again(request, body.fingerprint, begun, caller, ingest)
        return await _first(request, begun, handler, ingest)
    except (KeyHeldError, KeyLostError):
        running = "A request with this Idempotency-Key is running. Ask again when it has ended."
        raise Problem(409, ProblemCode.IDEMPOTENCY_RUNNING, running, {"Retry-After": "1"}) from None


async def _first(request: Request, once: Once, handler: Handler, ingest: Ingest) -> Response:
    async with ingest.idempotency.hold(once):
        request.state.once = once
        response = await handler(request)
        answer = Answer(
            response.status_code, response.headers.get("location"), bytes(response.body).decode()
        )
        await ingest.idempotency.keep(once, once.fingerprint(), answer)
    return response


async def _again(
    request: Request,
    fingerprint: Callable[[], bytes],
    result: Result,
    caller: Caller,
    ingest: Ingest,
) -> Response:
    """Compare the whole body with what was asked first, then say again what was answered."""
    async for _ in request.stream():
        pass
    if fingerprint() != result.fingerprint:
        reused = "This Idempotency-Key was used for another request; use a new one for this."
        raise Problem(422, ProblemCode.IDEMPOTENCY_REUSED, reused)
    answer = result.answer
    if answer is None and result.import_id is not None:
        made = await _accepted(result.import_id, caller, ingest)
        answer = await ingest.idempotency.keep(result, result.fingerprint, made)
    if answer is None:
        raise KeyHeldError
    headers = {REPLAYED: "true"} | ({"Location": answer.location} if answer.location else {})
    return Response(answer.body, answer.status, headers, media_type="application/json")


async def _accepted(import_id: ImportId, caller: Caller, ingest: Ingest) -> Answer:
    """What the request that made this import would have answered, had it not been cut off."""
    view = await wanted_import(import_id, caller, ingest)
    return Answer(202, f"/v1/imports/{import_id}", view.model_dump_json())


def _seen_by(body: BodyIdentity, request: Request, max_bytes: int) -> Request:
    """The request, whose body is seen on its way to whoever reads it."""
    received = 0

    async def receive() -> Any:  # noqa: ANN401 - an ASGI message
        nonlocal received
        message = await request.receive()
        block = message.get("body", b"")
        received += len(block)
        if received > max_bytes:
            raise PermanentFailure(Code.TOO_LARGE)
        body.feed(block)
        return message

    return Request(request.scope, receive)
