"""Questions about imports: one, all, and how one goes on."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from enlist_ingest.api.dependencies import Authenticated, OpenedIngest
from enlist_ingest.api.problems import Problem, ProblemCode
from enlist_ingest.api.views import ImportsPage, ImportView
from enlist_shared.ids import ImportId

LOOK_EVERY: Final = 0.25
"""Seconds between two looks at the ledger while somebody follows an import."""

router = APIRouter(prefix="/v1/imports", tags=["imports"])


async def wanted_import(import_id: UUID, caller: Authenticated, ingest: OpenedIngest) -> ImportView:
    """The import that the path names, if the account has it."""
    rows = await ingest.store.imports(caller.account_id, ImportId(import_id))
    if not rows:
        raise Problem(404, ProblemCode.NOT_FOUND, "The account has no import with this id.")
    return ImportView.of(rows[0])


WantedImport = Annotated[ImportView, Depends(wanted_import)]


@router.get("/{import_id}")
async def show_import(wanted: WantedImport) -> ImportView:
    """One import: where it stands, what became of its records."""
    return wanted


@router.get("")
async def list_imports(
    caller: Authenticated,
    ingest: OpenedIngest,
    cursor: Annotated[UUID | None, Query(description="a page's `next_cursor`")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ImportsPage:
    """The account's imports, newest first, a page at a time."""
    before = None if cursor is None else ImportId(cursor)
    rows = await ingest.store.imports(caller.account_id, before=before, limit=limit + 1)
    imports = [ImportView.of(row) for row in rows[:limit]]
    more = len(rows) > limit
    return ImportsPage(imports=imports, next_cursor=str(imports[-1].import_id) if more else None)


@router.get("/{import_id}/events", response_class=EventSourceResponse)
async def follow_import(
    request: Request, wanted: WantedImport, caller: Authenticated, ingest: OpenedIngest
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events `progress`, whose data is the import: at once, at every change, until
    it is final. Comments in between keep the connection open; a server that stops closes it."""
    shown: ImportView | None = None
    while not request.app.state.stopping():
        if wanted != shown:
            yield ServerSentEvent(event="progress", data=wanted)
            shown = wanted
        if wanted.final:
            return
        await asyncio.sleep(LOOK_EVERY)
        wanted = await wanted_import(wanted.import_id, caller, ingest)
