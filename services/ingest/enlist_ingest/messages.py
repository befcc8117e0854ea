"""What an inbound message does: opts its sender out, in, or in and onto a keyword's list."""

from typing import Final

import asyncpg

from enlist_ingest.consents import Statement, lock_number, say
from enlist_ingest.keywords import SQL, heard
from enlist_ingest.requests import AccountUnknownError
from enlist_rules.keywords import Effect, Meaning, first_word
from enlist_rules.numbers.inbound import sender, virtual_number
from enlist_shared.consent import ConsentSource, ConsentState
from enlist_shared.events import SmsReceived
from enlist_shared.ids import AccountId, ListId
from enlist_shared.options import Channel
from enlist_shared.postgres import Connection, account_transaction

_SAYS: Final = {
    Effect.STOP: (ConsentState.OPTED_OUT, ConsentSource.KEYWORD),
    Effect.START: (ConsentState.OPTED_IN, ConsentSource.START),
    Effect.JOIN: (ConsentState.OPTED_IN, ConsentSource.KEYWORD),
}


class Messages:
    """Hears messages once each, however often and late they come."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def hear(self, message: SmsReceived) -> None:
        """Do what the first word says; a message that says nothing to us is nothing.

        Raises:
            AccountUnknownError: nobody's consent can be written.
        """
        whose, word = sender(message.sender), first_word(message.body)
        async with account_transaction(self._pool, message.account_id) as connection:
            if not await connection.fetchval(SQL["account"], message.account_id):
                raise AccountUnknownError
            if whose is None or word is None:
                return
            number = virtual_number(message.to)
            found = await heard(connection, message.account_id, word, number)
            if found is None or not (whose.valid or found[0].effect is Effect.STOP):
                return
            await _obey(connection, message, whose.number, *found)


async def _obey(
    connection: Connection,
    message: SmsReceived,
    number: str,
    means: Meaning,
    list_id: ListId | None,
) -> None:
    """Locks in the order of every writer: the slot, the list."""
    account_id = message.account_id
    seq = await lock_number(connection, account_id, number)
    live = list_id and await connection.fetchval(SQL["lock_list"], account_id, list_id)
    state, source = _SAYS[means.effect]
    statement = Statement(
        number,
        Channel.PHONE,
        state,
        source,
        evidence=means.word_key,
        message_id=message.message_id,
        received_at=message.received_at,
    )
    if await say(connection, account_id, statement, seq) is not None and live:
        await _join(connection, account_id, number, live, seq)


async def _join(
    connection: Connection, account_id: AccountId, number: str, list_id: ListId, seq: int
) -> None:
    """Put the sender on a list, as a record with this number and no names would be."""
    rows = await connection.fetch(SQL["contacts_of_number"], account_id, number)
    ids = [row["contact_id"] for row in rows]
    if ids:
        await connection.execute(SQL["add_channel"], account_id, ids, seq)
    else:
        ids = [await connection.fetchval(SQL["create_contact"], account_id, number, seq)]
    await connection.execute(SQL["join_list"], account_id, list_id, ids, seq)
