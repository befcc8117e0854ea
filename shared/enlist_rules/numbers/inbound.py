"""The two numbers of an inbound message, as platforms write them: international, with + or not."""

import re
from typing import Final, NamedTuple

from enlist_rules.numbers.library import e164, valid_number
from enlist_rules.numbers.spelling import spelled

_INTERNATIONAL: Final = re.compile(r"(?:\+|00)?([1-9][0-9]{6,14})")
_SHORT: Final = re.compile(r"[0-9]{3,8}")
_SEPARATORS: Final = re.compile(r"[\s().\-/]")
_ANYWHERE: Final = "ZZ"  # libphonenumber's word for no region


class Sender(NamedTuple):
    """A number in E.164; `valid` as libphonenumber says."""

    number: str
    valid: bool


def sender(text: str) -> Sender | None:
    """Who has sent a message; None where it is no number, such as the name of a company.

    A number that libphonenumber does not know is returned as it stands: its owner may opt out.
    """
    found = _INTERNATIONAL.fullmatch(_SEPARATORS.sub("", spelled(text)))
    if found is None:
        return None
    number = valid_number("+" + found[1], _ANYWHERE)
    return Sender("+" + found[1], valid=False) if number is None else Sender(e164(number), True)


def virtual_number(text: str) -> str | None:
    """The number that was texted: E.164 if it can be, else a short code of 3 to 8 digits."""
    international = sender(text)
    if international is not None and international.valid:
        return international.number
    digits = _SEPARATORS.sub("", spelled(text))
    return digits if _SHORT.fullmatch(digits) else None
