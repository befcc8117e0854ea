"""The option `consent`: what the importer states about the numbers that the records state."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from tests.fixtures.database import Database
from tests.fixtures.ledger import counts_of, import_row
from tests.fixtures.pipeline import Pipeline, pipeline_of

from enlist_shared.ids import AccountId
from enlist_shared.settings import S3Settings

ONE, TWO, THREE = "+447400000001", "+447400000002", "+447400000003"
STATED = {"consent": {"source": "spring fair", "evidence": "signed sheet 12"}}
WHATSAPP = {**STATED, "channel": "whatsapp"}
HELD = """
INSERT INTO consents (account_id, number, channel, state, source, effective_at, seq)
VALUES ($1, $2, $3, $4, 'keyword', now(), 0)
"""
Held = tuple[str, str, str, str, int | None]  # number, channel, state, source, record


@pytest.fixture
async def pipeline(
    database: Database, s3_settings: S3Settings, account_id: AccountId
) -> AsyncIterator[Pipeline]:
    async with pipeline_of(account_id, database, s3_settings) as one:
        yield one


def table(*rows: str, header: str = "phone,first name,whatsapp number") -> bytes:
    return "".join(f"{row}\n" for row in (header, *rows)).encode()


async def hold(observer: asyncpg.Connection, pipeline: Pipeline, *held: str) -> None:
    """A person has said so: number, channel, state."""
    await observer.execute(HELD, pipeline.account_id, *held)


async def consents(observer: asyncpg.Connection, name: str = "consents") -> set[Held]:
    rows = await observer.fetch(f"SELECT number, channel, state, source, record FROM {name}")  # noqa: S608
    assert len({tuple(row) for row in rows}) == len(rows)
    return {tuple(row) for row in rows}


def given(number: str, channel: str = "phone", record: int = 1) -> Held:
    return number, channel, "opted_in", "import", record


CASES: dict[str, tuple[list[str], list[str], dict[str, Any], set[Held], dict[str, int]]] = {
    "a new contact": ([], [f"{ONE},Ann,"], STATED, {given(ONE)}, {"created": 1}),
    "a contact whose consent alone differs": (
        [f"{ONE},Ann,"], [f"{ONE},Ann,"], STATED, {given(ONE)}, {"updated": 1},
    ),
    "a rejected record states nothing": (
        [],
        ["12345,Ann,", f"{ONE},Ann,12345", f"{TWO},Ann,"],
        STATED,
        {given(TWO, record=3)},
        {"created": 1, "rejected": 2},
    ),
    "two people of one number": (
        [f"{ONE},Ann,", f"{ONE},Bob,"],
        [f"{ONE},Bob,", f"{ONE},Ann,"],
        STATED,
        {given(ONE)},
        {"updated": 2},
    ),
    "M4 several": (
        [f"{ONE},Ann,", f"{ONE},Bob,"], [f"{ONE},,"], STATED, {given(ONE)}, {"updated": 1},
    ),
    "M6: the number is stated by the lowest record": (
        [f"{ONE},Ann,"],
        [f"{ONE},Ann,", f"{ONE},Ann,"],
        STATED,
        {given(ONE)},
        {"updated": 1, "duplicate": 1},
    ),
    "M7 among several: each of them differs": (
        [f"{ONE},Ann,{TWO}", f"{ONE},Bob,{TWO}"],
        [f"{ONE},,{THREE}", f"{ONE},Ann,{TWO}", f"{ONE},Bob,{TWO}"],
        WHATSAPP,
        {given(THREE, "whatsapp"), (TWO, "whatsapp", "opted_in", "keyword", None)},
        {"updated": 2, "duplicate": 1, "warnings": 1},
    ),
    "whatsapp: the number that the record itself states": (
        [], [f"{ONE},Ann,{TWO}"], WHATSAPP, {given(TWO, "whatsapp")}, {"created": 1},
    ),
    "whatsapp: when blank its phone number, whatever the contact has": (
        [f"{ONE},Ann,{TWO}"], [f"{ONE},Ann,"], WHATSAPP, {given(ONE, "whatsapp")}, {"updated": 1},
    ),
    "whatsapp: duplicates state their own": (
        [],
        [f"{ONE},Ann,{TWO}", f"{ONE},Ann,{THREE}"],
        WHATSAPP,
        {given(TWO, "whatsapp"), given(THREE, "whatsapp", 2)},
        {"created": 1, "duplicate": 1, "warnings": 1},
    ),
    "merge_by_number": (
        [f"{ONE},Ann,"],
        [f"{ONE},Bob,", f"{ONE},Ann,"],
        STATED | {"duplicates": "merge_by_number"},
        {given(ONE)},
        {"updated": 1, "duplicate": 1, "warnings": 1},
    ),
    "skip: consent applies, the contact is unchanged, duplicates contribute nothing": (
        [f"{ONE},Ann,"],
        [f"{ONE},Ann,{TWO}", f"{ONE},Ann,{THREE}"],
        WHATSAPP | {"duplicates": "skip"},
        {given(TWO, "whatsapp")},
        {"unchanged": 1, "duplicate": 1},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
async def test_unknown_becomes_opted_in(
    pipeline: Pipeline, observer: asyncpg.Connection, case: str
) -> None:
    """One event a number, and the outcome of whoever states a number that was unknown."""
    stored, rows, options, expected, counts = CASES[case]
    channel = {"channel": options.get("channel", "phone")}
    if stored:
        await pipeline.import_file(table(*stored), channel)
    for number, of, state, source, _ in expected:
        if source == "keyword":
            await hold(observer, pipeline, number, of, state)
    import_id = await pipeline.import_file(table(*rows), options)
    assert await consents(observer) == expected
    assert await consents(observer, "consent_events") == {one for one in expected if one[-1]}
    assert await counts_of(observer, import_id) == {"records": len(rows)} | counts


@pytest.mark.parametrize(("state", "beside"), [("opted_out", {"suppressed": 1}), ("opted_in", {})])
async def test_whoever_has_a_state_keeps_it(
    pipeline: Pipeline, observer: asyncpg.Connection, state: str, beside: dict[str, int]
) -> None:
    """Opted out stays opted out and counts as suppressed; opted in already changes nothing."""
    await pipeline.import_file(table(f"{ONE},Ann,"))
    await hold(observer, pipeline, ONE, "phone", state)
    import_id = await pipeline.import_file(table(f"{ONE},Ann,"), STATED)
    assert await consents(observer) == {(ONE, "phone", state, "keyword", None)}
    assert await consents(observer, "consent_events") == set()
    assert await counts_of(observer, import_id) == {"records": 1, "unchanged": 1} | beside


async def test_an_event_says_when_why_and_by_which_import(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """The consent and its event say the same; the contact's own row is not touched."""
    await pipeline.import_file(table(f"{ONE},Ann,"))
    contact = await observer.fetchrow("SELECT xmin::text, * FROM contacts")
    began = await observer.fetchval("SELECT clock_timestamp()")
    import_id = await pipeline.import_file(table(f"{ONE},Ann,"), STATED)
    row = await observer.fetchrow("SELECT * FROM consents")
    event = await observer.fetchrow("SELECT * FROM consent_events")
    assert row is not None
    assert event is not None
    assert dict(event) == dict(row) | {"event_id": event["event_id"], "message_id": None}
    assert (row["evidence"], row["import_id"]) == ("signed sheet 12", import_id)
    assert row["seq"] == await observer.fetchval("SELECT seq FROM shards ORDER BY seq DESC LIMIT 1")
    completed = (await import_row(observer, import_id))["completed_at"]
    assert began < completed <= row["effective_at"]
    assert await observer.fetchrow("SELECT xmin::text, * FROM contacts") == contact
    assert await observer.fetchval("SELECT count(*) FROM changes") == 0


async def test_the_same_again_writes_nothing(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """What was opted in by an import is known to the next one."""
    versions = "SELECT xmin::text FROM consents UNION ALL SELECT xmin::text FROM consent_events"
    await pipeline.import_file(table(f"{ONE},Ann,"), STATED)
    before = await observer.fetch(versions)
    import_id = await pipeline.import_file(table(f"{ONE},Ann,"), STATED)
    assert await observer.fetch(versions) == before
    assert await counts_of(observer, import_id) == {"records": 1, "unchanged": 1}


async def test_without_the_option_nothing_is_said(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """No consent, no event, and not even the table of the numbers that are stated."""
    await pipeline.import_file(table(f"{ONE},Ann,{TWO}"), {"channel": "whatsapp"})
    assert await consents(observer) == await consents(observer, "consent_events") == set()
    assert await observer.fetchval("SELECT count(*) FROM pg_class WHERE relname = 'stated'") == 0
