"""What the form above the contacts asks for, as the search and the exports want it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Final, Self, TypeVar
from urllib.parse import urlencode

from enlist_ingest.console.forms import ID
from enlist_ingest.contacts_filter import ContactFilter, WantedConsent
from enlist_rules.fields import CUSTOM_PREFIX
from enlist_shared.ids import ListId
from enlist_shared.options import Channel

_LONGEST: Final = 255
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Question:
    """The fields of the form as they were typed; a blank one asks for nothing."""

    number: str = ""
    name: str = ""
    email: str = ""
    list: str = ""
    channel: str = ""
    consent: str = ""
    custom_name: str = ""
    custom_value: str = ""

    @classmethod
    def of(cls, said: Mapping[str, str]) -> Self:
        """What a query or a form says; what no choice offers asks for nothing."""
        typed = {each.name: _tidy(said.get(each.name, "")) for each in fields(cls)}
        typed["list"] = typed["list"] if ID.fullmatch(typed["list"]) else ""
        typed["channel"] = _choice(Channel, typed["channel"]) or ""
        typed["consent"] = _choice(WantedConsent, typed["consent"]) or ""
        return cls(**typed)

    def wanted(self, region: str) -> ContactFilter:
        """The filter of the search."""
        said = {
            "number": self.number,
            "name": self.name,
            "email": self.email,
            "list_id": ListId(int(self.list)) if self.list else None,
            "channel": _choice(Channel, self.channel),
            "consent": _choice(WantedConsent, self.consent),
            "custom": {self.custom_name: self.custom_value} if self.custom_name else {},
        }
        return ContactFilter.of(said, region)

    @property
    def said(self) -> dict[str, str]:
        """The fields that ask for something."""
        return {name: text for name, text in asdict(self).items() if text}

    @property
    def query(self) -> str:
        """The same question in the address of a page."""
        return urlencode(self.said)

    @property
    def of_api(self) -> str:
        """The same question in an address of the API."""
        said = self.said
        name, value = said.pop("custom_name", ""), said.pop("custom_value", "")
        return urlencode(said | ({CUSTOM_PREFIX + name: value} if name else {}))

    @property
    def further(self) -> bool:
        """Whether it asks for more than a number."""
        return bool(self.said.keys() - {"number"})


def _tidy(text: str) -> str:
    return text.replace("\0", "").strip()[:_LONGEST]


def _choice(kind: type[_Choice], text: str) -> _Choice | None:
    return kind(text) if text in set(kind) else None
