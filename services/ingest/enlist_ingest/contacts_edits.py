"""Contacts typed, changed and deleted by hand: the rules of an import, one record at a time.

Every write holds the lock of the number's slot and draws a `seq` under it, as a shard does; what
it replaces goes into a change entry without an import.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from enlist_ingest.contacts_columns import (
    KEYS,
    Columns,
    Patch,
    bits_of,
    merged_columns,
    patched_columns,
    refuse_namesakes,
)
from enlist_ingest.contacts_filter import BITS
from enlist_ingest.contacts_search import SQL as CONTACTS
from enlist_rules.codes import Code
from enlist_rules.meeting import Rule, meet
from enlist_rules.rows import SLOTS
from enlist_rules.typed import Typed
from enlist_shared.ids import AccountId, ContactId, ListId
from enlist_shared.options import Channel
from enlist_shared.postgres import Connection, account_transaction
from enlist_shared.statements import statements

SQL: Final = statements(__package__, "edits.sql")
LISTS: Final = statements(__package__, "lists.sql")


class NoContactError(LookupError):
    """The account has no such contact."""


@dataclass(frozen=True, slots=True)
class Edited:
    """What became of a record: its outcome, the contacts that it means, and what is beside."""

    outcome: str
    contact_ids: tuple[ContactId, ...]
    listed: bool
    suppressed: bool
    warnings: tuple[tuple[str, str | None], ...]


class Edits:
    """Contacts as the role `enlist_ingest` may change them."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def read(self, account_id: AccountId, contact_id: int) -> asyncpg.Record:
        """A contact as it is.

        Raises:
            NoContactError: there is none.
        """
        async with account_transaction(self._pool, account_id) as connection:
            return await _contact(connection, account_id, contact_id)

    async def add(
        self, account_id: AccountId, typed: Typed, channel: Channel, lists: Sequence[ListId]
    ) -> Edited:
        """What M1 to M5 make of one record; it joins those of the lists that still exist."""
        async with account_transaction(self._pool, account_id) as connection:
            seq, live = await lock(connection, account_id, [typed.phone_number], lists)
            edit = _Edit(connection, account_id, seq)
            ids, outcome = await edit.merge(typed, BITS[channel])
            joined = await connection.fetchval(SQL["join_lists"], account_id, live, ids, seq)
            suppressed = await connection.fetchval(SQL["suppressed"], account_id, ids, channel)
        warnings = list(typed.warnings)
        if len(ids) > 1 and (typed.fields or typed.custom):
            warnings.append((Code.AMBIGUOUS_CONTACT, None))
        if len(live) < len(set(lists)):
            warnings.append((Code.LIST_GONE, None))
        return Edited(outcome, tuple(ids), joined > 0, suppressed, tuple(warnings))

    async def change(self, account_id: AccountId, contact_id: int, patch: Patch) -> bool:
        """Change what is said; whether anything differed.

        Raises:
            NoContactError: there is no such contact.
            OthersNamedError: its names would be those of another contact with its number.
            TypedRejectedError: it would have too many custom fields.
        """
        async with account_transaction(self._pool, account_id) as connection:
            before = await _contact(connection, account_id, contact_id)
            number = before["phone_number"]
            seq, _ = await lock(connection, account_id, [number], ())
            others = await connection.fetch(SQL["known_contacts"], account_id, number)
            found = [row for row in others if row["contact_id"] == contact_id]
            if not found:
                raise NoContactError
            said = patched_columns(found[0], patch)
            refuse_namesakes(said, found[0], others)
            return await _Edit(connection, account_id, seq).change(found[0], said)

    async def delete(self, account_id: AccountId, contact_id: int, by: str | None) -> None:
        """The contact goes, with its memberships and what its change entries hold.

        Raises:
            NoContactError: there is no such contact.
        """
        async with account_transaction(self._pool, account_id) as connection:
            before = await _contact(connection, account_id, contact_id)
            seq, _ = await lock(connection, account_id, [before["phone_number"]], ())
            if not await delete_contacts(connection, account_id, [contact_id], seq, by):
                raise NoContactError


class _Edit:
    """The writes of one transaction, under its locks and its seq."""

    def __init__(self, connection: Connection, account_id: AccountId, seq: int) -> None:
        self._connection = connection
        self._account_id = account_id
        self._seq = seq

    async def merge(self, typed: Typed, bit: int) -> tuple[list[ContactId], str]:
        """The contacts that the record means, written, and its outcome."""
        known = {
            row["contact_id"]: row
            for row in await self._connection.fetch(
                SQL["known_contacts"], self._account_id, typed.phone_number
            )
        }
        met = meet(typed.keys, {key: (row[KEYS[0]], row[KEYS[1]]) for key, row in known.items()})
        if met.rule is Rule.CREATE:
            return [await self._create(typed, bit)], "created"
        several = met.rule is Rule.SEVERAL
        changed = [
            await self.change(
                known[key], merged_columns(known[key], None if several else typed, bit)
            )
            for key in met.contact_ids
        ]
        return [ContactId(key) for key in met.contact_ids], "updated" if any(
            changed
        ) else "unchanged"

    async def change(self, stored: asyncpg.Record, said: Columns) -> bool:
        """Write the columns that differ and keep them as they were; whether any did."""
        differing = {name: value for name, value in said.items() if value != stored[name]}
        if not differing:
            return False
        key = self._account_id, stored["contact_id"]
        await self._connection.execute(
            SQL["change_contact"], *key, differing, self._seq, bits_of(differing)
        )
        return True

    async def _create(self, typed: Typed, bit: int) -> ContactId:
        columns = {
            **typed.fields,
            "phone_number": typed.phone_number,
            **dict(zip(KEYS, typed.keys, strict=True)),
            "custom": dict(typed.custom),
            "channels": bit,
        }
        created = await self._connection.fetchval(
            SQL["create_contact"], self._account_id, columns, self._seq
        )
        return ContactId(created)


async def lock(
    connection: Connection,
    account_id: AccountId,
    numbers: Iterable[str],
    lists: Sequence[ListId],
) -> tuple[int, list[ListId]]:
    """Lock the slots of the numbers, then the lists that still exist; the seq, and those lists."""
    slots = sorted({int(number[1:]) % SLOTS for number in numbers})
    await connection.execute(SQL["lock_slots"], account_id, slots)
    live = await connection.fetch(LISTS["lock_lists"], account_id, lists) if lists else []
    seq = await connection.fetchval(SQL["draw_seq"])
    return seq, [row["list_id"] for row in live]


async def delete_contacts(
    connection: Connection,
    account_id: AccountId,
    contact_ids: Sequence[int],
    seq: int,
    by: str | None,
) -> int:
    """Delete contacts whose slots are locked; how many there were."""
    await connection.execute(SQL["leave_all_lists"], account_id, contact_ids)
    await connection.execute(SQL["forget_changes"], account_id, contact_ids)
    deleted: int = await connection.fetchval(
        SQL["delete_contacts"], account_id, contact_ids, seq, by
    )
    return deleted


async def _contact(
    connection: Connection, account_id: AccountId, contact_id: int
) -> asyncpg.Record:
    row = await connection.fetchrow(CONTACTS["contact"], account_id, contact_id)
    if row is None:
        raise NoContactError
    return row
