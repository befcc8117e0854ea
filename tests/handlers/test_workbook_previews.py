"""Previews of workbooks: a small one is read as its import would read it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import httpx2
import pytest
import xlsxwriter
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import api_client, ingest_settings, look
from tests.fixtures.workbooks import as_csv, xlsx
from tests.workbooks.made import drawn
from xlsxwriter.worksheet import Worksheet

from enlist_ingest.previewed import Looked, beginning_of, look_in_turn
from enlist_shared.accounts import create_account
from enlist_shared.options import ImportOptions
from enlist_shared.settings import S3Settings

ROWS: Final = [["Handy", "Ort"], ["+447400123456", "Ulm"], ["x", "Bonn"]]


@pytest.fixture
async def client(database: Database, s3_settings: S3Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "test")
    postgres = database.settings("enlist_ingest")
    async with api_client(ingest_settings(postgres, s3_settings), key) as one:
        yield one


async def test_a_small_workbook_looks_like_its_csv(client: httpx2.AsyncClient) -> None:
    """Columns, records and counts are those of the sheet; what is damaged is refused."""
    of_text = (await look(client, as_csv(ROWS))).json()
    of_sheet = (await look(client, xlsx(ROWS))).json()
    broken = await look(client, xlsx(ROWS)[:-90])
    for name in ("columns", "records", "counts", "reasons", "whole", "error"):
        assert of_sheet[name] == of_text[name]
    assert (broken.status_code, broken.json()["code"]) == (422, "corrupt")


async def test_a_sheet_can_be_chosen(client: httpx2.AsyncClient) -> None:
    """The answer says which sheet was read and which could be; its options say the same sheet."""

    def draw(_: xlsxwriter.Workbook, one: Worksheet, two: Worksheet) -> None:
        one.write_row(0, 0, ["phone"])
        two.write_row(0, 0, ["Handy", "Ort"])

    workbook = drawn(draw)
    first = (await look(client, workbook)).json()
    second = (await look(client, workbook, sheet="two")).json()
    for found, sheet, others in ((first, "One", ["Two"]), (second, "Two", ["One"])):
        assert (found["detected"]["sheet"], found["detected"]["other_sheets"]) == (sheet, others)
        assert found["options"]["sheet"] == sheet
    assert [column["column"] for column in second["columns"]] == ["Handy", "Ort"]


async def test_workbooks_wait_for_room() -> None:
    """A workbook is looked at when there is room for its reader; a text waits for nobody."""
    room, limit = asyncio.Semaphore(1), 1_000_000

    async def looked(data: bytes) -> Looked:
        return await look_in_turn(beginning_of(data, limit), ImportOptions(), "GB", room)

    async with room:
        waiting = asyncio.create_task(looked(xlsx(ROWS)))
        assert (await looked(as_csv(ROWS))).sheet is None
        assert not waiting.done()
    assert (await waiting).sheet == "People"
