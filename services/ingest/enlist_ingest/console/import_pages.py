"""The pages of imports: how one goes on, what came out of it, and all there were."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from enlist_ingest.api.dependencies import OpenedIngest
from enlist_ingest.api.views import ImportView
from enlist_ingest.console.charts import MEANINGS, OF_OPT_OUTS, balance, reasons, steps
from enlist_ingest.console.missing import NothingHereError
from enlist_ingest.console.pages import page, render
from enlist_ingest.console.reads import PAGE, OpenedReads
from enlist_ingest.console.signing_in import Visitor
from enlist_ingest.service import Ingest
from enlist_ingest.store import Wanted
from enlist_ingest.upload import Caller
from enlist_shared.ids import ImportId
from enlist_shared.options import Purpose
from enlist_shared.states import FINAL, Status

LOOK_EVERY: Final = 0.25
"""Seconds between two looks at the ledger while somebody follows an import."""

_STATES: Final[dict[str, list[Status]]] = {
    "under way": sorted(set(Status) - FINAL - {Status.AWAITING_APPROVAL}),
    "waits for you": [Status.AWAITING_APPROVAL],
    "completed": [Status.COMPLETED],
    "failed": [Status.FAILED],
    "cancelled": [Status.CANCELLED, Status.UNDONE],
}

router = APIRouter(include_in_schema=False)


async def wanted_import(import_id: UUID, visitor: Visitor, ingest: OpenedIngest) -> ImportView:
    """The import that the path names."""
    found = await _find(visitor, ingest, ImportId(import_id))
    if found is None:
        raise NothingHereError
    return found


WantedImport = Annotated[ImportView, Depends(wanted_import)]


@router.get("/imports/{import_id}")
async def show_import(
    request: Request, wanted: WantedImport, visitor: Visitor, reads: OpenedReads
) -> Response:
    """One import: live while it goes on, then what became of its records."""
    lists = await reads.list_names(visitor.account_id)
    return page(request, "import.html", **shown(wanted, lists))


@router.get("/imports/{import_id}/live", response_class=EventSourceResponse)
async def follow_import(
    request: Request,
    wanted: WantedImport,
    visitor: Visitor,
    ingest: OpenedIngest,
    reads: OpenedReads,
) -> AsyncIterator[ServerSentEvent]:
    """The same, at every change, as the part of the page to replace; `final` ends it."""
    last: ImportView | None = None
    while not request.app.state.stopping():
        if wanted != last:
            lists = await reads.list_names(visitor.account_id)
            part = render("_import.html", **shown(wanted, lists))
            yield ServerSentEvent(event="state", raw_data=part)
            last = wanted
        if wanted.final:
            yield ServerSentEvent(event="final", raw_data="final")
            return
        await asyncio.sleep(LOOK_EVERY)
        wanted = await wanted_import(wanted.import_id, visitor, ingest)


def filters(
    state: Annotated[str, Query(max_length=20)] = "",
    file: Annotated[str, Query(max_length=255)] = "",
    list_id: Annotated[str, Query(alias="list", pattern="^([1-9][0-9]{0,17})?$")] = "",
) -> Wanted:
    """Which imports the form above the history asks for; an empty field asks for nothing."""
    return Wanted(_STATES.get(state), file.strip() or None, int(list_id) if list_id else None)


@router.get("/imports")
async def show_history(
    request: Request,
    visitor: Visitor,
    ingest: OpenedIngest,
    reads: OpenedReads,
    wanted: Annotated[Wanted, Depends(filters)],
    cursor: Annotated[UUID | None, Query()] = None,
) -> Response:
    """Every import of the account, newest first, or those that are wanted."""
    before = None if cursor is None else ImportId(cursor)
    rows = await ingest.store.imports(
        visitor.account_id, before=before, limit=PAGE + 1, wanted=wanted
    )
    views = [ImportView.of(row) for row in rows[:PAGE]]
    said = {name: request.query_params.get(name, "") for name in ("state", "file", "list")}
    return page(
        request,
        "imports.html",
        imports=views,
        lists=await reads.list_names(visitor.account_id),
        states=list(_STATES),
        said=said,
        query=urlencode({name: value for name, value in said.items() if value}),
        older=views[-1].import_id if len(rows) > PAGE else None,
        newest=cursor is None,
    )


def shown(view: ImportView, lists: dict[int, str]) -> dict[str, Any]:
    """What the templates of an import are given; `lists` are the names of the account's lists."""
    opting_out = view.options.get("purpose") == Purpose.OPT_OUT
    return {
        "it": view,
        "opting_out": opting_out,
        "lists": lists,
        "steps": steps(view),
        "balance": balance(view.counts, OF_OPT_OUTS if opting_out else MEANINGS),
        "reasons": reasons(view.reasons),
        "warnings": reasons(view.warning_reasons),
        "failed": view.status is Status.FAILED,
    }


async def _find(visitor: Caller, ingest: Ingest, import_id: ImportId) -> ImportView | None:
    rows = await ingest.store.imports(visitor.account_id, import_id)
    return ImportView.of(rows[0]) if rows else None
