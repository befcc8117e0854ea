"""What became of the records of an import, as ledger and bucket know it so far."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import asyncpg
import polars as pl

from enlist_rules.returned_rows import Shape, rejects_told, returned_rows, warnings_told
from enlist_rules.rows import NOTES
from enlist_shared.ids import AccountId, ImportId, ObjectKey
from enlist_shared.manifests import ImportManifest
from enlist_shared.objectstore import ObjectStore
from enlist_shared.postgres import account_transaction
from enlist_shared.statements import statements
from enlist_shared.states import Status

SQL: Final = statements(__package__, "results.sql")


@dataclass(frozen=True, slots=True)
class Results:
    """Where the results of one import lie; `reject_slices` by chunk: key, first byte, length."""

    objects: ObjectStore
    status: Status
    records: int
    line_break: str
    manifest: ImportManifest
    reject_slices: Mapping[int, tuple[ObjectKey, int, int]]
    outcome_keys: tuple[ObjectKey, ...]

    @property
    def shape(self) -> Shape:
        """How its chunks are to be read."""
        manifest = self.manifest
        return Shape(
            manifest.encoding,
            manifest.separator,
            manifest.has_header,
            manifest.columns,
            manifest.mapping,
            manifest.reading_rules.numbers,
        )

    async def rejects_of(self, chunk: int) -> pl.DataFrame:
        """The rejects of a chunk (REJECT), which has some."""
        key, start, length = self.reject_slices[chunk]
        return _frame(await self.objects.get(key, start, start + length))

    async def outcomes(self) -> AsyncIterator[pl.DataFrame]:
        """`record`, `outcome` and `warnings` of one shard after another."""
        for key in self.outcome_keys:
            yield _frame(await self.objects.get(key))

    async def rejected_rows(self) -> AsyncIterator[pl.DataFrame]:
        """The rows of the rejects file, a chunk at a time."""
        for chunk in self.reject_slices:
            told = await asyncio.to_thread(rejects_told, await self.rejects_of(chunk))
            yield await self._rows(chunk, told)

    async def warned_rows(self) -> AsyncIterator[pl.DataFrame]:
        """The rows of the warnings file, a chunk at a time."""
        notes = await self._notes()
        for chunk, plan in enumerate(self.manifest.chunks):
            first, after = plan.first_record, plan.first_record + plan.records
            of_chunk = pl.col("record").is_between(first, after, closed="left")
            mine = notes.filter(of_chunk).with_columns(pl.col("note").cast(pl.String))
            if mine.height:
                yield await self._rows(chunk, await asyncio.to_thread(warnings_told, mine))

    async def _notes(self) -> pl.DataFrame:
        """All warnings, one a row: what they say is kept once, so that millions fit in memory."""
        parts = [pl.DataFrame(schema={"record": pl.UInt32, "note": pl.Categorical})]
        async for shard in self.outcomes():
            noted = shard.filter(pl.col("warnings").is_not_null())
            split = noted.select("record", note=pl.col("warnings").str.split(NOTES)).explode("note")
            parts.append(split.cast({"note": pl.Categorical}))
        return pl.concat(parts).sort("record", maintain_order=True)

    async def _rows(self, chunk: int, told: pl.DataFrame) -> pl.DataFrame:
        plan = self.manifest.chunks[chunk]
        data = await self.objects.get(self.manifest.source_key, plan.start, plan.end)
        return await asyncio.to_thread(returned_rows, data, self.shape, plan.first_record, told)


class ResultStore:
    """Finds the results of imports, as the role `enlist_ingest` may."""

    def __init__(self, pool: asyncpg.Pool, objects: ObjectStore) -> None:
        self._pool = pool
        self._objects = objects

    async def find(self, account_id: AccountId, import_id: ImportId) -> Results | None:
        """What is known now; none while it is not known how the import is to be read.

        Raises:
            ObjectMissingError: the manifest is gone.
        """
        key = account_id, import_id
        async with account_transaction(self._pool, account_id) as connection:
            row = await connection.fetchrow(SQL["result"], *key)
            slices = await connection.fetch(SQL["reject_slices"], *key)
            outcomes = await connection.fetch(SQL["outcome_keys"], *key)
        if row is None or row["manifest_key"] is None:
            return None
        return Results(
            self._objects,
            Status(row["status"]),
            row["records"],
            _line_break(row["detected"]),
            ImportManifest.model_validate_json(await self._objects.get(row["manifest_key"])),
            {each["chunk"]: (each["rows_key"], each["start"], each["length"]) for each in slices},
            tuple(each["outcomes_key"] for each in outcomes),
        )


def _frame(stream: bytes) -> pl.DataFrame:
    return pl.read_ipc_stream(BytesIO(stream))


def _line_break(detected: Mapping[str, Any] | None) -> str:
    return str((detected or {}).get("line_break") or "\n")
