"""A shard's rows on their way from S3 into the transaction: read, folded, ready to be copied."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import polars as pl

from enlist_merge.lists import MergePlan
from enlist_merge.stating import stated_numbers
from enlist_rules.folding import Folded, fold
from enlist_rules.identity import name_key
from enlist_rules.listing import SEPARATOR
from enlist_rules.rows import ROW, slot
from enlist_shared.ids import ListId, ObjectKey
from enlist_shared.objectstore import ObjectStore
from enlist_shared.options import Purpose

_BESIDE: Final = {"fixed_line", "warnings", "lists"}
STAGED: Final = (*(name for name in ROW.names() if name not in _BESIDE), "lists")
_COPY_ROWS: Final = 20_000
_READERS: Final = 4
_NOTHING_STATED: Final = pl.DataFrame(schema={"number": pl.String, "record": pl.UInt32})


@dataclass(frozen=True, slots=True)
class ShardRows:
    """The rows of a shard before folding (ROW) and after it.

    `stated` (number, record) are the numbers whose consent the rows state, if the import does or
    opts out;
    `slots` are those of all numbers about which something may be written.
    """

    rows: pl.DataFrame
    folded: Folded
    stated: pl.DataFrame
    slots: list[int]


async def read_shard(
    store: ObjectStore, slices: Sequence[tuple[ObjectKey, int, int]], plan: MergePlan
) -> ShardRows:
    """Read a shard's slice of each chunk and fold them."""
    gate = asyncio.Semaphore(_READERS)

    async def read(key: ObjectKey, start: int, length: int) -> bytes:
        async with gate:
            return await store.get(key, start, start + length)

    parts = await asyncio.gather(*(read(*part) for part in slices))
    return await asyncio.to_thread(_fold, parts, plan)


def _fold(parts: Sequence[bytes], plan: MergePlan) -> ShardRows:
    rows = pl.concat([pl.read_ipc_stream(BytesIO(part)) for part in parts])
    folded = fold(rows, plan.duplicates)
    stated = _NOTHING_STATED
    if plan.purpose is Purpose.OPT_OUT:
        stated = folded.rows.select("record", number="phone_number").select(_NOTHING_STATED.columns)
    elif plan.consent is not None:
        stated = stated_numbers(rows, folded, plan.channel, plan.duplicates)
    return ShardRows(rows, folded, stated, _slots(rows["phone_number"], stated["number"]))


def _slots(*numbers: pl.Series) -> list[int]:
    """The slots of all these numbers, in ascending order."""
    return sorted({found for each in numbers for found in _distinct(each)})


def _distinct(numbers: pl.Series) -> list[int]:
    return pl.select(slot(pl.lit(numbers)).unique()).to_series().to_list()


def with_list_ids(rows: pl.DataFrame, names: dict[str, ListId]) -> pl.DataFrame:
    """The rows as `staged` takes them: list names become an array of ids."""
    cells = rows["lists"].drop_nulls().unique()
    arrays = pl.Series([_array(cell, names) for cell in cells], dtype=pl.String)
    lists = rows["lists"].replace_strict(cells, arrays, default=None, return_dtype=pl.String)
    return rows.with_columns(lists.fill_null("{}")).select(STAGED)


async def csv_blocks(rows: pl.DataFrame) -> AsyncIterator[bytes]:
    """The rows as CSV for COPY, a block at a time."""
    for part in rows.iter_slices(_COPY_ROWS):
        yield await asyncio.to_thread(_csv, part)


def _csv(rows: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    rows.write_csv(buffer, include_header=False)
    return buffer.getvalue()


def _array(cell: str, names: dict[str, ListId]) -> str:
    ids = {names[name_key(name)] for name in cell.split(SEPARATOR)}
    return "{" + ",".join(map(str, sorted(ids))) + "}"
