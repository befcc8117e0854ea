"""Whether this process lives, and whether it can work."""

import asyncio
from typing import Final

from fastapi import APIRouter, Response

from enlist_ingest.api.dependencies import OpenedIngest
from enlist_ingest.service import Ingest
from enlist_shared.ids import ObjectKey
from enlist_shared.objectstore import ObjectMissingError
from enlist_shared.telemetry import describe, logger

PATIENCE: Final = 3.0  # seconds
_NOBODYS_OBJECT: Final = ObjectKey("health/no-such-object")

router = APIRouter(prefix="/v1/health", tags=["health"])


@router.get("/live", status_code=204, response_class=Response)
async def live() -> None:
    """The process answers."""


@router.get(
    "/ready",
    status_code=204,
    response_class=Response,
    responses={503: {"description": "Postgres or S3 does not answer"}},
)
async def ready(ingest: OpenedIngest) -> Response:
    """204 when Postgres and S3 answer, else 503. The broker does not matter: events wait."""
    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(ingest.store.answers(), _bucket_answers(ingest))
    except Exception as error:
        logger().warning("health.not_ready", **describe(error))
        return Response(status_code=503)
    return Response(status_code=204)


async def _bucket_answers(ingest: Ingest) -> None:
    try:
        await ingest.objects.get(_NOBODYS_OBJECT)
    except ObjectMissingError:
        return
