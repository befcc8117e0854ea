"""Consent over HTTP: what is known of a number and how it came to be so, calls, entries by hand."""

from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from enlist_ingest.api.bodies import json_body, read_json
from enlist_ingest.api.dependencies import Authenticated, OpenedIngest
from enlist_ingest.api.numbers import read_number
from enlist_ingest.api.once import OnceRoute
from enlist_ingest.api.problems import Problem, ProblemCode
from enlist_ingest.consents import OptedOutStaysError, Recorded
from enlist_rules.cleaning import TRIM
from enlist_shared.consent import ConsentSource, ConsentState
from enlist_shared.ids import ContactId
from enlist_shared.options import Channel

_BODY_BYTES: Final = 65_536
_LARGEST_ID: Final = 2**63 - 1


def _tidy(text: object) -> object:
    return text.strip(TRIM) if isinstance(text, str) else text


Evidence = Annotated[
    str, BeforeValidator(_tidy), Field(min_length=1, max_length=1000, pattern=r"^[^\x00]*$")
]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, Field(max_length=255)] = Field(description="in any spelling")
    channel: Channel = Channel.PHONE
    state: ConsentState


class ConsentCall(_Entry):
    """A person has said so to somebody who can prove it."""

    evidence: Evidence = Field(description="what proves it; kept with the event")


class HandEntry(_Entry):
    """Somebody enters what a person has said; who has opted out stays so."""

    evidence: Evidence | None = None


class ConsentNow(BaseModel):
    """What a call or an entry led to; `consent_id` is null where nothing was written."""

    consent_id: UUID | None
    number: str
    channel: Channel
    state: ConsentState

    @classmethod
    def of(cls, number: str, channel: Channel, recorded: Recorded) -> Self:
        return cls(
            consent_id=recorded.event_id, number=number, channel=channel, state=recorded.state
        )


class ConsentView(BaseModel):
    """The event that decides what a channel's state is."""

    channel: Channel
    state: ConsentState
    source: ConsentSource
    evidence: str | None
    effective_at: datetime
    import_id: UUID | None
    record: int | None

    @classmethod
    def of(cls, row: asyncpg.Record) -> Self:
        return cls.model_validate(dict(row))


class ConsentEventView(ConsentView):
    """One event of the history; `effective_at` says which of several decides."""

    consent_id: UUID
    number: str

    @classmethod
    def of(cls, row: asyncpg.Record) -> Self:
        return cls.model_validate(dict(row) | {"consent_id": row["event_id"]})


class ConsentsOfNumber(BaseModel):
    """What is known now, and a page of the history, the latest said first."""

    number: str
    consents: list[ConsentView] = Field(description="one a channel; none: unknown")
    events: list[ConsentEventView]
    next_cursor: UUID | None = Field(description="where the next page begins; null on the last one")


class ConsentsOfContact(BaseModel):
    """What is known of the numbers under which a contact is reached."""

    phone: ConsentsOfNumber
    whatsapp: ConsentsOfNumber


router = APIRouter(prefix="/v1", tags=["consent"], route_class=OnceRoute)
Cursor = Annotated[UUID | None, Query(description="a page's `next_cursor`")]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.post("/consents", status_code=201, openapi_extra=json_body(ConsentCall))
async def call_consent(request: Request, caller: Authenticated, ingest: OpenedIngest) -> ConsentNow:
    """The consent call: opts in or out, with evidence. It may opt in who was opted out."""
    call = await read_json(request, ConsentCall, _BODY_BYTES)
    number = read_number(call.number, caller.default_region)
    recorded = await ingest.consents.call(
        caller.account_id, number, call.channel, call.state, call.evidence
    )
    return ConsentNow.of(number, call.channel, recorded)


@router.post("/consents/by-hand", status_code=201, openapi_extra=json_body(HandEntry))
async def enter_consent(
    request: Request, caller: Authenticated, ingest: OpenedIngest
) -> ConsentNow:
    """An entry by hand: unknown becomes opted in, anything becomes opted out."""
    entry = await read_json(request, HandEntry, _BODY_BYTES)
    number = read_number(entry.number, caller.default_region)
    try:
        recorded = await ingest.consents.by_hand(
            caller.account_id, number, entry.channel, entry.state, entry.evidence
        )
    except OptedOutStaysError:
        stays = "This number is opted out. The person can opt in again, or a call with evidence."
        raise Problem(409, ProblemCode.OPTED_OUT_STAYS, stays) from None
    return ConsentNow.of(number, entry.channel, recorded)


@router.get("/consents")
async def list_consents(
    caller: Authenticated,
    ingest: OpenedIngest,
    number: Annotated[str, Query(max_length=255, description="in any spelling")],
    channel: Channel | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ConsentsOfNumber:
    """What is known of a number, and its history."""
    # A plus that was not escaped has become a space.
    asked = "+" + number[1:] if number.startswith(" ") else number
    found = read_number(asked, caller.default_region)
    return await _of_number(caller, ingest, found, channel, cursor, limit)


@router.get("/consents/{consent_id}")
async def get_consent(
    consent_id: UUID, caller: Authenticated, ingest: OpenedIngest
) -> ConsentEventView:
    """The event of a single change, as `enlist.consent.changed.v1` names it."""
    row = await ingest.consents.single(caller.account_id, consent_id)
    if row is None:
        raise Problem(404, ProblemCode.NOT_FOUND, "The account has no consent event with this id.")
    return ConsentEventView.of(row)


@router.get("/contacts/{contact_id}/consents")
async def contact_consents(
    contact_id: Annotated[int, Path(ge=1, le=_LARGEST_ID)],
    caller: Authenticated,
    ingest: OpenedIngest,
    limit: Limit = 50,
) -> ConsentsOfContact:
    """What is known of a contact's numbers, and the latest of their history."""
    numbers = await ingest.consents.numbers_of(caller.account_id, ContactId(contact_id))
    if numbers is None:
        raise Problem(404, ProblemCode.NOT_FOUND, "The account has no contact with this id.")
    phone, whatsapp = [
        await _of_number(caller, ingest, number, channel, None, limit)
        for channel, number in numbers.items()
    ]
    return ConsentsOfContact(phone=phone, whatsapp=whatsapp)


async def _of_number(
    caller: Authenticated,
    ingest: OpenedIngest,
    number: str,
    channel: Channel | None,
    cursor: UUID | None,
    limit: int,
) -> ConsentsOfNumber:
    states = await ingest.consents.states(caller.account_id, number)
    events = await ingest.consents.events(caller.account_id, number, channel, cursor, limit + 1)
    shown = [ConsentEventView.of(row) for row in events[:limit]]
    return ConsentsOfNumber(
        number=number,
        consents=[ConsentView.of(row) for row in states if channel in (None, row["channel"])],
        events=shown,
        next_cursor=shown[-1].consent_id if len(events) > limit else None,
    )
