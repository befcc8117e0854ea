"""One upload, block by block: what can be seen of it on the way, and how it ends."""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import asyncpg
import pytest
from tests.fixtures.database import Database
from tests.fixtures.ingest import TEN, announced, ingest_settings, stored_keys

from enlist_ingest import receiving
from enlist_ingest.app import open_ingest
from enlist_ingest.landing import PART_BYTES
from enlist_ingest.receiving import open_receiving
from enlist_ingest.service import Ingest
from enlist_ingest.upload import Caller
from enlist_rules.codes import PermanentFailure
from enlist_shared.ids import AccountId, ObjectKey
from enlist_shared.options import ImportOptions
from enlist_shared.settings import S3Settings

BLOCK = (TEN * 4_000)[:500_000]
MAX_BYTES = 3 * PART_BYTES


@pytest.fixture
async def ingest(database: Database, s3_settings: S3Settings) -> AsyncIterator[Ingest]:
    role = database.settings("enlist_ingest")
    settings = ingest_settings(role, s3_settings, chunk_bytes=1_000_000, max_bytes=MAX_BYTES)
    async with open_ingest(settings) as (opened, _):
        yield opened


@pytest.fixture
def caller(account_id: AccountId) -> Caller:
    return Caller(account_id, "GB")


async def shown(observer: asyncpg.Connection) -> list[Any]:
    return [
        tuple(row)
        for row in await observer.fetch("SELECT status, size, file_name, error_code FROM imports")
    ]


async def broken_off(ingest: Ingest, caller: Caller, after: int) -> None:
    async with open_receiving(ingest, caller) as upload:
        for _ in range(0, after, len(BLOCK)):
            await upload.take(BLOCK)
        raise InterruptedError


async def test_a_long_upload_can_be_seen_as_it_grows(
    ingest: Ingest, caller: Caller, observer: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing up to one chunk's bytes; from then on an import `receiving` with what has come."""
    monkeypatch.setattr(receiving, "SHOW_EVERY", 0.0)
    async with open_receiving(ingest, caller) as upload:
        upload.describe("people.csv", ImportOptions())
        for blocks in range(1, 5):
            await upload.take(BLOCK)
            size = blocks * len(BLOCK)
            expected = [] if size <= 1_000_000 else [("receiving", size, "people.csv", None)]
            assert await shown(observer) == expected
        await upload.accept()
    assert await shown(observer) == [("accepted", 4 * len(BLOCK), "people.csv", None)]


@pytest.mark.parametrize("size", [PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, MAX_BYTES])
async def test_what_lands_is_what_was_sent(
    ingest: Ingest, caller: Caller, observer: asyncpg.Connection, size: int
) -> None:
    """Whole or in parts, the object has the bytes, and the ledger their size and hash."""
    body = (BLOCK * (MAX_BYTES // len(BLOCK) + 1))[:size]
    async with open_receiving(ingest, caller) as upload:
        for start in range(0, size, len(BLOCK)):
            await upload.take(body[start : start + len(BLOCK)])
        await upload.accept()
    row = await observer.fetchrow("SELECT source_key, size, sha256 FROM imports")
    assert row is not None
    assert (row["size"], row["sha256"]) == (size, sha256(body).digest())
    assert await ingest.objects.get(ObjectKey(row["source_key"])) == body


async def test_an_upload_over_the_limit_fails(
    ingest: Ingest, caller: Caller, observer: asyncpg.Connection, s3_settings: S3Settings
) -> None:
    """The block that passes the limit is refused; the import fails, the parts are gone."""
    with pytest.raises(PermanentFailure) as refusal:
        await broken_off(ingest, caller, after=MAX_BYTES + 1)
    assert refusal.value.code == "too_large"
    ((status, _, _, code),) = await shown(observer)
    assert (status, code) == ("failed", "too_large")
    assert stored_keys(s3_settings) == []
    *_, (topic, _, event) = await announced(observer)
    assert (topic, event["code"]) == ("enlist.import.failed.v1", "too_large")


async def test_an_upload_that_breaks_off_is_cancelled(
    ingest: Ingest, caller: Caller, observer: asyncpg.Connection, s3_settings: S3Settings
) -> None:
    """Whatever interrupts an upload, it ends cancelled and its parts are gone."""
    with pytest.raises(InterruptedError):
        await broken_off(ingest, caller, after=PART_BYTES + 1)
    ((status, _, _, code),) = await shown(observer)
    assert (status, code) == ("cancelled", None)
    assert stored_keys(s3_settings) == []


async def test_an_upload_that_was_cancelled_meanwhile_stays_cancelled(
    ingest: Ingest, caller: Caller, observer: asyncpg.Connection
) -> None:
    """Bytes that go on arriving after the end of their import change nothing about it."""
    async with open_receiving(ingest, caller) as upload:
        for _ in range(3):
            await upload.take(BLOCK)
        await observer.execute("UPDATE imports SET status = 'cancelled', size = 1")
        await upload.take(BLOCK)
        await upload.accept()
    assert await shown(observer) == [("cancelled", 1, None, None)]
    assert await observer.fetchval("SELECT count(*) FROM units") == 0
