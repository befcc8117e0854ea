"""Which contacts are meant: by number, name, e-mail, list, channel, consent, custom fields.

The same filter serves the search, the exports, and what is done to many contacts at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Self

from phonenumbers import country_code_for_region, normalize_digits_only

from enlist_rules.identity import name_key
from enlist_rules.numbers import NUMBER_TYPES
from enlist_rules.numbers.specification import read_one
from enlist_rules.options import NumberRules
from enlist_shared.ids import ListId
from enlist_shared.options import Channel

SHORTEST_PREFIX: Final = 2
"""Digits; fewer would look for everybody."""
BITS: Final = {Channel.PHONE: 1, Channel.WHATSAPP: 2}
_LAST: Final = "\U0010ffff"
_LARGEST_ID: Final = 2**63 - 1


class WantedConsent(StrEnum):
    """Where somebody is to stand on a channel."""

    UNKNOWN = "unknown"
    OPTED_IN = "opted_in"
    OPTED_OUT = "opted_out"


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """All that is said must hold; nothing said means every contact.

    `numbers` are beginnings of E.164 numbers, any of which will do; `name` and `email` beginnings
    as they are compared. `consent` is that of the effective number on `channel`, else on `phone`.
    """

    numbers: tuple[str, ...] | None = None
    name: str | None = None
    email: str | None = None
    list_id: ListId | None = None
    channel: Channel | None = None
    consent: WantedConsent | None = None
    custom: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, said: Mapping[str, Any], region: str) -> Self:
        """The filter that a person means; `said` has the words of the API, each maybe None."""
        number, name, email = (said.get(word) for word in ("number", "name", "email"))
        return cls(
            numbers=tuple(beginnings(number, region)) if number else None,
            name=(name_key(name) or None) if name else None,
            email=email.strip().lower() or None if email else None,
            list_id=said.get("list_id"),
            channel=said.get("channel"),
            consent=said.get("consent"),
            custom=said.get("custom") or {},
        )

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What `conditions` in contacts.sql needs, in its order."""
        return (
            None if self.numbers is None else list(self.numbers),
            self.name,
            self.email,
            self.list_id,
            None if self.channel is None else BITS[self.channel],
            self.consent,
            self.channel or Channel.PHONE,
            dict(self.custom),
        )


EVERYBODY: Final = ContactFilter()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of an index: a statement `walk_…`, where it starts and ends.

    `beyond`: contacts that another stretch of the same name finds are left out.
    """

    walk: str
    start: tuple[str, ...]
    end: tuple[str, ...]
    beyond: bool = False


def newest(list_id: ListId | None = None) -> Stretch:
    """All contacts, or those of a list, newest first."""
    after_all = (str(_LARGEST_ID),)
    if list_id is None:
        return Stretch("newest", after_all, ("0",))
    return Stretch("members", after_all, (str(list_id),))


def by_number(beginning: str = "") -> Stretch:
    """By identity: number, first name, last name."""
    return Stretch("by_number", (beginning, "", "", "0"), (beginning + _LAST,))


def stretches(wanted: ContactFilter) -> list[Stretch]:
    """Where to look, one after another: the parts of the index that promise the fewest contacts."""
    if wanted.numbers is not None:
        return [by_number(beginning) for beginning in wanted.numbers]
    if wanted.email is not None:
        return [Stretch("by_email", (wanted.email, "0"), (wanted.email + _LAST,))]
    if wanted.name is not None:
        return _by_name(wanted.name)
    return [newest(wanted.list_id)]


def _by_name(name: str) -> list[Stretch]:
    """First names that begin so, last names after a whole first name, last names alone."""
    spaces = [place for place, char in enumerate(name) if char == " "]
    halves = [(name[:place], name[place + 1 :]) for place in spaces]
    return [
        Stretch("by_first_name", (name, "", "0"), (name + _LAST, _LAST)),
        *(
            Stretch("by_first_name", (first, last, "0"), (first, last + _LAST))
            for first, last in halves
        ),
        Stretch("by_last_name", (name, "0"), (name + _LAST,), beyond=True),
    ]


def beginnings(number: str, region: str) -> list[str]:
    """What the E.164 number begins with that somebody who types this may look for.

    A whole number is read as an import would read it; a part of one as what follows the `+`, or
    as what follows the trunk prefix in the account's region. None begins with another one.
    """
    rules = NumberRules(
        default_region=region, convert_national=True, number_types=frozenset(NUMBER_TYPES)
    )
    whole = (read_one(text, region, rules).number for text in (number, "+" + number.lstrip("+ ")))
    found = [reading for reading in dict.fromkeys(whole) if reading]
    digits = normalize_digits_only(number).lstrip("0")
    if found or len(digits) < SHORTEST_PREFIX:
        return found
    international, national = f"+{digits}", f"+{country_code_for_region(region)}{digits}"
    if number.lstrip().startswith("+") or national.startswith(international):
        return [international]
    return [international, national]
