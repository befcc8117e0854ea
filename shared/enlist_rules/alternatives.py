"""What else a column could mean, for a person who corrects a mapping."""

from collections.abc import Iterator
from enum import StrEnum

from enlist_rules.columns import Columns
from enlist_rules.fields import SKIP, Field
from enlist_rules.header import (
    ADDRESS_NAMES,
    ALTERNATE_NAMES,
    COUNTRY_NAMES,
    FIELD_NAMES,
    PHONE_RANKS,
    REJECT_COLUMNS,
    SECOND_FIELD_NAMES,
)

_PHONES = (Field.PHONE_NUMBER, Field.ALTERNATE_PHONE_NUMBER, Field.WHATSAPP_NUMBER)


class Reason(StrEnum):
    """Why a column was mapped as it was."""

    CHOICE = "choice"
    NAME = "name"
    CONTENT = "content"
    NONE = "none"  # nothing said what it is


def alternatives(columns: Columns, index: int) -> list[str]:
    """What the column may mean besides what it was taken for: the likelier first."""
    named, held = _named(columns.keys[index]), _held(columns, index)
    likely = dict.fromkeys([*named, *held, columns.custom_target(index), SKIP])
    return [target for target in likely if target != columns.targets[index]]


def reason(columns: Columns, index: int, *, chosen: bool, has_header: bool) -> Reason:
    """What decided the meaning of a column."""
    target = columns.targets[index]
    if chosen:
        return Reason.CHOICE
    known = {*_named(columns.keys[index]), *REJECT_COLUMNS} if has_header else set()
    if target in known or (target == SKIP and columns.keys[index] in known):
        return Reason.NAME
    return Reason.CONTENT if target in {*_held(columns, index)} else Reason.NONE


def _named(key: str) -> Iterator[str]:
    """What the name of a column says."""
    if key in PHONE_RANKS or key in ALTERNATE_NAMES:
        yield from _PHONES
    for names in (FIELD_NAMES, SECOND_FIELD_NAMES, *ADDRESS_NAMES):
        if key in names:
            yield names[key]
    if key in COUNTRY_NAMES:
        yield Field.COUNTRY_CODE


def _held(columns: Columns, index: int) -> Iterator[str]:
    """What the values of a column say."""
    if columns.number_share(index):
        yield from _PHONES
    if columns.is_mostly_emails(index):
        yield Field.EMAIL
    if columns.holds_regions(index):
        yield Field.COUNTRY_CODE
