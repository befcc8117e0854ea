"""A contact in a form: as it is stored, as it was typed, and what the API's rules make of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

import asyncpg
from phonenumbers import country_code_for_region

from enlist_ingest.api.contact_views import ContactChanges, ContactFields, NewContact
from enlist_ingest.api.problems import Problem
from enlist_ingest.api.typed import patch_of, typed_contact
from enlist_ingest.console.forms import REFUSALS, Form, read_as, words_of
from enlist_ingest.console.labels import label
from enlist_ingest.contacts_columns import OthersNamedError
from enlist_ingest.contacts_edits import Edited
from enlist_ingest.contacts_filter import BITS
from enlist_ingest.service import Ingest
from enlist_ingest.upload import Caller
from enlist_rules.codes import EXPLANATIONS, Code
from enlist_rules.fields import CUSTOM_PREFIX
from enlist_rules.listing import SEPARATOR
from enlist_rules.numbers import REGIONS
from enlist_rules.typed import TypedRejectedError
from enlist_shared.ids import ContactId

BLANK_ROWS: Final = 2
"""Places for further custom fields."""
_NAMESAKES: Final = (
    "Another contact with this number has these names, or could not be told from this one."
)
_MEANWHILE: Final = (
    "This contact was changed meanwhile, by an import or by somebody else. Below is how it is "
    "now: make your change again."
)


class NotTakenError(Exception):
    """What was typed cannot be taken; the text says why."""


class ChangedMeanwhileError(NotTakenError):
    """The form showed what is no more so; what it would erase, nobody has meant to."""


@dataclass(frozen=True, slots=True)
class Typing:
    """What stands in the form; `contact_id`, `has` (channels) and `seq` are those of the contact
    that is changed."""

    default_region: str
    convert_national: bool = True
    phone_number: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    custom: Mapping[str, str] = field(default_factory=dict)
    channels: tuple[str, ...] = ("phone",)
    lists: str = ""
    contact_id: ContactId | None = None
    has: tuple[str, ...] = ()
    seq: int | None = None

    @classmethod
    def of(cls, stored: asyncpg.Record, region: str) -> Self:
        """A contact as it is."""
        return cls(
            default_region=region,
            phone_number=stored["phone_number"],
            fields={name: stored[name] or "" for name in ContactFields.model_fields},
            custom=stored["custom"],
            channels=_channels(stored),
            contact_id=ContactId(stored["contact_id"]),
            has=_channels(stored),
            seq=stored["changed_seq"],
        )

    @property
    def regions(self) -> list[tuple[str, int]]:
        """Countries with their calling codes."""
        return [(region, country_code_for_region(region)) for region in sorted(REGIONS)]

    @property
    def further(self) -> list[tuple[str, str]]:
        """Custom fields that the contact does not have: none yet."""
        return [("", "")] * BLANK_ROWS


def typing_of(form: Form, region: str, stored: asyncpg.Record | None = None) -> Typing:
    """What was typed, of a new contact or of one that is `stored`."""
    custom = {
        name.removeprefix(CUSTOM_PREFIX): text
        for name, text in form.items()
        if name.startswith(CUSTOM_PREFIX)
    }
    further = zip(form.all("custom_name"), form.all("custom_value"), strict=False)
    custom |= {name.strip(): text.strip() for name, text in further if name.strip()}
    return Typing(
        default_region=form.get("default_region", region),
        convert_national="convert_national" in form,
        phone_number=form.text("phone_number") if stored is None else stored["phone_number"],
        fields={name: form.text(name) for name in ContactFields.model_fields},
        custom=custom,
        channels=(*form.all("channel"), *(() if stored is None else _channels(stored))),
        lists=form.text("lists"),
        contact_id=None if stored is None else ContactId(stored["contact_id"]),
        has=() if stored is None else _channels(stored),
        seq=int(form["seq"]) if form.text("seq").isdecimal() else None,
    )


async def keep_typed(typing: Typing, visitor: Caller, ingest: Ingest) -> Edited:
    """Take a record that was typed.

    Raises:
        NotTakenError: it cannot be.
    """
    filled = {name: text for name, text in {**typing.fields, **_reading(typing)}.items() if text}
    said = {
        **filled,
        "phone_number": typing.phone_number,
        "custom": {name: text for name, text in typing.custom.items() if text},
        "lists": [name for name in map(str.strip, typing.lists.split(SEPARATOR)) if name],
        "channel": next(iter(typing.channels), "phone"),
    }
    try:
        new = read_as(NewContact, said)
        typed = typed_contact(new, visitor)
        lists = await ingest.lists.chosen(visitor.account_id, new.lists)
        return await ingest.edits.add(visitor.account_id, typed, new.channel, lists)
    except TypedRejectedError as rejected:
        raise NotTakenError(_why(rejected)) from None
    except REFUSALS as refusal:
        raise NotTakenError(words_of(refusal)) from None


async def change_typed(
    typing: Typing, stored: asyncpg.Record, visitor: Caller, ingest: Ingest
) -> bool:
    """Change what differs from what is stored; whether anything did.

    Raises:
        NotTakenError: something cannot be taken.
        ChangedMeanwhileError: the form is of another state of the contact.
        NoContactError: it is there no more.
    """
    if typing.seq != stored["changed_seq"]:
        raise ChangedMeanwhileError(_MEANWHILE)
    differing = {name: text for name, text in typing.fields.items() if text != (stored[name] or "")}
    custom = {
        name: text for name, text in typing.custom.items() if text != stored["custom"].get(name, "")
    }
    added = {*typing.channels} - {*typing.has}
    said = {**differing, **_reading(typing), "custom": custom, "channels": sorted(added)}
    try:
        patch = patch_of(read_as(ContactChanges, said), stored, visitor)
        for name, text in differing.items():
            if text and name not in patch.columns:
                raise NotTakenError(f"{label(name)}: “{text}” is none.")
        return await ingest.edits.change(visitor.account_id, stored["contact_id"], patch)
    except TypedRejectedError as rejected:
        raise NotTakenError(_why(rejected)) from None
    except OthersNamedError:
        raise NotTakenError(_NAMESAKES) from None
    except Problem as refusal:
        raise NotTakenError(words_of(refusal)) from None


def _channels(stored: asyncpg.Record) -> tuple[str, ...]:
    return tuple(channel for channel, bit in BITS.items() if stored["channels"] & bit)


def _reading(typing: Typing) -> dict[str, Any]:
    """How national numbers are to be read."""
    region = typing.default_region
    return {"convert_national": typing.convert_national, "default_region": region}


def _why(rejected: TypedRejectedError) -> str:
    about_a_field = rejected.code is Code.TOO_MANY_CUSTOM_FIELDS
    explanation = EXPLANATIONS["field" if about_a_field else "record", rejected.code]
    place = f"{label(rejected.field)}: " if rejected.field else ""
    return f"{place}{explanation.message} {explanation.remedy}"
