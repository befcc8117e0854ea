"""What ingest reads and writes in the ledger: one account a transaction, events with the state."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from enlist_ingest.division import Division, Source
from enlist_ingest.idempotency import bind
from enlist_ingest.upload import Caller, Upload
from enlist_rules.codes import Code
from enlist_shared.claims import Claim, finish
from enlist_shared.endings import Ending, end_import, progressed
from enlist_shared.events import ChunkReady, Event, ImportAccepted
from enlist_shared.ids import AccountId, ImportId, ObjectKey
from enlist_shared.options import ImportOptions
from enlist_shared.outbox import announce_all
from enlist_shared.postgres import Connection, account_transaction
from enlist_shared.statements import statements
from enlist_shared.states import Status
from enlist_shared.topics import Topic

IMPORTS: Final = statements(__package__, "imports.sql")
SPLITTING: Final = statements(__package__, "splitting.sql")
Announcement = tuple[Topic, str, Event]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which imports of an account are asked for; None: whatever they are."""

    states: Collection[Status] | None = None
    file_name: str | None = None
    list_id: int | None = None


WHATEVER: Final = Wanted()


class MovedOnError(Exception):
    """The import, or the claim on it, is no longer where this work found it; nothing was done."""


class Store:
    """The ledger as the role `enlist_ingest` may use it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def authenticate(self, key_hash: bytes) -> Caller | None:
        """Whose API key has this hash; none if it never was, has expired or was revoked."""
        row = await self._pool.fetchrow(
            "SELECT account_id, default_region, key_name FROM enlist.authenticate($1)", key_hash
        )
        return None if row is None else Caller(*row)

    async def begin_import(self) -> tuple[ImportId, datetime]:
        """A new import's id, and the time; nothing is written."""
        row = await self._pool.fetchrow(IMPORTS["begin_import"])
        if row is None:
            raise LookupError("a SELECT without FROM always answers")
        return ImportId(row["import_id"]), row["received_at"]

    async def unknown_lists(self, account_id: AccountId, list_ids: list[int]) -> list[int]:
        """Which of these ids are no lists of the account."""
        async with account_transaction(self._pool, account_id) as connection:
            rows = await connection.fetch(IMPORTS["unknown_lists"], list_ids)
        return [row["list_id"] for row in rows]

    async def imports(
        self,
        account_id: AccountId,
        import_id: ImportId | None = None,
        before: ImportId | None = None,
        limit: int = 1,
        wanted: Wanted = WHATEVER,
    ) -> list[asyncpg.Record]:
        """Rows of `imports` with `waiting` and `seen_before`, newest first."""
        page = account_id, import_id, before, limit
        which = wanted.states, wanted.file_name, wanted.list_id
        async with account_transaction(self._pool, account_id) as connection:
            return await connection.fetch(IMPORTS["imports"], *page, *which)

    async def receive(self, upload: Upload) -> None:
        """A long upload is on its way: show how far it is."""
        async with account_transaction(self._pool, upload.caller.account_id) as connection:
            await _put_import(connection, upload)

    async def accept(self, upload: Upload) -> None:
        """A long upload has landed: the import waits to be split."""
        async with account_transaction(self._pool, upload.caller.account_id) as connection:
            await _put_whole(connection, upload)
            account_id, import_id = upload.caller.account_id, upload.import_id
            row = await connection.fetchrow(IMPORTS["accept_import"], account_id, import_id)
            if row is None:
                raise MovedOnError
            await connection.execute(IMPORTS["insert_split_unit"], account_id, import_id)
            accepted = ImportAccepted(account_id=account_id, import_id=import_id)
            await announce_all(
                connection,
                [(Topic.IMPORT_ACCEPTED, str(account_id), accepted), _progress(row)],
            )

    async def accept_split(
        self, upload: Upload, division: Division, manifest_key: ObjectKey
    ) -> None:
        """A small upload has landed and is split already."""
        async with account_transaction(self._pool, upload.caller.account_id) as connection:
            await _put_whole(connection, upload)
            await _record_split(connection, Status.RECEIVING, division, manifest_key)

    async def accept_refused(self, upload: Upload, code: Code, detail: str) -> None:
        """A small upload has landed and is no contact file: an import that failed."""
        async with account_transaction(self._pool, upload.caller.account_id) as connection:
            await _put_whole(connection, upload)
            key = upload.caller.account_id, upload.import_id
            await end_import(connection, *key, Status.FAILED, code, detail)

    async def end(
        self,
        account_id: AccountId,
        import_id: ImportId,
        ending: Ending,
        code: Code | None = None,
        detail: str = "",
    ) -> None:
        """End an import, unless it has ended."""
        async with account_transaction(self._pool, account_id) as connection:
            await end_import(connection, account_id, import_id, ending, code, detail)

    async def begin_split(self, account_id: AccountId, import_id: ImportId) -> Source:
        """The import is being split; what there is to split.

        Raises:
            MovedOnError: it waits for no split.
        """
        async with account_transaction(self._pool, account_id) as connection:
            moved = await connection.fetchrow(SPLITTING["begin_split"], account_id, import_id)
            row = await connection.fetchrow(SPLITTING["source"], account_id, import_id)
            if moved is None or row is None:
                raise MovedOnError
            await announce_all(connection, [_progress(moved)])
        return Source(
            account_id,
            import_id,
            ObjectKey(row["source_key"]),
            row["size"],
            ImportOptions.model_validate(row["options"]),
            row["default_region"],
        )

    async def finish_split(self, claim: Claim, division: Division, manifest_key: ObjectKey) -> None:
        """The import is split: its chunks wait to be normalised.

        Raises:
            MovedOnError: it ended meanwhile, or somebody else has the claim.
        """
        async with account_transaction(self._pool, claim.unit.account_id) as connection:
            if not await finish(connection, claim, manifest_key):
                raise MovedOnError
            await _record_split(connection, Status.SPLITTING, division, manifest_key)


async def _put_whole(connection: Connection, upload: Upload) -> None:
    """All of the upload is here: it is what its Idempotency-Key has led to."""
    await _put_import(connection, upload)
    if upload.caller.once is not None:
        await bind(connection, upload.caller.once, upload.import_id)


async def _put_import(connection: Connection, upload: Upload) -> None:
    await connection.execute(
        IMPORTS["put_import"],
        upload.caller.account_id,
        upload.import_id,
        upload.options.channel,
        upload.source.default_region,
        upload.options.model_dump(mode="json", exclude_unset=True),
        upload.options.correlation_id,
        upload.file_name,
        upload.size,
        upload.sha256,
        upload.source_key,
        upload.received_at,
        upload.way,
        upload.caller.name,
        upload.options.purpose,
    )


async def _record_split(
    connection: Connection, expected: Status, division: Division, manifest_key: ObjectKey
) -> None:
    manifest, lane = division.manifest, division.lane
    key = manifest.account_id, manifest.import_id
    row = await connection.fetchrow(
        SPLITTING["record_split"],
        *key,
        expected,
        lane,
        division.records,
        len(manifest.chunks),
        manifest.shards,
        manifest_key,
        division.detected,
        division.warnings,
    )
    if row is None:
        raise MovedOnError
    records = [chunk.records for chunk in manifest.chunks]
    await connection.execute(SPLITTING["insert_chunks"], *key, records)
    await connection.execute(SPLITTING["insert_chunk_units"], *key, len(records))
    await announce_all(connection, [_progress(row), *_chunks_ready(division, manifest_key)])


def _progress(row: asyncpg.Record) -> Announcement:
    return Topic.IMPORT_PROGRESSED, str(row["import_id"]), progressed(row)


def _chunks_ready(division: Division, manifest_key: ObjectKey) -> list[Announcement]:
    manifest = division.manifest
    return [
        (
            division.lane.chunk_ready,
            f"{manifest.import_id}:{chunk}",
            ChunkReady(
                account_id=manifest.account_id,
                import_id=manifest.import_id,
                chunk=chunk,
                manifest_key=manifest_key,
            ),
        )
        for chunk in range(len(manifest.chunks))
    ]
