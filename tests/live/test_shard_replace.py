"""`list_mode: replace`: who is in no record leaves the lists of the option, or nobody does."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from tests.fixtures.database import Database
from tests.fixtures.ledger import counts_of, import_row
from tests.fixtures.pipeline import Pipeline, pipeline_of

from enlist_shared.ids import AccountId, ImportId
from enlist_shared.settings import S3Settings
from enlist_shared.states import Status

NUMBERS = [f"+44740000000{n}" for n in range(1, 6)]
NEWS = {"lists": ["News"]}


@pytest.fixture
async def pipeline(
    database: Database, s3_settings: S3Settings, account_id: AccountId
) -> AsyncIterator[Pipeline]:
    async with pipeline_of(account_id, database, s3_settings) as one:
        yield one


def rows(*cells: str) -> bytes:
    full = (cell if "," in cell else f"{cell}," for cell in cells)
    return "\n".join(["phone,first name", *full]).encode()


async def members(observer: asyncpg.Connection, name: str) -> list[str]:
    """Number and first name of who is on the list."""
    found = await observer.fetch(
        "SELECT c.phone_number || coalesce(' ' || c.first_name, '') AS who FROM memberships m "
        "JOIN lists l USING (list_id) JOIN contacts c USING (contact_id) WHERE l.name = $1 "
        "ORDER BY who",
        name,
    )
    return [row["who"] for row in found]


async def replaced(pipeline: Pipeline, body: bytes, most: float = 0.2, **more: Any) -> ImportId:
    options = {**NEWS, "list_mode": "replace", "max_unlisted_ratio": most, **more}
    return await pipeline.import_file(body, options)


async def test_who_is_in_no_record_leaves(pipeline: Pipeline, observer: asyncpg.Connection) -> None:
    """The list is then the file's contacts; other lists keep theirs; what left is kept."""
    before = await pipeline.import_file(rows(*NUMBERS), {"lists": ["News", "Other"]})
    import_id = await replaced(pipeline, rows(*NUMBERS[:4], "+447400000009"))
    assert await members(observer, "News") == [*NUMBERS[:4], "+447400000009"]
    assert await members(observer, "Other") == NUMBERS
    assert await counts_of(observer, import_id) == {
        "records": 5, "created": 1, "unchanged": 4, "listed": 1, "unlisted": 1,
    }  # fmt: skip
    (removal,) = await observer.fetch("SELECT * FROM removals")
    assert (removal["import_id"], removal["added_import"]) == (import_id, before)
    assert removal["seq"] > removal["added_seq"]


@pytest.mark.parametrize("duplicates", ["merge", "merge_by_number", "skip"])
async def test_whoever_a_record_means_stays(
    pipeline: Pipeline, observer: asyncpg.Connection, duplicates: str
) -> None:
    """Duplicates, a number without names that means several, and skipped records all count."""
    one, two, three, *_ = NUMBERS
    people = [f"{one},Ann", f"{one},Bob", f"{two},Cid", f"{three},Dan"]
    await pipeline.import_file(rows(*people), NEWS)
    again = rows(one, f"{two},cid", f"{two},CID")
    import_id = await replaced(pipeline, again, 0.25, duplicates=duplicates)
    assert [who.lower() for who in await members(observer, "News")] == [
        f"{one} ann", f"{one} bob", f"{two} cid",
    ]  # fmt: skip
    assert (await import_row(observer, import_id))["unlisted"] == 1


@pytest.mark.parametrize(
    ("body", "most", "said"),
    [
        (rows(*NUMBERS[:3]), 0.39, "40.0% of a list would leave it, 39.0% may"),
        (rows("nonsense"), 1.0, "no record could be merged, so that everybody would leave"),
        (rows(), 1.0, "no record could be merged, so that everybody would leave"),
    ],
)
async def test_when_too_many_would_leave_nothing_is_merged(
    pipeline: Pipeline, observer: asyncpg.Connection, body: bytes, most: float, said: str
) -> None:
    """The import fails and says what to do; an import that meets nobody never empties a list."""
    await pipeline.import_file(rows(*NUMBERS), NEWS)
    before = await observer.fetch("SELECT * FROM contacts")
    options = {**NEWS, "list_mode": "replace", "max_unlisted_ratio": most}
    for ready in await pipeline.merging(body, options):
        await pipeline.merger.on_shard_ready(ready)
    (row,) = await observer.fetch("SELECT * FROM imports ORDER BY import_id DESC LIMIT 1")
    assert (row["status"], row["error_code"]) == (Status.FAILED, "options")
    assert said in row["error_message"]
    assert (row["created"], row["unchanged"], row["unlisted"]) == (0, 0, 0)
    assert await members(observer, "News") == NUMBERS
    assert await observer.fetch("SELECT * FROM contacts") == before


async def test_a_large_one_is_one_shard(pipeline: Pipeline, observer: asyncpg.Connection) -> None:
    """So that all who are met are known before anybody leaves."""
    await pipeline.import_file(rows(*NUMBERS), NEWS)
    options = {**NEWS, "list_mode": "replace", "max_unlisted_ratio": 0.2}
    (shard,) = await pipeline.merging(rows(*NUMBERS[:4]), options, chunk_bytes=40, shard_records=1)
    await pipeline.merger.on_shard_ready(shard)
    assert await members(observer, "News") == NUMBERS[:4]
