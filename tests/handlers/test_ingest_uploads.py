"""Uploads: what an accepted file leaves in the ledger, and that a refused one leaves nothing."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import asyncpg
import httpx2
import pytest
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import TEN, announced, api_client, ingest_settings, stored_keys, upload

from enlist_shared.accounts import create_account
from enlist_shared.ids import AccountId
from enlist_shared.settings import S3Settings

CHUNK_BYTES = 1_000
LONG = TEN + b"+447700900200,Zoe\n" * 100


@dataclass(frozen=True, slots=True)
class Tenant:
    """An account of region FR, and a client with its key."""

    account_id: AccountId
    http: httpx2.AsyncClient


@pytest.fixture
async def tenant(database: Database, s3_settings: S3Settings) -> AsyncIterator[Tenant]:
    async with connected(database.dsn("enlist_owner")) as owner:
        account_id, key = await create_account(owner, "Marie", "FR")
    role = database.settings("enlist_ingest")
    settings = ingest_settings(role, s3_settings, chunk_bytes=CHUNK_BYTES, max_bytes=10_000)
    async with api_client(settings, key) as client:
        yield Tenant(account_id, client)


async def row_of(observer: asyncpg.Connection, table: str, *columns: str) -> tuple[Any, ...]:
    """The only row of a table."""
    rows = await observer.fetch(f"SELECT {', '.join(columns)} FROM {table}")  # noqa: S608
    (row,) = rows
    return tuple(row)


async def test_a_small_file_is_split_where_it_is_accepted(
    tenant: Tenant, observer: asyncpg.Connection, s3_settings: S3Settings
) -> None:
    """One transaction holds import, chunk, unit and event; the bytes and the manifest are in S3."""
    answer = await upload(tenant.http, TEN, lists=["Friends"], correlation_id="c-1")
    said = answer.json()
    import_id = said["import_id"]
    assert (answer.status_code, answer.headers["location"]) == (202, f"/v1/imports/{import_id}")
    assert said == (await tenant.http.get(answer.headers["location"])).json()
    assert said["counts"]["records"] == said["counts"]["unprocessed"] == 10
    shown = {name: said[name] for name in ("status", "file_name", "size", "lists", "error")}
    assert shown == {
        "status": "normalizing",
        "file_name": "people.csv",
        "size": len(TEN),
        "lists": ["Friends"],
        "error": None,
    }
    assert said["options"] == {"lists": ["Friends"], "correlation_id": "c-1"}
    assert said["detected"]["mapping"][0] == {"column": "phone", "field": "phone_number"}

    columns = ("lane", "default_region", "sha256", "source_key", "manifest_key")
    lane, region, digest, *keys = await row_of(observer, "imports", *columns)
    assert (lane, region, digest) == ("small", "FR", sha256(TEN).digest())
    assert sorted(keys) == stored_keys(s3_settings)
    chunk = ("chunk", "split_records", "records", "unprocessed", "recorded")
    assert await row_of(observer, "chunks", *chunk) == (0, 10, 10, 10, False)
    assert await row_of(observer, "units", "kind", "number", "state") == ("chunk", 0, "open")
    ids = {"account_id": str(tenant.account_id), "import_id": import_id}
    progress = said["progress"]
    assert await announced(observer) == [
        (
            "enlist.import.progressed.v1",
            import_id,
            {**ids, "status": "normalizing", "progress": progress},
        ),
        (
            "enlist.chunk.ready.small.v1",
            f"{import_id}:0",
            {**ids, "chunk": 0, "manifest_key": keys[1]},
        ),
    ]


async def test_a_longer_file_waits_to_be_split(
    tenant: Tenant, observer: asyncpg.Connection, s3_settings: S3Settings
) -> None:
    """More than one chunk's bytes: accepted, with a unit and an event for the splitter."""
    said = (await upload(tenant.http, LONG, default_region="GB")).json()
    assert (said["status"], said["size"], said["detected"]) == ("accepted", len(LONG), None)
    columns = ("lane", "default_region", "sha256", "source_key", "file_name")
    key = f"{tenant.account_id}/imports/{said['import_id']}/source"
    expected = ("main", "GB", sha256(LONG).digest(), key, "people.csv")
    assert await row_of(observer, "imports", *columns) == expected
    assert stored_keys(s3_settings) == [key]
    assert await row_of(observer, "units", "kind", "number", "state") == ("split", 0, "open")
    assert [(topic, of) for topic, of, _ in await announced(observer)] == [
        ("enlist.import.accepted.v1", str(tenant.account_id)),
        ("enlist.import.progressed.v1", said["import_id"]),
    ]


async def test_a_small_file_that_is_none_is_an_import_that_failed(
    tenant: Tenant, observer: asyncpg.Connection
) -> None:
    """Bytes that are no contact file: 202, `failed` with the code, and the event that says so."""
    answer = await upload(tenant.http, b"%PDF-1.7\n")
    said = answer.json()
    assert (answer.status_code, said["status"]) == (202, "failed")
    assert said["error"]["code"] == "type_mismatch"
    assert said["completed_at"] is not None
    *_, (topic, _, event) = await announced(observer)
    assert (topic, event["code"]) == ("enlist.import.failed.v1", "type_mismatch")
    assert await observer.fetchval("SELECT count(*) FROM units") == 0


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        ({"lists": [" "]}, 422, "list_name"),
        ({"lists": [1]}, 422, "list_unknown"),
        ({"lists": [2**70, -1]}, 422, "list_unknown"),
        ({"colour": "red"}, 422, "options"),
    ],
)
@pytest.mark.parametrize("body", [TEN, LONG], ids=["small", "long"])
async def test_options_that_cannot_be_met_leave_nothing(
    tenant: Tenant,
    observer: asyncpg.Connection,
    s3_settings: S3Settings,
    options: dict[str, Any],
    status: int,
    code: str,
    body: bytes,
) -> None:
    """A refused upload is a problem with its code; no import and no object stays."""
    answer = await upload(tenant.http, body, **options)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert await observer.fetchval("SELECT count(*) FROM imports") == 0
    assert stored_keys(s3_settings) == []


async def test_options_that_come_last_end_what_was_shown(
    tenant: Tenant, observer: asyncpg.Connection, s3_settings: S3Settings
) -> None:
    """An import that could be seen already ends with the code; its bytes do not stay."""
    parts = {"file": ("people.csv", LONG), "options": (None, b'{"lists": [5]}')}
    answer = await tenant.http.post("/v1/imports/file", files=parts)
    assert (answer.status_code, answer.json()["code"]) == (422, "list_unknown")
    ended = ("failed", "list_unknown", "people.csv")
    assert await row_of(observer, "imports", "status", "error_code", "file_name") == ended
    assert stored_keys(s3_settings) == []


async def test_ids_of_lists_must_be_the_accounts_own(
    tenant: Tenant, observer: asyncpg.Connection
) -> None:
    """A list of the account will do; a deleted one or another account's is unknown."""
    insert = (
        "INSERT INTO lists (account_id, name, name_key, deleted_at) "
        "VALUES ($1, $2, $2, $3) RETURNING list_id"
    )
    now = await observer.fetchval("SELECT now()")
    other = await observer.fetchval("INSERT INTO accounts (name) VALUES ('o') RETURNING account_id")
    mine = await observer.fetchval(insert, tenant.account_id, "a", None)
    deleted = await observer.fetchval(insert, tenant.account_id, "b", now)
    foreign = await observer.fetchval(insert, other, "c", None)
    assert (await upload(tenant.http, TEN, lists=[mine])).status_code == 202
    for list_id in (deleted, foreign):
        assert (await upload(tenant.http, TEN, lists=[mine, list_id])).status_code == 422


async def test_a_file_that_is_too_large_is_refused(
    tenant: Tenant, observer: asyncpg.Connection, s3_settings: S3Settings
) -> None:
    """Over the limit by a byte: 413 `too_large`, and nothing is kept."""
    body = TEN.ljust(10_001, b"\n")
    answer = await upload(tenant.http, body)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert await observer.fetchval("SELECT count(*) FROM imports") == 0
    assert stored_keys(s3_settings) == []
    assert (await upload(tenant.http, body[:10_000])).status_code == 202
