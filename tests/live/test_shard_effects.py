"""A shard's one transaction: what M1 to M7 write, and what they leave alone."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from tests.fixtures.database import Database
from tests.fixtures.ledger import counts_of, import_row
from tests.fixtures.pipeline import Pipeline, pipeline_of

from enlist_shared.ids import AccountId
from enlist_shared.settings import S3Settings

ONE, TWO = "+447400000001", "+447400000002"


@pytest.fixture
async def pipeline(
    database: Database, s3_settings: S3Settings, account_id: AccountId
) -> AsyncIterator[Pipeline]:
    async with pipeline_of(account_id, database, s3_settings) as one:
        yield one


def table(*rows: str, header: str = "phone,first name,last name,email,city") -> bytes:
    return "".join(f"{row}\n" for row in (header, *rows)).encode()


async def contacts(observer: asyncpg.Connection) -> set[tuple[Any, ...]]:
    rows = await observer.fetch(
        "SELECT phone_number, first_name, last_name, email, city, channels FROM contacts"
    )
    return {tuple(row) for row in rows}


async def changes(observer: asyncpg.Connection) -> list[dict[str, Any]]:
    """Change entries by contact, without their empty columns."""
    rows = await observer.fetch("SELECT * FROM changes ORDER BY contact_id, seq")
    ids = {"account_id", "contact_id", "seq", "import_id", "record"}
    return [{k: v for k, v in row.items() if k not in ids and v is not None} for row in rows]


CASES = {
    "M1: blank never erases, the last spelling of a name wins": (
        [f"{ONE},Ann,Lee,a@b.cd,Leeds"],
        [f"{ONE},ANN,Lee,,York"],
        {(ONE, "ANN", "Lee", "a@b.cd", "York", 1)},
        {"records": 1, "updated": 1},
    ),
    "M2: other names are another contact": (
        [f"{ONE},Ann,Lee,,"],
        [f"{ONE},Bob,Lee,,"],
        {(ONE, "Ann", "Lee", None, None, 1), (ONE, "Bob", "Lee", None, None, 1)},
        {"records": 1, "created": 1},
    ),
    "M3: the lowest record names the nameless one, the rest follow M2": (
        [f"{ONE},,,a@b.cd,Leeds"],
        [f"{ONE},Bob,,,", f"{ONE},Ann,,,York", f"{TWO},Cy,,,"],
        {
            (ONE, "Bob", None, "a@b.cd", "Leeds", 1),
            (ONE, "Ann", None, None, "York", 1),
            (TWO, "Cy", None, None, None, 1),
        },
        {"records": 3, "updated": 1, "created": 2},
    ),
    "M4: without names into the only contact": (
        [f"{ONE},Ann,Lee,a@b.cd,"],
        [f"{ONE},,,x@y.zz,York"],
        {(ONE, "Ann", "Lee", "x@y.zz", "York", 1)},
        {"records": 1, "updated": 1},
    ),
    "M4: without names among several, nothing but lists and channel": (
        [f"{ONE},Ann,Lee,,", f"{ONE},Bob,Lee,,"],
        [f"{ONE},,,x@y.zz,York"],
        {(ONE, "Ann", "Lee", None, None, 1), (ONE, "Bob", "Lee", None, None, 1)},
        {"records": 1, "unchanged": 1, "warnings": 1},
    ),
    "M5: a new number": (
        [f"{ONE},Ann,Lee,,"],
        [f"{TWO},,,x@y.zz,"],
        {(ONE, "Ann", "Lee", None, None, 1), (TWO, None, None, "x@y.zz", None, 1)},
        {"records": 1, "created": 1},
    ),
    "M6: records of one identity are one write": (
        [f"{ONE},Ann,Lee,a@b.cd,"],
        [f"{ONE},Ann,Lee,b@b.cd,", f"{ONE},ann,lee,,York", f"{ONE},Ann,Lee,c@b.cd,"],
        {(ONE, "Ann", "Lee", "c@b.cd", "York", 1)},
        {"records": 3, "updated": 1, "duplicate": 2, "warnings": 2},
    ),
    "M7: nameless beside one name folds into it": (
        [f"{ONE},Ann,Lee,,"],
        [f"{ONE},,,a@b.cd,", f"{ONE},Ann,Lee,,York"],
        {(ONE, "Ann", "Lee", "a@b.cd", "York", 1)},
        {"records": 2, "updated": 1, "duplicate": 1},
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_a_rule_of_merging(
    pipeline: Pipeline, observer: asyncpg.Connection, case: str
) -> None:
    """Contacts and counts are what the rule says."""
    stored, rows, expected, counts = CASES[case]
    await pipeline.import_file(table(*stored))
    import_id = await pipeline.import_file(table(*rows))
    assert await contacts(observer) == expected
    assert await counts_of(observer, import_id) == counts
    assert (await import_row(observer, import_id))["status"] == "completed"


async def test_change_entries_hold_what_differed(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """An entry has exactly the fields that differ, each as it was before."""
    header = "phone,first name,last name,email,city,tier,size"
    await pipeline.import_file(table(f"{ONE},Ann,Lee,a@b.cd,Leeds,gold,", header=header))
    import_id = await pipeline.import_file(
        table(f"{ONE},ANN,Lee,a@b.cd,York,gold,L", header=header), {"channel": "whatsapp"}
    )
    entry = {
        "fields": 2 | 512 | 16384 | 32768,
        "first_name": "Ann",
        "city": "Leeds",
        "custom": '{"tier": "gold"}',
        "channels": 1,
    }
    assert await changes(observer) == [entry]
    row = await observer.fetchrow(
        "SELECT h.import_id, h.record, h.seq = c.changed_seq, c.created_seq < c.changed_seq, "
        "c.updated_at > c.created_at, c.custom::text, c.channels "
        "FROM changes h JOIN contacts c USING (account_id, contact_id)"
    )
    assert row is not None
    assert tuple(row) == (import_id, 1, True, True, True, '{"size": "L", "tier": "gold"}', 3)


async def test_naming_the_nameless_keeps_its_keys(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """M3's entry holds the blank keys: that the keys changed stands in its bits."""
    await pipeline.import_file(table(f"{ONE},,,,"))
    await pipeline.import_file(table(f"{ONE},Ann,Lee,,"))
    assert await changes(observer) == [{"fields": 2 | 4 | 65536, "first_key": "", "last_key": ""}]


async def test_provenance(pipeline: Pipeline, observer: asyncpg.Connection) -> None:
    """A contact and a membership tell which import made them, and in which order."""
    first = await pipeline.import_file(table(f"{ONE},Ann,,,"), {"lists": ["news"]})
    second = await pipeline.import_file(
        table(f"{ONE},Ann,,,York", f"{TWO},,,,"), {"lists": ["news", "vip"]}
    )
    rows = await observer.fetch(
        "SELECT c.phone_number, c.created_import, l.name, m.added_import, l.created_import, "
        "m.added_seq >= c.created_seq FROM contacts c JOIN memberships m USING (contact_id) "
        "JOIN lists l USING (list_id) ORDER BY 1, 3"
    )
    assert [tuple(row) for row in rows] == [
        (ONE, first, "news", first, first, True),
        (ONE, first, "vip", second, second, True),
        (TWO, second, "news", second, first, True),
        (TWO, second, "vip", second, second, True),
    ]
    assert await counts_of(observer, second) == {
        "records": 2, "created": 1, "updated": 1, "listed": 2,
    }  # fmt: skip


@pytest.mark.parametrize("duplicates", ["merge", "merge_by_number", "skip"])
async def test_unchanged_writes_nothing(
    pipeline: Pipeline, observer: asyncpg.Connection, duplicates: str
) -> None:
    """The same file again touches no row of any contact, membership or list."""
    options = {"lists": ["news"], "duplicates": duplicates}
    body = table(f"{ONE},Ann,Lee,a@b.cd,Leeds", f"{TWO},,,x@y.zz,")
    versions = (
        "SELECT 'contact', contact_id, xmin::text FROM contacts UNION ALL "
        "SELECT 'membership', contact_id, xmin::text FROM memberships UNION ALL "
        "SELECT 'list', list_id, xmin::text FROM lists ORDER BY 1, 2"
    )
    await pipeline.import_file(body, options)
    before = await observer.fetch(versions)
    import_id = await pipeline.import_file(body, options)
    assert await observer.fetch(versions) == before
    assert await changes(observer) == []
    assert await counts_of(observer, import_id) == {"records": 2, "unchanged": 2}


async def test_skip_joins_lists_and_writes_no_field(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """Under `skip` a contact that is there keeps every field and its channels, but is listed."""
    await pipeline.import_file(table(f"{ONE},Ann,Lee,,"))
    import_id = await pipeline.import_file(
        table(f"{ONE},Ann,Lee,x@y.zz,York", f"{ONE},,,,"),
        {"duplicates": "skip", "lists": ["news"], "channel": "whatsapp"},
    )
    assert await contacts(observer) == {(ONE, "Ann", "Lee", None, None, 1)}
    assert await changes(observer) == []
    counts = {"records": 2, "unchanged": 1, "duplicate": 1, "listed": 1}
    assert await counts_of(observer, import_id) == counts
