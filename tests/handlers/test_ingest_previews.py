"""Previews: what an import would make of an input, and that nothing of it is written."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx2
import pytest
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import TEN, api_client, ingest_settings, look, stored_keys, upload

from enlist_shared.accounts import create_account
from enlist_shared.ids import AccountId, ObjectKey
from enlist_shared.objectstore import ObjectStore
from enlist_shared.settings import S3Settings

MESSY = (
    b"Kundenliste 2026\n\nName;Handy;Mail;Ort\n"
    b"Ann Lee;07400 123456;no mail;Ulm\n"
    b"Ann Lee;+447400123456;ann@example.org;Bonn\n"
    b"Ann Lee;+447400123456;;Bonn\n"
    b";;\n"
    b"Bob;x\n"
)


@pytest.fixture
async def account(database: Database) -> tuple[AccountId, str]:
    async with connected(database.dsn("enlist_owner")) as owner:
        return await create_account(owner, "test")


@pytest.fixture
async def client(
    database: Database, s3_settings: S3Settings, account: tuple[AccountId, str]
) -> AsyncIterator[httpx2.AsyncClient]:
    settings = ingest_settings(database.settings("enlist_ingest"), s3_settings, max_bytes=5_000_000)
    async with api_client(settings, account[1]) as client:
        yield client


async def test_a_preview_says_how_a_file_is_read(client: httpx2.AsyncClient) -> None:
    """Dialect, columns with other meanings and samples, records as they would be stored."""
    said = (await look(client, MESSY)).json()
    assert said["detected"] == {
        "encoding": "utf-8",
        "encoding_confidence": 1.0,
        "separator": ";",
        "separator_confidence": 0.75,
        "header": True,
        "header_confidence": 1.0,
        "preamble_rows": 1,
        "sheet": None,
        "other_sheets": [],
    }
    assert said["columns"][1] == {
        "index": 1,
        "column": "Handy",
        "field": "phone_number",
        "reason": "name",
        "alternatives": ["alternate_phone_number", "whatsapp_number", "custom.Handy", "skip"],
        "samples": ["07400 123456", "+447400123456"],
    }
    assert [column["field"] for column in said["columns"]] == [
        *("name", "phone_number", "email", "city"),
    ]
    assert said["counts"] == {
        "records": 4,
        "forwarded": 2,
        "duplicate": 1,
        "rejected": 2,
        "warnings": 2,
    }
    assert said["reasons"] == {"phone_not_e164": 1, "ragged": 1}
    assert (said["whole"], said["file_name"], said["error"]) == (True, "people.csv", None)


async def test_records_are_shown_as_they_would_be_stored(client: httpx2.AsyncClient) -> None:
    """What is kept shows its fields and warnings, what is not its code and a suggestion."""
    said = (await look(client, MESSY)).json()
    rejected, kept, *_ = said["records"]
    assert rejected["cells"] == ["Ann Lee", "07400 123456", "no mail", "Ulm"]
    assert rejected["rejected"]["code"] == "phone_not_e164"
    assert rejected["rejected"]["field"] == "phone_number"
    assert (rejected["stored"], rejected["suggestion"]) == ({}, "+447400123456")
    assert kept["stored"] == {
        "phone_number": "+447400123456",
        "first_name": "Ann",
        "last_name": "Lee",
        "email": "ann@example.org",
        "city": "Bonn",
    }
    assert [(note["code"], note["field"]) for note in kept["warnings"]] == [("name_split", "name")]


async def test_a_corrected_mapping_shows_its_effect(client: httpx2.AsyncClient) -> None:
    """Options change the preview, and the preview's options make an import read just that."""
    options: dict[str, Any] = {
        "convert_national": True,
        "mapping": {"Ort": "custom.town", "Mail": "skip"},
    }
    said = (await look(client, MESSY, **options)).json()
    assert [column["field"] for column in said["columns"]][2:] == ["skip", "custom.town"]
    assert [column["reason"] for column in said["columns"]] == ["name", "name", "choice", "choice"]
    assert said["records"][0]["stored"]["custom.town"] == "Ulm"
    again = (await look(client, MESSY, **said["options"])).json()
    assert [again[part] for part in ("records", "counts", "options")] == [
        said[part] for part in ("records", "counts", "options")
    ]
    made = (await upload(client, MESSY, **said["options"])).json()
    assert [column["field"] for column in made["detected"]["mapping"]] == [
        column["field"] for column in said["columns"]
    ]


async def test_columns_that_cannot_be_mapped_can_be_chosen(client: httpx2.AsyncClient) -> None:
    """Without a column of numbers the answer is an error with the columns, not a refusal."""
    body = b"who,where\nAnn,Ulm\n"
    said = (await look(client, body)).json()
    assert said["error"]["code"] == "header_missing"
    assert [(each["column"], each["field"]) for each in said["columns"]] == [
        ("who", None),
        ("where", None),
    ]
    assert (said["records"], said["counts"]["records"]) == ([], 1)
    chosen = (await look(client, body, mapping={"where": "phone_number"})).json()
    assert chosen["error"] is None
    assert chosen["records"][0]["rejected"]["code"] == "phone_chars"


@pytest.mark.parametrize(
    ("request_body", "records", "separator"),
    [
        ({"numbers": "07400 123456, 07400123457\n\nx"}, 3, ","),
        ({"text": "Ann|+447400123456\n", "separator": "|", "columns": ["name"]}, 1, "|"),
        ({"text": "phone;a\n+447400123456;b\n", "options": {"unmapped": "skip"}}, 1, ";"),
    ],
)  # fmt: skip
async def test_pastes_have_previews(
    client: httpx2.AsyncClient, request_body: dict[str, Any], records: int, separator: str
) -> None:
    """A paste is looked at as its import would read it."""
    said = (await client.post("/v1/previews", json=request_body)).json()
    assert (said["counts"]["records"], said["detected"]["separator"]) == (records, separator)


async def test_stored_objects_have_previews(
    client: httpx2.AsyncClient, account: tuple[AccountId, str], objectstore: ObjectStore
) -> None:
    """An account's own uploads are looked at where they lie; others are not found."""
    key = f"uploads/{account[0]}/ten.csv"
    await objectstore.put(ObjectKey(key), TEN)
    said = (await client.post("/v1/previews", json={"object_key": key})).json()
    assert (said["counts"]["records"], said["whole"]) == (10, True)
    for other in (key + "x", f"uploads/{account[1]}/ten.csv", f"{account[0]}/imports"):
        answer = await client.post("/v1/previews", json={"object_key": other})
        assert (answer.status_code, answer.json()["code"]) == (422, "source_missing")


async def test_a_large_file_is_cut_at_the_end_of_a_record(client: httpx2.AsyncClient) -> None:
    """Of more than a megabyte the whole records of the first one count, sent whole or in part."""
    body = b"phone,note\n" + b'+447400123456,"a\nb"\n' * 100_000
    whole, part = (await look(client, body)).json(), (await look(client, body[:1_048_577])).json()
    said = (await look(client, body[:500_000], size=len(body))).json()
    assert (whole["whole"], part["whole"], said["whole"]) == (False, False, False)
    assert whole["counts"]["records"] == part["counts"]["records"] == (1_048_576 - 11) // 20
    assert said["counts"]["records"] == (500_000 - 11) // 20
    assert {tuple(each["reasons"]) for each in (whole, part, said)} == {()}


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"%PDF-1.7", None, 422, "type_mismatch"),
        (b"", None, 422, "empty"),
        (b'phone\n"+447400123456', None, 422, "unterminated_quote"),
        (b"1" * 5_000_001, None, 413, "too_large"),
        (b'{"text": "1", "numbers": "1"}', "application/json", 422, "parameters"),
        (b"{}", "application/json", 422, "parameters"),
        (b'{"numbers": "1", "options": {"sheet": 1}}', "application/json", 422, "options"),
        (b"phone", "text/csv", 415, "media_type"),
    ],
)  # fmt: skip
async def test_what_cannot_be_read_is_refused(
    client: httpx2.AsyncClient, content: bytes, kind: str | None, status: int, code: str
) -> None:
    """The refusal is the one that the import would meet."""
    if kind is None:
        answer = await look(client, content)
    else:
        answer = await client.post("/v1/previews", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_nothing_is_written(
    client: httpx2.AsyncClient, observer: asyncpg.Connection, s3_settings: S3Settings
) -> None:
    """After a preview there is no import, no event and no object."""
    assert (await look(client, MESSY, lists=["New"])).status_code == 200
    tables = [row["tablename"] for row in await observer.fetch(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'enlist'"
    )]  # fmt: skip
    counts = {name: await observer.fetchval(f"SELECT count(*) FROM {name}") for name in tables}  # noqa: S608
    assert {name for name, count in counts.items() if count} == {
        *("accounts", "api_keys", "import_moves")
    }
    assert stored_keys(s3_settings) == []


async def test_the_same_content_was_seen_before(client: httpx2.AsyncClient) -> None:
    """Within 30 days, of this account, and only where the content was seen whole."""
    assert (await look(client, TEN)).json()["seen_before"] is None
    made = (await upload(client, TEN)).json()
    assert (await look(client, TEN)).json()["seen_before"] == {
        "import_id": made["import_id"],
        "at": made["accepted_at"],
    }
    assert (await look(client, TEN, size=len(TEN) + 1)).json()["seen_before"] is None
