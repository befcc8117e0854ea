"""The ledger's side of upload events: an import for each, made once, copied once."""

from typing import Final

import asyncpg

from enlist_ingest.landing import Landed
from enlist_ingest.store import IMPORTS, MovedOnError
from enlist_ingest.upload_events import UploadRequest
from enlist_shared.endings import end_import, progressed
from enlist_shared.events import ImportAccepted
from enlist_shared.ids import AccountId, ImportId, ObjectKey
from enlist_shared.outbox import announce
from enlist_shared.postgres import Connection, account_transaction
from enlist_shared.statements import statements
from enlist_shared.states import Status
from enlist_shared.topics import Topic

SQL: Final = statements(__package__, "requests.sql")


class AccountUnknownError(Exception):
    """There is no such account, so nobody can be told what became of the event."""


class Requests:
    """What upload events ask for, as the role `enlist_ingest` may write it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def enter(
        self, request: UploadRequest, size: int | None, *, announced: bool
    ) -> ImportAccepted | None:
        """Make the import, unless an earlier event has: accepted, or failed for its fault.

        If it is not announced, the caller splits it, or the reconciler will have it split.

        Raises:
            AccountUnknownError: nobody's import can be made.
        """
        async with account_transaction(self._pool, request.account_id) as connection:
            import_id = await _insert(connection, request, size)
            if import_id is None:
                return None
            key = request.account_id, import_id
            if request.fault is not None:
                fault = request.fault
                await end_import(connection, *key, Status.FAILED, fault.code, fault.detail)
                return None
            return await _accept(connection, *key, announced=announced)

    async def not_copied(self, account_id: AccountId, import_id: ImportId) -> ObjectKey | None:
        """The object that an import is to be made of; none once it has a copy of its own."""
        async with account_transaction(self._pool, account_id) as connection:
            key = await connection.fetchval(SQL["not_copied"], account_id, import_id)
        return None if key is None else ObjectKey(key)

    async def copied(
        self, account_id: AccountId, import_id: ImportId, key: ObjectKey, landed: Landed
    ) -> None:
        """The copy under `key` is the import's own.

        Raises:
            MovedOnError: it has another one, or ended meanwhile.
        """
        async with account_transaction(self._pool, account_id) as connection:
            if not await connection.fetchval(
                SQL["copied"], account_id, import_id, key, landed.size, landed.sha256
            ):
                raise MovedOnError


async def _insert(
    connection: Connection, request: UploadRequest, size: int | None
) -> ImportId | None:
    region = await connection.fetchval(SQL["default_region"], request.account_id)
    if region is None:
        raise AccountUnknownError
    import_id = await connection.fetchval(
        SQL["insert_request"],
        request.account_id,
        request.options.channel,
        request.options.default_region or region,
        request.options.model_dump(mode="json", exclude_unset=True),
        request.correlation_id,
        request.file_name,
        size or 0,
        request.request_id,
        request.object_key,
        request.options.purpose,
    )
    return None if import_id is None else ImportId(import_id)


async def _accept(
    connection: Connection, account_id: AccountId, import_id: ImportId, *, announced: bool
) -> ImportAccepted:
    row = await connection.fetchrow(IMPORTS["accept_import"], account_id, import_id)
    if row is None:
        raise LookupError("the import was inserted in this transaction")
    await connection.execute(IMPORTS["insert_split_unit"], account_id, import_id)
    accepted = ImportAccepted(account_id=account_id, import_id=import_id)
    if announced:
        await announce(connection, Topic.IMPORT_ACCEPTED, str(account_id), accepted)
    await announce(connection, Topic.IMPORT_PROGRESSED, str(import_id), progressed(row))
    return accepted
