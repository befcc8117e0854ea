"""A contact as the API shows it, and as it is sent."""

from datetime import datetime
from typing import Annotated, Any, Final, Self

import asyncpg
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from enlist_ingest.contacts_filter import BITS
from enlist_ingest.contacts_reads import ContactPage
from enlist_rules.cleaning import INVISIBLE, TRIM
from enlist_rules.fields import CUSTOM_FIELDS_PER_CONTACT, CUSTOM_NAME_LIMIT, LIST_NAMES_PER_RECORD
from enlist_rules.numbers import REGIONS
from enlist_shared.consent import ConsentState
from enlist_shared.options import Channel, Name, Region

LARGEST_ID: Final = 2**63 - 1
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Text = Annotated[str, Field(max_length=65_536)]


def _custom_name(name: str) -> str:
    visible = all(char.isprintable() and char not in INVISIBLE for char in name)
    if not (0 < len(name.strip(TRIM)) == len(name) <= CUSTOM_NAME_LIMIT and visible):
        raise ValueError(f"a custom field's name has 1 to {CUSTOM_NAME_LIMIT} visible characters")
    return name


def _without_nul(name: str) -> str:
    if "\0" in name:
        raise ValueError("a name holds the character NUL")
    return name


CustomName = Annotated[str, AfterValidator(_custom_name)]
ListName = Annotated[Name, AfterValidator(_without_nul)]


class ContactFields(BaseModel):
    """What a contact holds beside its number."""

    title: Text | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    whatsapp_number: Text | None = None
    country_code: Text | None = None
    email: Text | None = None
    date_of_birth: Text | None = None
    address_line1: Text | None = None
    address_line2: Text | None = None
    city: Text | None = None
    state_or_county: Text | None = None
    postcode: Text | None = None
    company_name: Text | None = None
    alternate_phone_number: Text | None = None


class _Reading(BaseModel):
    """How national numbers are read, as in the options of an import."""

    convert_national: bool = False
    default_region: Region | None = None

    @model_validator(mode="after")
    def _region_is_known(self) -> Self:
        if self.default_region is not None and self.default_region not in REGIONS:
            raise ValueError("default_region is not a region with numbers")
        return self


class NewContact(ContactFields, _Reading):
    """One record, read as an import reads it, and merged by the same rules."""

    model_config = ConfigDict(extra="forbid")

    phone_number: Text
    custom: dict[CustomName, Text] = Field(default={}, max_length=CUSTOM_FIELDS_PER_CONTACT)
    lists: list[ListName | Id] = Field(
        default=[], max_length=LIST_NAMES_PER_RECORD, description="names (made if new) or ids"
    )
    channel: Channel = Channel.PHONE


class ContactChanges(ContactFields, _Reading):
    """What is to change: null or blank erases. The number is the contact's identity and stays."""

    model_config = ConfigDict(extra="forbid")

    custom: dict[CustomName, Text | None] = Field(default={}, max_length=1_000)
    channels: list[Channel] = Field(
        default=[], max_length=2, description="are added; a contact loses none"
    )


class ContactView(ContactFields):
    """A contact."""

    contact_id: int
    phone_number: str
    custom: dict[str, str]
    channels: list[Channel]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def said(cls, row: asyncpg.Record) -> dict[str, Any]:
        """The fields of a row of `contacts`."""
        names = ContactView.model_fields.keys() - {"channels"}
        channels = [channel for channel, bit in BITS.items() if row["channels"] & bit]
        return {name: row[name] for name in names} | {"channels": channels}

    @classmethod
    def of(cls, row: asyncpg.Record) -> Self:
        return cls(**cls.said(row))


class ContactList(BaseModel):
    """A list that the contact is on."""

    list_id: int
    name: str


class ContactConsent(BaseModel):
    """Where one of the contact's numbers stands on a channel; unknown has no entry."""

    number: str
    channel: Channel
    state: ConsentState
    source: str
    effective_at: datetime


class ContactDetails(ContactView):
    """A contact with its lists and the consent of its numbers."""

    lists: list[ContactList]
    consents: list[ContactConsent]

    @classmethod
    def whole(cls, page: ContactPage) -> Self:
        return cls(
            **cls.said(page.contact),
            lists=[ContactList(list_id=row["list_id"], name=row["name"]) for row in page.lists],
            consents=[ContactConsent.model_validate(dict(row)) for row in page.consents],
        )


class ContactsPage(BaseModel):
    """Contacts; a page may hold fewer than its limit, or none, and not be the last."""

    contacts: list[ContactView]
    next_cursor: str | None = Field(description="where the next page begins; null on the last one")
