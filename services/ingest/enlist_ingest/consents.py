"""Consent that persons, hands and programs state, one number at a time, and its history."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple, Self
from uuid import UUID

import asyncpg

from enlist_rules.rows import SLOTS
from enlist_shared.consent import ConsentSource, ConsentState
from enlist_shared.events import ConsentChanged
from enlist_shared.ids import AccountId, ContactId
from enlist_shared.options import Channel
from enlist_shared.outbox import announce_consent
from enlist_shared.postgres import Connection, account_transaction
from enlist_shared.statements import statements

SQL: Final = statements(__package__, "consents.sql")


class OptedOutStaysError(Exception):
    """A hand cannot opt in again who opted out: the person can, or a consent call with evidence."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Somebody says that a number (E.164) is in or out on a channel.

    A message has an id, under which it is heard once, and the time at which it was received; what
    else is said counts from the moment at which it is written.
    """

    number: str
    channel: Channel
    state: ConsentState
    source: ConsentSource
    evidence: str | None = None
    message_id: str | None = None
    received_at: datetime | None = None


class Recorded(NamedTuple):
    """The event that was written, if one was, and the state that the number has now."""

    event_id: UUID | None
    state: ConsentState


class OptOutCursor(NamedTuple):
    """The opt-out after which a page begins, the latest first."""

    effective_at: datetime
    number: str
    channel: str

    @classmethod
    def read(cls, text: str) -> Self:
        """The cursor that `said` has written.

        Raises:
            ValueError: it is none.
        """
        at, number, channel = text.split("_")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or "\0" in text:
            raise ValueError(text)
        return cls(moment, f"+{number}", channel)

    def said(self) -> str:
        """As text for a URL."""
        at = self.effective_at.astimezone(UTC).replace(tzinfo=None).isoformat()
        return f"{at}Z_{self.number.removeprefix('+')}_{self.channel}"


NOW: Final = OptOutCursor(datetime.max.replace(tzinfo=UTC), "", "")


class Consents:
    """Consent as the role `enlist_ingest` may write it: for persons, hands and calls."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def call(
        self, account_id: AccountId, number: str, channel: Channel, state: ConsentState, proof: str
    ) -> Recorded:
        """A consent call: a program states it, with evidence; it may opt in who was opted out."""
        call = Statement(number, channel, state, ConsentSource.CONSENT_CALL, proof)
        async with account_transaction(self._pool, account_id) as connection:
            seq = await lock_number(connection, account_id, number)
            recorded = await say(connection, account_id, call, seq)
        if recorded is None:
            raise LookupError("what has no message id is written each time")
        return recorded

    async def by_hand(
        self,
        account_id: AccountId,
        number: str,
        channel: Channel,
        state: ConsentState,
        evidence: str | None,
    ) -> Recorded:
        """Somebody enters it: unknown becomes opted in, anything becomes opted out.

        Raises:
            OptedOutStaysError: it is opted out already, and is to be opted in.
        """
        entry = Statement(number, channel, state, ConsentSource.HAND, evidence)
        async with account_transaction(self._pool, account_id) as connection:
            seq = await lock_number(connection, account_id, number)
            known = await connection.fetchval(SQL["state"], account_id, number, channel)
            if known is not None and state is ConsentState.OPTED_IN:
                if known == ConsentState.OPTED_OUT:
                    raise OptedOutStaysError
                return Recorded(None, ConsentState.OPTED_IN)
            recorded = await say(connection, account_id, entry, seq)
        if recorded is None:
            raise LookupError("what has no message id is written each time")
        return recorded

    async def states(self, account_id: AccountId, number: str) -> list[asyncpg.Record]:
        """What is known of a number, a row a channel."""
        async with account_transaction(self._pool, account_id) as connection:
            return await connection.fetch(SQL["states"], account_id, number)

    async def events(
        self,
        account_id: AccountId,
        number: str,
        channel: Channel | None,
        before: UUID | None,
        limit: int,
    ) -> list[asyncpg.Record]:
        """The history of a number, the latest said first."""
        page = number, channel, before, limit
        async with account_transaction(self._pool, account_id) as connection:
            return await connection.fetch(SQL["events"], account_id, *page)

    async def opted_out(
        self, account_id: AccountId, channel: Channel | None, after: OptOutCursor, limit: int
    ) -> list[asyncpg.Record]:
        """Who has opted out, the latest first; also numbers of nobody who is a contact."""
        async with account_transaction(self._pool, account_id) as connection:
            return await connection.fetch(SQL["opted_out"], account_id, channel, *after, limit)

    async def single(self, account_id: AccountId, event_id: UUID) -> asyncpg.Record | None:
        """What a single change was; none of an import, whose changes have no ids for others."""
        async with account_transaction(self._pool, account_id) as connection:
            return await connection.fetchrow(SQL["single_event"], account_id, event_id)

    async def numbers_of(
        self, account_id: AccountId, contact_id: ContactId
    ) -> dict[Channel, str] | None:
        """The number under which a contact is reached on each channel."""
        async with account_transaction(self._pool, account_id) as connection:
            row = await connection.fetchrow(SQL["numbers_of_contact"], account_id, contact_id)
        return None if row is None else {Channel(name): row[name] for name in ("phone", "whatsapp")}


async def lock_number(connection: Connection, account_id: AccountId, number: str) -> int:
    """Wait until nobody else writes about the number; then the place in the order of all writes."""
    await connection.execute(SQL["lock_slots"], account_id, [int(number[1:]) % SLOTS])
    seq: int = await connection.fetchval(SQL["draw_seq"])
    return seq


async def say(
    connection: Connection, account_id: AccountId, statement: Statement, seq: int
) -> Recorded | None:
    """Add to the history, and change and announce the state if this decides; the slot is locked.

    None if the message was heard before.
    """
    row = await connection.fetchrow(
        SQL["say"],
        account_id,
        statement.number,
        statement.channel,
        statement.state,
        statement.source,
        statement.evidence,
        seq,
        statement.message_id,
        statement.received_at,
    )
    if row is None:
        return None
    recorded = Recorded(row["event_id"], ConsentState(row["after"]))
    if row["before"] != recorded.state:
        await announce_consent(connection, _changed(account_id, statement, row))
    return recorded


def _changed(account_id: AccountId, statement: Statement, row: asyncpg.Record) -> ConsentChanged:
    return ConsentChanged(
        account_id=account_id,
        consent_id=row["event_id"],
        import_id=None,
        channel=statement.channel,
        state=statement.state,
        source=statement.source,
        numbers=1,
        effective_at=row["effective_at"],
        object_key=None,
    )
