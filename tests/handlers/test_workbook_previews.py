"""Previews of workbooks: a small one is read as its import would read it."""

from typing import Final

from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import api_client, ingest_settings, look
from tests.fixtures.workbooks import as_csv, xlsx

from enlist_shared.accounts import create_account
from enlist_shared.settings import S3Settings

ROWS: Final = [["Handy", "Ort"], ["+447400123456", "Ulm"], ["x", "Bonn"]]


async def test_a_small_workbook_looks_like_its_csv(
    database: Database, s3_settings: S3Settings
) -> None:
    """Columns, records and counts are those of the sheet; what is damaged is refused."""
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "test")
    settings = ingest_settings(database.settings("enlist_ingest"), s3_settings)
    async with api_client(settings, key) as client:
        of_text = (await look(client, as_csv(ROWS))).json()
        of_sheet = (await look(client, xlsx(ROWS))).json()
        broken = await look(client, xlsx(ROWS)[:-90])
    for name in ("columns", "records", "counts", "reasons", "whole", "error"):
        assert of_sheet[name] == of_text[name]
    assert (broken.status_code, broken.json()["code"]) == (422, "corrupt")
