"""The options of an import: `docs/api.md` shows them, `contacts.md` says what they mean."""

import unicodedata
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from enlist_rules.cleaning import TRIM
from enlist_rules.encodings import Encoding, encoding_named
from enlist_rules.fields import LIST_NAME_LIMIT
from enlist_rules.numbers import DEFAULT_NUMBER_TYPES, NUMBER_TYPES, REGIONS
from enlist_rules.options import Duplicates, Header, OverLimit, Unmapped


class Channel(StrEnum):
    """How a contact may be reached."""

    PHONE = "phone"
    WHATSAPP = "whatsapp"


class Purpose(StrEnum):
    """What an import is for."""

    CONTACTS = "contacts"
    OPT_OUT = "opt_out"


class ListMode(StrEnum):
    """What becomes of who is on a list of the import already."""

    ADD = "add"
    REPLACE = "replace"


class Source(StrEnum):
    """How an import came in."""

    FILE = "file"
    NUMBERS = "numbers"
    CONTACTS = "contacts"
    EVENT = "event"
    OBJECT = "object"


def _tidy_name(name: str) -> str:
    tidy = unicodedata.normalize("NFC", name).strip(TRIM)
    if not 1 <= len(tidy) <= LIST_NAME_LIMIT:
        raise ValueError(f"a list name has 1 to {LIST_NAME_LIMIT} characters")
    return tidy


def _tidy_text(text: object) -> object:
    return unicodedata.normalize("NFC", text).strip(TRIM) if isinstance(text, str) else text


def _encoding_named(name: object) -> object:
    return encoding_named(name) if isinstance(name, str) else name


Name = Annotated[str, AfterValidator(_tidy_name)]
_Source = Annotated[str, BeforeValidator(_tidy_text), Field(min_length=1, max_length=255)]
_Evidence = Annotated[str, BeforeValidator(_tidy_text), Field(min_length=1, max_length=1000)]
Region = Annotated[str, StringConstraints(to_upper=True, pattern="^[A-Za-z]{2}$")]


class Consent(BaseModel):
    """The importer states that these people opted in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: _Source = Field(description="where they did, such as the name of a form")
    evidence: _Evidence = Field(description="what proves it; kept with each consent event")


class ImportOptions(BaseModel):
    """What the importer asked for; frozen with the import."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lists: tuple[Name | int, ...] = ()
    list_mode: ListMode = Field(
        default=ListMode.ADD, description="replace: who is in no record leaves the lists"
    )
    max_unlisted_ratio: float = Field(
        default=0.2, ge=0, le=1, description="of a list that is replaced, who may leave it"
    )
    channel: Channel = Channel.PHONE
    convert_national: bool = False
    default_region: Region | None = None
    mapping: dict[str, str] | None = Field(
        default=None, description="column name or index from 0 → field, custom.<name>, or skip"
    )
    header: Header = Header.AUTO
    encoding: Annotated[Encoding, BeforeValidator(_encoding_named)] | None = None
    separator: Annotated[str, StringConstraints(min_length=1, max_length=1)] | None = None
    sheet: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = Field(
        default=None, description="of a workbook, by its name; else the first visible one"
    )
    duplicates: Duplicates = Duplicates.MERGE
    over_limit: OverLimit = OverLimit.REJECT
    unmapped: Unmapped = Unmapped.CUSTOM
    number_types: tuple[str, ...] | None = None
    purpose: Purpose = Field(
        default=Purpose.CONTACTS, description="opt_out: everybody in it has opted out"
    )
    consent: Consent | None = Field(
        default=None, description="the importer states that these people opted in"
    )
    parent_import_id: UUID | None = Field(
        default=None, description="the import whose rejects these are"
    )
    correlation_id: Annotated[str, StringConstraints(max_length=255)] | None = None

    @model_validator(mode="after")
    def _region_is_known(self) -> Self:
        if self.default_region is not None and self.default_region not in REGIONS:
            raise ValueError(f"default_region {self.default_region!r} is not a region with numbers")
        return self

    @model_validator(mode="after")
    def _there_is_something_to_replace(self) -> Self:
        if self.list_mode is ListMode.REPLACE and not self.lists:
            raise ValueError("list_mode replace needs lists")
        return self

    @property
    def taken_types(self) -> frozenset[str]:
        """The types of numbers that are taken; whoever opts out may do so with any."""
        if self.number_types:
            return frozenset(self.number_types)
        return NUMBER_TYPES if self.purpose is Purpose.OPT_OUT else DEFAULT_NUMBER_TYPES

    @property
    def most_unlisted(self) -> float | None:
        """The share of a list that may leave it; None where lists only grow."""
        return self.max_unlisted_ratio if self.list_mode is ListMode.REPLACE else None
