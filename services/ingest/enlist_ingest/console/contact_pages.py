"""The pages of contacts, to look at: who is found, and what is known of one of them."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from enlist_ingest.api.dependencies import OpenedIngest
from enlist_ingest.console.histories import histories_of
from enlist_ingest.console.list_pages import ShownTask
from enlist_ingest.console.missing import NothingHereError
from enlist_ingest.console.pages import page
from enlist_ingest.console.questions import Question
from enlist_ingest.console.reads import Cursor, Id, OpenedReads, page_of
from enlist_ingest.console.signing_in import Visitor
from enlist_ingest.service import Ingest
from enlist_ingest.upload import Caller
from enlist_rules.codes import EXPLANATIONS

_WARNINGS: Final = {str(code) for level, code in EXPLANATIONS if level == "field"}
router = APIRouter(include_in_schema=False)


@router.get("/contacts")
async def show_contacts(
    request: Request,
    visitor: Visitor,
    reads: OpenedReads,
    task: ShownTask,
    cursor: Cursor = None,
) -> Response:
    """Those for whom everything holds that was asked, or all of them, newest first."""
    asked = Question.of(request.query_params)
    wanted = asked.wanted(visitor.default_region)
    shown = await page_of(reads, visitor.account_id, wanted, cursor)
    return page(
        request,
        "contacts.html",
        contacts=shown.rows,
        asked=asked,
        lists=await reads.list_names(visitor.account_id),
        older=shown.next and shown.next.said(),
        newest=cursor is None,
        task=task,
    )


@router.get("/contacts/{contact_id}")
async def show_contact(
    request: Request, contact_id: Id, visitor: Visitor, ingest: OpenedIngest
) -> Response:
    """A contact, its lists, the history of its consent, and what was done to it."""
    return await contact_page(request, contact_id, visitor, ingest)


async def contact_page(
    request: Request,
    contact_id: int,
    visitor: Caller,
    ingest: Ingest,
    *,
    status: int = 200,
    **said: object,
) -> Response:
    """The page of a contact, perhaps with the `fault` of what was to be done there."""
    account_id = visitor.account_id
    found = await ingest.reads.contact(account_id, contact_id)
    if found is None:
        raise NothingHereError
    names = await ingest.reads.list_names(account_id)
    on = {row["list_id"] for row in found.lists}
    numbers = {found.contact["phone_number"], found.contact["whatsapp_number"]} - {None}
    return page(
        request,
        "contact.html",
        status,
        it=found,
        others=[name for list_id, name in names.items() if list_id not in on],
        history=await histories_of(ingest.consents, account_id, numbers),
        several_numbers=len(numbers) > 1,
        warnings=[code for code in request.query_params.getlist("warning") if code in _WARNINGS],
        **said,
    )
