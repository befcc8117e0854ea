"""Rejects, warnings and single records over the API, of imports that the pipeline has made."""

from collections.abc import AsyncIterator
from csv import reader
from io import BytesIO, StringIO
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import httpx2
import pytest
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import api_client, ingest_settings
from tests.fixtures.pipeline import Pipeline, pipeline_of

from enlist_shared.accounts import create_account
from enlist_shared.ids import AccountId
from enlist_shared.settings import S3Settings

FINELY = {"chunk_bytes": 200, "shard_records": 8}
HEADER = ["Name", "Handy", "=Note", "record", "code", "field", "message", "suggestion"]


def people(count: int) -> bytes:
    """Of four records one is rejected for its number, one is ragged, one has a warning."""
    rows = [
        (
            f"Ann Lee {n};+447400{n:06};",
            f"Bob;07400{n:06};@x",
            f"Eve;0;\u00e9;{n}",
            f"Joe;+447401{n:06};=1",
        )
        for n in range(count // 4)
    ]
    return "\r\n".join(["Name;Handy;=Note", *(row for four in rows for row in four), ""]).encode()


@pytest.fixture
async def key(database: Database) -> tuple[AccountId, str]:
    async with connected(database.dsn("enlist_owner")) as owner:
        return await create_account(owner, "test")


@pytest.fixture
async def client(
    database: Database, s3_settings: S3Settings, key: tuple[AccountId, str]
) -> AsyncIterator[httpx2.AsyncClient]:
    settings = ingest_settings(database.settings("enlist_ingest"), s3_settings)
    async with api_client(settings, key[1]) as client:
        yield client


@pytest.fixture
async def pipeline(
    database: Database, s3_settings: S3Settings, key: tuple[AccountId, str]
) -> AsyncIterator[Pipeline]:
    async with pipeline_of(key[0], database, s3_settings) as pipeline:
        yield pipeline


def table(answer: httpx2.Response) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(reader(StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))


async def test_rejects_are_given_in_the_importers_own_form(
    client: httpx2.AsyncClient, pipeline: Pipeline
) -> None:
    """Own columns, order, separator and line breaks, then what is told; nothing is a formula."""
    import_id = await pipeline.import_file(people(40), **FINELY)
    answer = await client.get(f"/v1/imports/{import_id}/rejects.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert "people-rejects.csv" in answer.headers["content-disposition"]
    assert answer.content.startswith("\ufeffName;Handy;'=Note;record;".encode())
    assert answer.content.count(b"\r\n") == answer.content.count(b"\n") == 21
    header, first, second, *rest = table(answer)
    assert header == [*HEADER[:2], "'=Note", *HEADER[3:]]
    assert [*first[:6], first[7]] == [
        *("Bob", "07400000000", "'@x", "2", "phone_not_e164", "phone_number"),
        "'+447400000000",
    ]
    assert [*second[:6], second[7]] == ["Eve;0;\u00e9;0", "", "", "3", "ragged", "", ""]
    assert [int(row[3]) for row in rest] == [n for n in range(5, 41) if n % 4 in (2, 3)]


async def test_an_unchanged_rejects_file_is_rejected_again(
    client: httpx2.AsyncClient, pipeline: Pipeline
) -> None:
    """Uploaded as it is, every record is rejected for the same reason; corrected, all are taken."""
    first = await pipeline.import_file(people(40), **FINELY)
    path = f"/v1/imports/{first}/rejects.csv"
    file = (await client.get(path)).content
    assert await pipeline.merging(file, **FINELY) == []
    again = (await client.get("/v1/imports")).json()["imports"][0]["import_id"]
    shown = [(await client.get(f"/v1/imports/{each}")).json() for each in (first, again)]
    assert shown[1]["counts"]["records"] == shown[1]["counts"]["rejected"] == 20
    assert shown[0]["reasons"] == shown[1]["reasons"] == {"phone_not_e164": 10, "ragged": 10}
    mended = file.decode().replace("Bob;0", "Bob;'+44").replace("Eve;0;\u00e9;", "Eve;+4474020000;")
    last = await pipeline.import_file(
        mended.replace("+4474020000;", "+447402000000;").encode(), **FINELY
    )
    counts = (await client.get(f"/v1/imports/{last}")).json()["counts"]
    assert (counts["records"], counts["rejected"]) == (20, 0)


async def test_warnings_are_given_with_their_records(
    client: httpx2.AsyncClient, pipeline: Pipeline
) -> None:
    """Each record with a warning, once, in order."""
    import_id = await pipeline.import_file(people(40), **FINELY)
    header, *rows = table(await client.get(f"/v1/imports/{import_id}/warnings.csv"))
    assert header[3:] == HEADER[3:]
    assert [(row[1], row[3], row[4], row[5]) for row in rows] == [
        (f"'+447400{n:06}", str(4 * n + 1), "name_split", "name") for n in range(10)
    ]


async def test_workbooks_hold_text_alone(client: httpx2.AsyncClient, pipeline: Pipeline) -> None:
    """The same rows as in the CSV file, as they stand: no number, no formula."""
    import_id = await pipeline.import_file(people(8), **FINELY)
    answer = await client.get(f"/v1/imports/{import_id}/rejects.xlsx")
    sheet = ET.fromstring(  # noqa: S314 - our own
        ZipFile(BytesIO(answer.content)).read("xl/worksheets/sheet1.xml")
    )
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    cells = list(sheet.iter(f"{space}c"))
    assert {cell.get("t") for cell in cells} == {"inlineStr"}
    texts = ["".join(cell.itertext()) for cell in cells]
    assert texts[:8] == HEADER
    assert texts[8:13] == ["Bob", "07400000000", "@x", "2", "phone_not_e164"]
    assert "+447400000000" in texts


async def test_files_wait_until_all_is_known(
    client: httpx2.AsyncClient, pipeline: Pipeline
) -> None:
    """Rejects are known when merging begins, warnings at the end; until then it is 409."""
    ready = await pipeline.merging(people(8), **FINELY)
    path = f"/v1/imports/{ready[0].import_id}"
    statuses = [
        (await client.get(f"{path}/{name}")).status_code
        for name in ("rejects.csv", "rejects.xlsx", "warnings.csv", "warnings.xlsx")
    ]
    assert statuses == [200, 200, 409, 409]
    accepted = await pipeline.accept(people(8))
    answer = await client.get(f"/v1/imports/{accepted[0].import_id}/rejects.csv")
    assert (answer.status_code, answer.json()["code"]) == (409, "in_flight")


async def pages(client: httpx2.AsyncClient, path: str, **asked: Any) -> list[dict[str, Any]]:
    """All records, page by page."""
    records: list[dict[str, Any]] = []
    cursor = 0
    while cursor is not None:
        page = (await client.get(f"{path}/records", params=asked | {"cursor": cursor})).json()
        assert len(page["records"]) <= asked["limit"]
        records += page["records"]
        cursor = page["next_cursor"]
    return records


async def test_every_record_is_paged_once(client: httpx2.AsyncClient, pipeline: Pipeline) -> None:
    """Pages hold each record with its outcome, and their outcomes add up to the counts."""
    import_id = await pipeline.import_file(people(40) + b"Joe;+447401000000;=1\r\n", **FINELY)
    path = f"/v1/imports/{import_id}"
    records = await pages(client, path, limit=7)
    assert [each["record"] for each in records] == list(range(1, 42))
    counts = (await client.get(path)).json()["counts"]
    for outcome in ("created", "duplicate", "rejected", "unprocessed"):
        mine = [each for each in records if each["outcome"] == outcome]
        assert len(mine) == counts[outcome]
        assert await pages(client, path, limit=4, outcome=outcome) == mine
    for code, numbers in {
        "ragged": range(3, 41, 4),
        "name_split": range(1, 41, 4),
        "blanked": (),
    }.items():
        found = await pages(client, path, limit=3, code=code)
        assert [each["record"] for each in found] == list(numbers)
    assert records[1]["code"] == "phone_not_e164"
    assert records[0]["warnings"][0]["field"] == "name"


async def test_records_in_flight_are_unprocessed(
    client: httpx2.AsyncClient, pipeline: Pipeline
) -> None:
    """What is known is told; the rest is unprocessed, and the page says that it may change."""
    shards = await pipeline.merging(people(40), **FINELY)
    await pipeline.merger.on_shard_ready(shards[0])
    path = f"/v1/imports/{shards[0].import_id}"
    records = await pages(client, path, limit=9)
    counts = (await client.get(path)).json()["counts"]
    assert [each["record"] for each in records] == list(range(1, 41))
    for outcome in ("created", "rejected", "unprocessed"):
        mine = [each for each in records if each["outcome"] == outcome]
        assert len(mine) == counts[outcome] > 0
        assert await pages(client, path, limit=3, outcome=outcome) == mine
    assert (await client.get(f"{path}/records")).json()["final"] is False


async def test_results_of_another_account_are_not_found(
    client: httpx2.AsyncClient, pipeline: Pipeline, database: Database
) -> None:
    """Neither files nor records of somebody else's import."""
    import_id = await pipeline.import_file(people(8))
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "other")
    for name in ("rejects.csv", "rejects.xlsx", "warnings.csv", "warnings.xlsx", "records"):
        answer = await client.get(
            f"/v1/imports/{import_id}/{name}", headers={"Authorization": f"Bearer {key}"}
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
