"""Contacts typed, changed and deleted; their consent and their lists, by hand."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from enlist_ingest.api.consents import HandEntry
from enlist_ingest.api.dependencies import OpenedIngest
from enlist_ingest.api.problems import Problem
from enlist_ingest.consents import OptedOutStaysError
from enlist_ingest.console.contact_pages import contact_page
from enlist_ingest.console.forms import REFUSALS, lead_to, read_as, read_form, words_of
from enlist_ingest.console.list_pages import named_list
from enlist_ingest.console.missing import NothingHereError
from enlist_ingest.console.pages import page
from enlist_ingest.console.reads import Id, OpenedReads
from enlist_ingest.console.signing_in import Visitor
from enlist_ingest.console.typing_in import (
    ChangedMeanwhileError,
    NotTakenError,
    Typing,
    change_typed,
    keep_typed,
    typing_of,
)
from enlist_ingest.contacts_edits import NoContactError
from enlist_ingest.service import Ingest
from enlist_ingest.tasks import Order, TaskKind
from enlist_ingest.upload import Caller
from enlist_shared.ids import ContactId, ListId
from enlist_shared.options import Channel

STAYS: Final = (
    "This number is opted out, and stays so. The person can opt in again by texting START, or "
    "another program can say so with evidence."
)

router = APIRouter(include_in_schema=False)


@router.get("/contacts/new")
async def show_new_contact(
    request: Request, visitor: Visitor, ingest: OpenedIngest, on_list: str = ""
) -> Response:
    """An empty form; `on_list` is the name of the list to put it on."""
    typing = Typing(visitor.default_region, lists=on_list)
    return await _form_page(request, visitor, ingest, typing)


@router.post("/contacts")
async def add_contact(request: Request, visitor: Visitor, ingest: OpenedIngest) -> Response:
    """Take a contact as an import takes a record."""
    typing = typing_of(await read_form(request), visitor.default_region)
    try:
        edited = await keep_typed(typing, visitor, ingest)
    except NotTakenError as refusal:
        return await _form_page(request, visitor, ingest, typing, fault=str(refusal))
    if len(edited.contact_ids) > 1:
        return lead_to("/contacts", number=typing.phone_number, said="several")
    path = f"/contacts/{edited.contact_ids[0]}"
    return lead_to(path, said=edited.outcome, warning=[code for code, _ in edited.warnings])


@router.get("/contacts/{contact_id}/edit")
async def show_contact_form(
    request: Request, contact_id: Id, visitor: Visitor, ingest: OpenedIngest
) -> Response:
    """The contact in a form."""
    try:
        stored = await ingest.edits.read(visitor.account_id, contact_id)
    except NoContactError:
        raise NothingHereError from None
    return await _form_page(request, visitor, ingest, Typing.of(stored, visitor.default_region))


@router.post("/contacts/{contact_id}/edit")
async def change_contact(
    request: Request, contact_id: Id, visitor: Visitor, ingest: OpenedIngest
) -> Response:
    """Change what differs from what the form had shown."""
    form = await read_form(request)
    try:
        stored = await ingest.edits.read(visitor.account_id, contact_id)
        typing = typing_of(form, visitor.default_region, stored)
        changed = await change_typed(typing, stored, visitor, ingest)
    except NoContactError:
        raise NothingHereError from None
    except NotTakenError as refusal:
        if isinstance(refusal, ChangedMeanwhileError):
            typing = Typing.of(stored, visitor.default_region)
        return await _form_page(request, visitor, ingest, typing, fault=str(refusal))
    return lead_to(f"/contacts/{contact_id}", said="changed" if changed else "same")


@router.post("/contacts/{contact_id}/delete")
async def delete_contact(contact_id: Id, visitor: Visitor, ingest: OpenedIngest) -> Response:
    """Delete a contact for good."""
    try:
        await ingest.edits.delete(visitor.account_id, contact_id, visitor.name)
    except NoContactError:
        raise NothingHereError from None
    return lead_to("/contacts", said="deleted")


@router.post("/contacts/{contact_id}/consent")
async def enter_consent(
    request: Request, contact_id: Id, visitor: Visitor, ingest: OpenedIngest
) -> Response:
    """Enter what the person has said, of the number under which it is reached on the channel."""
    form = await read_form(request)
    account_id = visitor.account_id
    numbers = await ingest.consents.numbers_of(account_id, ContactId(contact_id))
    if numbers is None:
        raise NothingHereError
    said = {name: form.text(name) for name in ("channel", "state", "evidence") if form.text(name)}
    try:
        entry = read_as(HandEntry, said | {"number": ""})
        number = numbers[Channel(entry.channel)]
        await ingest.consents.by_hand(
            account_id, number, entry.channel, entry.state, entry.evidence
        )
    except (Problem, OptedOutStaysError) as refusal:
        fault = words_of(refusal) if isinstance(refusal, Problem) else STAYS
        return await contact_page(request, contact_id, visitor, ingest, status=409, fault=fault)
    return lead_to(f"/contacts/{contact_id}", said=entry.state)


@router.post("/contacts/{contact_id}/lists")
async def change_lists(
    request: Request, contact_id: Id, visitor: Visitor, ingest: OpenedIngest, reads: OpenedReads
) -> Response:
    """Put a contact on a list, or take it off one."""
    form = await read_form(request)
    kind = TaskKind.REMOVE if form.text("do") == "remove" else TaskKind.ADD
    try:
        list_id = await named_list(form, kind, visitor, ingest, reads)
    except REFUSALS as refusal:
        fault = words_of(refusal)
        return await contact_page(request, contact_id, visitor, ingest, status=422, fault=fault)
    if list_id is None:
        return lead_to(f"/contacts/{contact_id}", fault="list_unknown")
    await _move(kind, list_id, contact_id, visitor, ingest)
    return lead_to(f"/contacts/{contact_id}", said="left" if kind is TaskKind.REMOVE else "joined")


async def _move(
    kind: TaskKind, list_id: ListId, contact_id: int, visitor: Caller, ingest: Ingest
) -> None:
    order = Order(kind, list_id, contact_ids=[contact_id])
    await ingest.tasks.begin(visitor.account_id, order, visitor.name)


async def _form_page(
    request: Request, visitor: Caller, ingest: Ingest, typing: Typing, fault: str | None = None
) -> Response:
    names = await ingest.reads.list_names(visitor.account_id)
    status = 200 if fault is None else 422
    return page(
        request, "contact_form.html", status, it=typing, names=list(names.values()), fault=fault
    )
