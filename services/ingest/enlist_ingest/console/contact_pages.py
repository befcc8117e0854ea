"""The pages of lists and contacts, to read."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from enlist_ingest.console.import_pages import NothingHereError
from enlist_ingest.console.pages import page
from enlist_ingest.console.reads import PAGE, OpenedReads
from enlist_ingest.console.signing_in import Visitor
from enlist_ingest.contacts_filter import ContactFilter
from enlist_ingest.contacts_search import CursorError, Page
from enlist_shared.ids import AccountId, ListId

router = APIRouter(include_in_schema=False)


Cursor = Annotated[str | None, Query(max_length=2_000, description="where the page begins")]


@router.get("/lists")
async def show_lists(request: Request, visitor: Visitor, reads: OpenedReads) -> Response:
    """All lists, with how many contacts are on each."""
    return page(request, "lists.html", lists=await reads.lists(visitor.account_id))


@router.get("/lists/{list_id}")
async def show_list(
    request: Request, list_id: int, visitor: Visitor, reads: OpenedReads, cursor: Cursor = None
) -> Response:
    """The members of a list, newest first."""
    found = await reads.one_list(visitor.account_id, list_id)
    if found is None:
        raise NothingHereError
    members = ContactFilter(list_id=ListId(list_id))
    shown = await _page(reads, visitor.account_id, members, cursor)
    return page(
        request,
        "list.html",
        list=found,
        contacts=shown.rows,
        older=shown.next and shown.next.said(),
        newest=cursor is None,
    )


@router.get("/contacts")
async def show_contacts(
    request: Request,
    visitor: Visitor,
    reads: OpenedReads,
    number: Annotated[str, Query(max_length=64)] = "",
    cursor: Cursor = None,
) -> Response:
    """Contacts of a number in any spelling, or all of them, newest first."""
    wanted = ContactFilter.of({"number": number.strip()}, visitor.default_region)
    shown = await _page(reads, visitor.account_id, wanted, cursor)
    return page(
        request,
        "contacts.html",
        contacts=shown.rows,
        number=number,
        older=shown.next and shown.next.said(),
        newest=cursor is None,
    )


async def _page(
    reads: OpenedReads, account_id: AccountId, wanted: ContactFilter, cursor: str | None
) -> Page:
    try:
        return await reads.page(account_id, wanted, cursor, PAGE)
    except CursorError:
        raise NothingHereError from None


@router.get("/contacts/{contact_id}")
async def show_contact(
    request: Request, contact_id: int, visitor: Visitor, reads: OpenedReads
) -> Response:
    """A contact, its lists, its consent, and the imports that touched it."""
    found = await reads.contact(visitor.account_id, contact_id)
    if found is None:
        raise NothingHereError
    return page(request, "contact.html", it=found)
