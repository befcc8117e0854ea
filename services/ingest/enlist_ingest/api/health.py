"""Whether this process lives, whether it can work, and what it has measured."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from enlist_shared.health import Health
from enlist_shared.metrics import REGISTRY

router = APIRouter(tags=["health"])


@router.get("/health/live", status_code=204, response_class=Response)
async def live() -> None:
    """The process answers."""


@router.get(
    "/health/ready",
    status_code=204,
    response_class=Response,
    responses={503: {"description": "Postgres or S3 does not answer"}},
)
async def ready(request: Request) -> Response:
    """204 when Postgres and S3 answer, else 503. The API needs no broker: events wait."""
    health: Health = request.app.state.health
    return Response(status_code=204 if await health.is_ready() else 503)


@router.get("/metrics", include_in_schema=False)
async def metrics() -> Response:
    """What this process has counted, in the text form of Prometheus."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)
