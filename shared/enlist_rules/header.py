"""What a header row is, and how its names are compared."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from enlist_rules.fields import CUSTOM_PREFIX, LISTS, STORED, Field
from enlist_rules.numbers.library import is_valid
from enlist_rules.numbers.spelling import spelled
from enlist_rules.synonyms import (
    ADDRESS_KINDS,
    ADDRESS_PARTS,
    ALTERNATE_PHONES,
    COUNTRIES,
    FIELDS,
    MOBILE_PHONES,
    OTHER_PHONES,
    PHONES,
    SECOND_FIELDS,
    SHARED_PHONES,
)

_SIGNS: Final = re.compile(r"[+(]?[\d\s().\-/]{6,40}")
_DATE: Final = re.compile(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4}")


def folded(name: str) -> str:
    """A column's name without case, spaces, punctuation, accents and zero-width marks."""
    return "".join(
        char for char in unicodedata.normalize("NFKD", name.casefold()) if char.isalnum()
    )


def _folded_names(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(folded, names))


# The order in which phone columns are taken: mobile, phone, other, somebody else's.
_RANKED: Final = (MOBILE_PHONES, PHONES, OTHER_PHONES, SHARED_PHONES)
PHONE_RANKS: Final = {
    name: rank
    for rank, names in reversed(list(enumerate(_RANKED)))
    for name in _folded_names((*names, Field.PHONE_NUMBER) if rank == 1 else names)
}
ALTERNATE_NAMES: Final = _folded_names((*ALTERNATE_PHONES, Field.ALTERNATE_PHONE_NUMBER))
COUNTRY_NAMES: Final = _folded_names(COUNTRIES)
FIELD_NAMES: Final = {
    name: target
    for target, names in FIELDS.items()
    for name in _folded_names((target, *names)) - _folded_names(SECOND_FIELDS.get(target, ()))
}
SECOND_FIELD_NAMES: Final = {
    name: target for target, names in SECOND_FIELDS.items() for name in _folded_names(names)
}
# For each kind of address the columns that make it up.
ADDRESS_NAMES: Final = tuple(
    {folded(f"{kind} {name}"): field for field, names in ADDRESS_PARTS.items() for name in names}
    for kind in ADDRESS_KINDS
)
REJECT_COLUMNS: Final = ("record", "code", "field", "message", "suggestion")
EXPORT_COLUMNS: Final = (str(Field.PHONE_NUMBER), *map(str, STORED), LISTS)
"""What an export begins with; a column `custom.<name>` follows for each custom field."""


def is_returned(cells: Sequence[str]) -> bool:
    """Whether this is the header of a file that was given back to be corrected."""
    own = len(REJECT_COLUMNS)
    return len(cells) > own and tuple(map(folded, cells[-own:])) == REJECT_COLUMNS


def is_exported(cells: Sequence[str]) -> bool:
    """Whether this is the header of an export, or of records of one that were given back."""
    own = len(EXPORT_COLUMNS)
    rest = cells[own : -len(REJECT_COLUMNS)] if is_returned(cells) else cells[own:]
    return tuple(cells[:own]) == EXPORT_COLUMNS and all(
        cell.startswith(CUSTOM_PREFIX) for cell in rest
    )


def is_header(cells: Sequence[str], phone_names: frozenset[str] = frozenset()) -> bool:
    """Whether a row holds a phone synonym (or one of `phone_names`, folded) and no number.

    So does the header of a file that was given back, whatever its columns were called.
    """
    names = set(map(folded, cells))
    if is_returned(cells):
        return True
    if not (names & PHONE_RANKS.keys() or names & ALTERNATE_NAMES or names & phone_names):
        return False
    return not any(map(looks_like_number, cells))


def looks_like_number(cell: str) -> bool:
    """Whether a cell is written like a phone number; dates and short codes are not."""
    text = spelled(cell)
    digits = sum(char.isdigit() for char in text)
    return 6 <= digits <= 17 and bool(_SIGNS.fullmatch(text)) and not _DATE.fullmatch(text)


def is_number(cell: str, region: str) -> bool:
    """Whether a cell is a valid phone number, of the region or international."""
    return looks_like_number(cell) and is_valid(spelled(cell), region)
