"""The pages of lists and contacts, to read."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from enlist_ingest.console.import_pages import NothingHereError
from enlist_ingest.console.pages import page
from enlist_ingest.console.reads import PAGE, OpenedReads
from enlist_ingest.console.signing_in import Visitor

router = APIRouter(include_in_schema=False)


Before = Annotated[int | None, Query(ge=1, le=2**63 - 1, description="where the page begins")]


@router.get("/lists")
async def show_lists(request: Request, visitor: Visitor, reads: OpenedReads) -> Response:
    """All lists, with how many contacts are on each."""
    return page(request, "lists.html", lists=await reads.lists(visitor.account_id))


@router.get("/lists/{list_id}")
async def show_list(
    request: Request, list_id: int, visitor: Visitor, reads: OpenedReads, before: Before = None
) -> Response:
    """The members of a list, newest first."""
    found = await reads.one_list(visitor.account_id, list_id)
    if found is None:
        raise NothingHereError
    rows = await reads.members(visitor.account_id, list_id, before)
    older = rows[PAGE - 1]["contact_id"] if len(rows) > PAGE else None
    return page(
        request, "list.html", list=found, contacts=rows[:PAGE], older=older, newest=before is None
    )


@router.get("/contacts")
async def show_contacts(
    request: Request,
    visitor: Visitor,
    reads: OpenedReads,
    number: Annotated[str, Query(max_length=64)] = "",
    before: Before = None,
) -> Response:
    """Contacts of a number in any spelling, or all of them, newest first."""
    if number.strip():
        rows = await reads.search(visitor.account_id, visitor.default_region, number)
    else:
        rows = await reads.contacts(visitor.account_id, before)
    older = rows[PAGE - 1]["contact_id"] if len(rows) > PAGE else None
    return page(
        request,
        "contacts.html",
        contacts=rows[:PAGE],
        number=number,
        older=older,
        newest=before is None,
    )


@router.get("/contacts/{contact_id}")
async def show_contact(
    request: Request, contact_id: int, visitor: Visitor, reads: OpenedReads
) -> Response:
    """A contact, its lists, its consent, and the imports that touched it."""
    found = await reads.contact(visitor.account_id, contact_id)
    if found is None:
        raise NothingHereError
    return page(request, "contact.html", it=found)
