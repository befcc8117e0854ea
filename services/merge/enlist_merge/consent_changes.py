"""Whose consent an import changed: an object a shard, one event when the import has ended."""

from dataclasses import dataclass
from typing import Final, Self

import asyncpg

from enlist_merge.consent import SQL
from enlist_shared.claims import Unit
from enlist_shared.consent import ChangedNumbers, ConsentChanges, ConsentSource, ConsentState
from enlist_shared.events import ConsentChanged
from enlist_shared.ids import AccountId, ImportId, ObjectKey
from enlist_shared.keys import changed_numbers_key, consent_changes_key
from enlist_shared.objectstore import ObjectStore
from enlist_shared.options import Channel, Purpose
from enlist_shared.outbox import announce_consent
from enlist_shared.postgres import Connection

_HEADER: Final = b"number,record,effective_at\n"
_STATED: Final = {
    Purpose.CONTACTS: (ConsentState.OPTED_IN, ConsentSource.IMPORT),
    Purpose.OPT_OUT: (ConsentState.OPTED_OUT, ConsentSource.OPT_OUT_IMPORT),
}


@dataclass(frozen=True, slots=True)
class ShardChanges:
    """What a shard changed: how many numbers, and under which key they are named, if there are."""

    numbers: int = 0
    key: ObjectKey | None = None

    @classmethod
    async def stored(cls, store: ObjectStore, unit: Unit, lines: bytes) -> Self:
        """Store what a statement returned as CSV, a line a number."""
        if not lines:
            return cls()
        body = _HEADER + lines
        key = changed_numbers_key(unit.account_id, unit.import_id, unit.number, body)
        await store.put(key, body)
        return cls(lines.count(b"\n"), key)


async def announce_changes(
    connection: Connection, store: ObjectStore, account_id: AccountId, import_id: ImportId
) -> None:
    """Say once what an import changed that ends in this transaction; nothing if it was nothing."""
    rows = await connection.fetch(SQL["changed"], account_id, import_id)
    if not rows:
        return
    state, source = _STATED[Purpose(rows[0]["purpose"])]
    channel = Channel(rows[0]["channel"])
    objects = tuple(map(_object, rows))
    body = ConsentChanges(channel=channel, state=state, objects=objects).model_dump_json().encode()
    key = consent_changes_key(account_id, import_id, body)
    await store.put(key, body)
    event = ConsentChanged(
        account_id=account_id,
        consent_id=None,
        import_id=import_id,
        channel=channel,
        state=state,
        source=source,
        numbers=sum(each.numbers for each in objects),
        effective_at=None,
        object_key=key,
    )
    await announce_consent(connection, event)


def _object(row: asyncpg.Record) -> ChangedNumbers:
    return ChangedNumbers(key=row["consents_key"], numbers=row["consents_changed"])
