"""Cancelling an import, wherever it stands."""

from fastapi import APIRouter

from enlist_ingest.api.dependencies import Authenticated, OpenedIngest
from enlist_ingest.api.imports import WantedImport, wanted_import
from enlist_ingest.api.once import OnceRoute
from enlist_ingest.api.problems import Problem, ProblemCode
from enlist_ingest.api.views import ImportView
from enlist_shared.ids import ImportId
from enlist_shared.states import Status

router = APIRouter(prefix="/v1/imports", tags=["imports"], route_class=OnceRoute)


@router.post("/{import_id}/cancel")
async def cancel_import(
    wanted: WantedImport, caller: Authenticated, ingest: OpenedIngest
) -> ImportView:
    """The import ends at once: what was merged stays and is counted, the rest is `unprocessed`.

    One that was cancelled before is shown as it is; one that has ended otherwise is a conflict.
    """
    await ingest.store.end(caller.account_id, ImportId(wanted.import_id), Status.CANCELLED)
    cancelled = await wanted_import(wanted.import_id, caller, ingest)
    if cancelled.status is not Status.CANCELLED:
        raise Problem(409, ProblemCode.CONFLICT, f"The import has ended: {cancelled.status}.")
    return cancelled
