"""Who has opted out, and the ways to say so: one number, a column of them, a file."""

from typing import Annotated, Final, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from enlist_ingest.api.consents import HandEntry
from enlist_ingest.api.dependencies import OpenedIngest
from enlist_ingest.api.numbers import read_number
from enlist_ingest.api.problems import Problem
from enlist_ingest.consents import NOW, OptOutCursor
from enlist_ingest.console.bring_pages import bring_page
from enlist_ingest.console.forms import lead_to, read_as, read_form, words_of
from enlist_ingest.console.histories import histories_of
from enlist_ingest.console.missing import NothingHereError
from enlist_ingest.console.pages import page
from enlist_ingest.console.reads import PAGE
from enlist_ingest.console.signing_in import Visitor
from enlist_ingest.contacts_filter import ContactFilter
from enlist_ingest.service import Ingest
from enlist_ingest.upload import Caller
from enlist_shared.consent import ConsentState

_WITH_THE_NUMBER: Final = 20
"""Contacts that are named beside a number; more than a few share one only by mistake."""

router = APIRouter(include_in_schema=False)
After = Annotated[str | None, Query(max_length=100)]


@router.get("/opt-outs")
async def show_opt_outs(
    request: Request,
    visitor: Visitor,
    ingest: OpenedIngest,
    number: Annotated[str, Query(max_length=255)] = "",
    cursor: After = None,
) -> Response:
    """Everybody who has opted out, the latest first; of one number, all that is known."""
    if number.strip():
        return await _number_page(request, visitor, ingest, number)
    return await _all_page(request, visitor, ingest, cursor=cursor)


@router.post("/opt-outs")
async def opt_out(request: Request, visitor: Visitor, ingest: OpenedIngest) -> Response:
    """Enter that a person has opted out."""
    form = await read_form(request)
    said = {name: form.text(name) for name in ("channel", "evidence") if form.text(name)}
    try:
        number = read_number(form.text("number"), visitor.default_region)
        entry = read_as(HandEntry, said | {"number": number, "state": ConsentState.OPTED_OUT})
    except Problem as refusal:
        fault = words_of(refusal)
        return await _all_page(
            request, visitor, ingest, 422, typed=form.text("number"), fault=fault
        )
    await ingest.consents.by_hand(
        visitor.account_id, number, entry.channel, entry.state, entry.evidence
    )
    return lead_to("/opt-outs", number=number, said="opted_out")


@router.get("/opt-outs/{way}")
async def show_opt_out_import(
    request: Request,
    way: Literal["upload", "numbers"],
    visitor: Visitor,
    ingest: OpenedIngest,
    parent: Annotated[UUID | None, Query()] = None,
) -> Response:
    """Many at once: an import whose purpose it is."""
    return await bring_page(request, way, visitor, ingest, parent=parent, opting_out=True)


async def _all_page(
    request: Request,
    visitor: Caller,
    ingest: Ingest,
    status: int = 200,
    *,
    cursor: str | None = None,
    **said: object,
) -> Response:
    try:
        after = NOW if cursor is None else OptOutCursor.read(cursor)
    except ValueError:
        raise NothingHereError from None
    rows = await ingest.consents.opted_out(visitor.account_id, None, after, PAGE + 1)
    context = {"typed": "", "number": ""} | said
    older = _place(rows[PAGE - 1]) if len(rows) > PAGE else None
    shown = {"opt_outs": rows[:PAGE], "older": older, "newest": cursor is None}
    return page(request, "opt_outs.html", status, **shown, **context)


async def _number_page(request: Request, visitor: Caller, ingest: Ingest, number: str) -> Response:
    try:
        found = read_number(number, visitor.default_region)
    except Problem as refusal:
        fault = words_of(refusal)
        return await _all_page(request, visitor, ingest, 422, number=number, fault=fault)
    account_id = visitor.account_id
    states = await ingest.consents.states(account_id, found)
    people = await ingest.reads.page(
        account_id, ContactFilter(numbers=(found,)), None, _WITH_THE_NUMBER
    )
    return page(
        request,
        "opt_out_number.html",
        number=number,
        found=found,
        states={row["channel"]: row for row in states},
        history=await histories_of(ingest.consents, account_id, [found]),
        contacts=people.rows,
    )


def _place(row: asyncpg.Record) -> str:
    return OptOutCursor(row["effective_at"], row["number"], row["channel"]).said()
