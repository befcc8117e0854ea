"""The columns of a contact as an edit leaves them; nothing is written here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from enlist_ingest.contacts_filter import BITS
from enlist_rules.codes import Code
from enlist_rules.fields import CUSTOM_FIELDS_PER_CONTACT, STORED
from enlist_rules.meeting import NAMELESS
from enlist_rules.typed import Typed, TypedRejectedError
from enlist_shared.options import Channel

KEYS: Final = ("first_key", "last_key")
_BIT: Final = {
    **{str(name): 1 << bit for bit, name in enumerate(STORED)},
    "custom": 1 << 14,
    "channels": 1 << 15,
    **dict.fromkeys(KEYS, 1 << 16),
}
Columns = Mapping[str, Any]


class OthersNamedError(Exception):
    """Another contact with this number has these names, or none could be told from the others."""


@dataclass(frozen=True, slots=True)
class Patch:
    """What is to change in a contact: None erases. Channels are added, as they only grow."""

    columns: Columns
    custom: Mapping[str, str | None]
    channels: tuple[Channel, ...]


def bits_of(names: Iterable[str]) -> int:
    """What a change entry calls these columns (schema.sql, changes)."""
    bits = 0
    for name in names:
        bits |= _BIT[name]
    return bits


def merged_columns(stored: asyncpg.Record, typed: Typed | None, bit: int) -> dict[str, Any]:
    """The columns as they will be: a blank never erases, and channels grow."""
    channels = {"channels": stored["channels"] | bit}
    if typed is None:
        return channels
    keys = zip(KEYS, typed.keys, strict=True)
    return {
        **typed.fields,
        **{name: key or stored[name] for name, key in keys},
        "custom": stored["custom"] | dict(typed.custom),
        **channels,
    }


def patched_columns(stored: asyncpg.Record, patch: Patch) -> dict[str, Any]:
    """The columns that a patch speaks of; it removes the custom fields that it says are None.

    Raises:
        TypedRejectedError: there would be too many custom fields.
    """
    custom = stored["custom"] | dict(patch.custom)
    kept = {name: value for name, value in custom.items() if value is not None}
    if len(kept) > max(CUSTOM_FIELDS_PER_CONTACT, len(stored["custom"])):
        raise TypedRejectedError(Code.TOO_MANY_CUSTOM_FIELDS, "custom")
    bits = sum({BITS[channel] for channel in patch.channels})
    return {**patch.columns, "custom": kept, "channels": stored["channels"] | bits}


def refuse_namesakes(
    said: Columns, stored: asyncpg.Record, others: Sequence[asyncpg.Record]
) -> None:
    """No two contacts of a number have the same names, and none without names is beside others."""
    first, last = (said.get(name, stored[name]) for name in KEYS)
    named = [
        (row[KEYS[0]], row[KEYS[1]]) for row in others if row["contact_id"] != stored["contact_id"]
    ]
    changes = (first, last) != tuple(stored[key] for key in KEYS)
    if changes and ((first, last) in named or (named and (first, last) == NAMELESS)):
        raise OthersNamedError
