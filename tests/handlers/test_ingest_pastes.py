"""Pasted numbers and contacts: what they become, and what is refused."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import pytest
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import api_client, ingest_settings, stored_keys

from enlist_shared.accounts import create_account
from enlist_shared.settings import S3Settings

NUMBERS = "/v1/imports/numbers"
CONTACTS = "/v1/imports/contacts"
MAX_BYTES = 1_000


@pytest.fixture
async def client(database: Database, s3_settings: S3Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "test")
    role = database.settings("enlist_ingest")
    settings = ingest_settings(role, s3_settings, max_paste_bytes=MAX_BYTES)
    async with api_client(settings, key) as client:
        yield client


async def test_pasted_numbers_are_a_small_import(
    client: httpx2.AsyncClient, observer: asyncpg.Connection
) -> None:
    """Each number is a record of an import that is split where it is accepted."""
    text = "07700 900123\n07700900124; 07700900125\n\nno number, really\n"
    answer = await client.post(NUMBERS, json={"numbers": text, "options": {"lists": ["Ours"]}})
    said = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (
        202,
        f"/v1/imports/{said['import_id']}",
    )
    shown = {name: said[name] for name in ("source", "status", "file_name", "lists")}
    assert shown == {
        "source": "numbers",
        "status": "normalizing",
        "file_name": None,
        "lists": ["Ours"],
    }
    assert said["counts"]["records"] == 4
    assert said["detected"]["mapping"] == [{"column": "phone_number", "field": "phone_number"}]
    assert await observer.fetchval("SELECT lane FROM imports") == "small"


@pytest.mark.parametrize(
    ("paste", "records", "mapping"),
    [
        (
            {"text": "Ann|+447700900123\nBen|+447700900124\n", "separator": "|"},
            2,
            ["custom.column 1", "phone_number"],
        ),
        (
            {"text": "Ann,+447700900123\n", "columns": ["first_name", None], "header": "absent"},
            1,
            ["first_name", "phone_number"],
        ),
        ({"text": "first name\tphone\nAnn\t07700900123"}, 1, ["first_name", "phone_number"]),
        (
            {"text": "phone;x\n07700900123;y\n", "options": {"mapping": {"x": "skip"}}},
            1,
            ["phone_number", "skip"],
        ),
    ],
)
async def test_pasted_contacts_are_read_as_a_file_would_be(
    client: httpx2.AsyncClient, paste: dict[str, Any], records: int, mapping: list[str]
) -> None:
    """Separator, header and columns that the person chose decide; what was not said is found."""
    answer = await client.post(CONTACTS, json=paste)
    said = answer.json()
    assert (answer.status_code, said["source"]) == (202, "contacts"), said
    assert said["counts"]["records"] == records
    assert [column["field"] for column in said["detected"]["mapping"]] == mapping


@pytest.mark.parametrize(
    ("path", "content", "status", "code"),
    [
        (NUMBERS, b"{", 400, "malformed"),
        (NUMBERS, b"[]", 422, "parameters"),
        (NUMBERS, b'{"numbers": "1", "more": 1}', 422, "parameters"),
        (NUMBERS, b'{"numbers": "\\ud800"}', 400, "malformed"),
        (NUMBERS, b'{"numbers": "1", "options": {"separator": ";"}}', 422, "options"),
        (NUMBERS, b'{"numbers": "1", "options": {"lists": [99]}}', 422, "list_unknown"),
        (CONTACTS, b'{"text": "1", "separator": ";;"}', 422, "parameters"),
        (CONTACTS, b'{"text": "1", "options": {"header": "auto"}}', 422, "options"),
        (CONTACTS, b'{"text": "", "columns": ["x"], "options": {"mapping": {}}}', 422, "options"),
        (NUMBERS, b'{"numbers": "%s"}' % (b"1" * MAX_BYTES), 413, "too_large"),
    ],
)  # fmt: skip
async def test_a_paste_that_cannot_be_met_leaves_nothing(
    client: httpx2.AsyncClient,
    s3_settings: S3Settings,
    path: str,
    content: bytes,
    status: int,
    code: str,
) -> None:
    """A refusal names its code; no import and no object stay behind."""
    answer = await client.post(path, content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await client.get("/v1/imports")).json()["imports"] == []
    assert stored_keys(s3_settings) == []


async def test_too_large_is_said_while_it_is_sent(client: httpx2.AsyncClient) -> None:
    """A body of no declared length is refused as soon as it has passed the limit."""
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 100
            yield b" " * 100

    answer = await client.post(
        NUMBERS, content=endless(), headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert sent <= MAX_BYTES + 200


async def test_a_paste_is_json(client: httpx2.AsyncClient) -> None:
    """Anything else than JSON is 415."""
    answer = await client.post(NUMBERS, content=b"07700900123")
    assert (answer.status_code, answer.json()["code"]) == (415, "media_type")


async def test_an_import_of_the_same_content_was_seen_before(
    client: httpx2.AsyncClient, observer: asyncpg.Connection
) -> None:
    """The latest one of the last 30 days, unless it failed."""
    made = [(await client.post(NUMBERS, json={"numbers": "+447400123456"})).json() for _ in "12"]
    other = (await client.post(NUMBERS, json={"numbers": "+447400123457"})).json()
    assert (made[0]["seen_before"], other["seen_before"]) == (None, None)
    seen = {"import_id": made[0]["import_id"], "at": made[0]["accepted_at"]}
    assert made[1]["seen_before"] == seen
    path = f"/v1/imports/{made[1]['import_id']}"
    for change in ("accepted_at = accepted_at - interval '31 days'", "status = 'failed'"):
        await observer.execute(
            f"UPDATE imports SET {change} WHERE import_id = $1",  # noqa: S608
            made[0]["import_id"],
        )
        assert (await client.get(path)).json()["seen_before"] is None
        await observer.execute("UPDATE imports SET accepted_at = now()")


async def test_a_corrected_upload_names_its_parent(client: httpx2.AsyncClient) -> None:
    """The parent is an import of the account."""
    parent = (await client.post(NUMBERS, json={"numbers": "1"})).json()["import_id"]
    child = {"numbers": "2", "options": {"parent_import_id": parent}}
    assert (await client.post(NUMBERS, json=child)).json()["options"]["parent_import_id"] == parent
    child["options"] = {"parent_import_id": str(uuid4())}
    answer = await client.post(NUMBERS, json=child)
    assert (answer.status_code, answer.json()["code"]) == (422, "options")
