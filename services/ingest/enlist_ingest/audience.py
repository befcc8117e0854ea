"""Whom to text: who is on a list, can be reached and has not opted out, as of one moment."""

from collections.abc import Sequence
from tempfile import SpooledTemporaryFile
from typing import Final

import asyncpg

from enlist_shared.consent import ConsentState
from enlist_shared.ids import AccountId, ListId
from enlist_shared.options import Channel
from enlist_shared.postgres import Connection, account_transaction
from enlist_shared.statements import statements

SQL: Final = statements(__package__, "audience.sql")
_BITS: Final = {Channel.PHONE: 1, Channel.WHATSAPP: 2}
_IN_MEMORY: Final = 8_388_608  # bytes; a longer audience lies on disk until it is sent
_SECONDS: Final = 300
# Neither stands in JSON, which escapes control characters: each line comes out as it is.
_DELIMITER, _QUOTE = "\x01", "\x02"


class Audiences:
    """Audiences as the role `enlist_ingest` may read them."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def of_list(
        self, account_id: AccountId, list_id: ListId, channel: Channel
    ) -> SpooledTemporaryFile[bytes] | None:
        """NDJSON: a recipient a line, then the counts; None if there is no such list.

        It is read from the database at once and sent from the file, so that whoever reads slowly
        holds no transaction open. The caller closes it.
        """
        async with account_transaction(self._pool, account_id) as connection:
            if not await connection.fetchval(SQL["list_exists"], account_id, list_id):
                return None
            await connection.execute(SQL["room_to_sort"])
            file = SpooledTemporaryFile[bytes](max_size=_IN_MEMORY)
            try:
                await _copy(connection, file, account_id, list_id, channel, _BITS[channel])
            except BaseException:
                file.close()
                raise
        file.seek(0)
        return file

    async def consents_of(
        self, account_id: AccountId, channel: Channel, numbers: Sequence[str]
    ) -> dict[str, ConsentState]:
        """What is known of these numbers (E.164); whoever is unknown is not in it."""
        async with account_transaction(self._pool, account_id) as connection:
            rows = await connection.fetch(SQL["consents_of"], account_id, channel, list(numbers))
        return {row["number"]: ConsentState(row["state"]) for row in rows}


async def _copy(connection: Connection, file: SpooledTemporaryFile[bytes], *which: object) -> None:
    async def write(block: bytes) -> None:
        file.write(block)

    await connection.copy_from_query(
        SQL["audience"],
        *which,
        output=write,
        format="csv",
        delimiter=_DELIMITER,
        quote=_QUOTE,
        timeout=_SECONDS,
    )
