"""Contacts over HTTP: found, typed, changed, deleted."""

from dataclasses import asdict, dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, Field

from enlist_ingest.api.bodies import json_body, read_json
from enlist_ingest.api.contact_views import (
    LARGEST_ID,
    ContactChanges,
    ContactDetails,
    ContactsPage,
    ContactView,
    NewContact,
)
from enlist_ingest.api.dependencies import Authenticated, OpenedIngest
from enlist_ingest.api.forms import OPTIONS_BYTES
from enlist_ingest.api.once import OnceRoute
from enlist_ingest.api.preview_views import NoteView
from enlist_ingest.api.problems import Problem, ProblemCode
from enlist_ingest.api.typed import patch_of, refused, typed_contact
from enlist_ingest.contacts_columns import OthersNamedError
from enlist_ingest.contacts_edits import NoContactError
from enlist_ingest.contacts_filter import ContactFilter, WantedConsent
from enlist_ingest.contacts_search import CursorError
from enlist_rules.fields import CUSTOM_PREFIX
from enlist_rules.typed import TypedRejectedError
from enlist_shared.options import Channel

_PRINTED: Final = r"^[^\x00]*$"
ContactId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Beginning = Annotated[str | None, Query(max_length=255, pattern=_PRINTED)]
AnyList = Annotated[int | None, Query(ge=1, le=LARGEST_ID, alias="list")]


class EditView(BaseModel):
    """What became of a record that was typed; a number without names may mean several contacts."""

    outcome: str = Field(description="created, updated or unchanged")
    listed: bool = Field(description="it joined a list")
    suppressed: bool = Field(description="its number is opted out on the channel")
    warnings: list[NoteView]
    contacts: list[ContactView]


@dataclass(frozen=True, slots=True)
class FilterQuery:
    """The filter as it stands in a URL."""

    number: Annotated[Beginning, Query(description="in any spelling, or its beginning")] = None
    name: Annotated[Beginning, Query(description="how first, last or both names begin")] = None
    email: Annotated[Beginning, Query(description="how it begins")] = None
    list_id: Annotated[AnyList, Query(description="an id")] = None
    channel: Channel | None = None
    consent: Annotated[WantedConsent | None, Query(description="on `channel`, else on phone")] = (
        None
    )


def wanted_contacts(
    request: Request, caller: Authenticated, said: Annotated[FilterQuery, Depends()]
) -> ContactFilter:
    """Whom the query means; `custom.<name>=<value>` asks for a custom field."""
    custom = {
        word.removeprefix(CUSTOM_PREFIX): text
        for word, text in request.query_params.items()
        if word.startswith(CUSTOM_PREFIX)
    }
    if any("\0" in text for pair in custom.items() for text in pair):
        raise Problem(422, ProblemCode.PARAMETERS, "custom: a text holds the character NUL")
    return ContactFilter.of(asdict(said) | {"custom": custom}, caller.default_region)


WantedContacts = Annotated[ContactFilter, Depends(wanted_contacts)]
router = APIRouter(prefix="/v1/contacts", tags=["contacts"], route_class=OnceRoute)


@router.get("")
async def find_contacts(
    wanted: WantedContacts,
    caller: Authenticated,
    ingest: OpenedIngest,
    cursor: Annotated[str | None, Query(max_length=2_000, description="`next_cursor`")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ContactsPage:
    """Contacts for which all holds that is said, in the order in which they are found soonest."""
    try:
        page = await ingest.reads.page(caller.account_id, wanted, cursor, limit)
    except CursorError:
        said = "This cursor is of no page of this search."
        raise Problem(422, ProblemCode.PARAMETERS, said) from None
    contacts = [ContactView.of(row) for row in page.rows]
    return ContactsPage(contacts=contacts, next_cursor=page.next.said() if page.next else None)


@router.post("", status_code=201, openapi_extra=json_body(NewContact))
async def add_contact(
    request: Request, response: Response, caller: Authenticated, ingest: OpenedIngest
) -> EditView:
    """Type a contact: created, or merged into the one that it means (200 then)."""
    said = await read_json(request, NewContact, OPTIONS_BYTES)
    try:
        typed = typed_contact(said, caller)
    except TypedRejectedError as rejected:
        raise refused(rejected) from None
    lists = await ingest.lists.chosen(caller.account_id, said.lists)
    edited = await ingest.edits.add(caller.account_id, typed, said.channel, lists)
    response.status_code = 201 if edited.outcome == "created" else 200
    rows = [await ingest.edits.read(caller.account_id, each) for each in edited.contact_ids]
    return EditView(
        outcome=edited.outcome,
        listed=edited.listed,
        suppressed=edited.suppressed,
        warnings=[NoteView.of("field", code, field) for code, field in edited.warnings],
        contacts=[ContactView.of(row) for row in rows],
    )


@router.get("/{contact_id}")
async def show_contact(
    contact_id: ContactId, caller: Authenticated, ingest: OpenedIngest
) -> ContactDetails:
    """A contact, its lists, and where its numbers stand."""
    found = await ingest.reads.contact(caller.account_id, contact_id)
    if found is None:
        raise no_contact()
    return ContactDetails.whole(found)


@router.patch("/{contact_id}", openapi_extra=json_body(ContactChanges))
async def change_contact(
    request: Request, contact_id: ContactId, caller: Authenticated, ingest: OpenedIngest
) -> ContactDetails:
    """Change what is said and nothing else (RFC 7396)."""
    said = await read_json(request, ContactChanges, OPTIONS_BYTES)
    try:
        stored = await ingest.edits.read(caller.account_id, contact_id)
        await ingest.edits.change(caller.account_id, contact_id, patch_of(said, stored, caller))
    except TypedRejectedError as rejected:
        raise refused(rejected) from None
    except NoContactError:
        raise no_contact() from None
    except OthersNamedError:
        taken = "Another contact with this number has these names, or could not be told from it."
        raise Problem(409, ProblemCode.CONFLICT, taken) from None
    return await show_contact(contact_id, caller, ingest)


@router.delete("/{contact_id}", status_code=204, response_class=Response)
async def delete_contact(
    contact_id: ContactId, caller: Authenticated, ingest: OpenedIngest
) -> None:
    """Delete a contact for good; the consent of its numbers stays."""
    try:
        await ingest.edits.delete(caller.account_id, contact_id, caller.name)
    except NoContactError:
        raise no_contact() from None


def no_contact() -> Problem:
    return Problem(404, ProblemCode.NOT_FOUND, "The account has no contact with this id.")
