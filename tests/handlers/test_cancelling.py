"""`POST /v1/imports/{id}/cancel`, wherever the import stands."""

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import httpx2
import pytest
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import TEN, api_client, ingest_settings, upload
from tests.fixtures.ledger import put_unit

from enlist_shared.accounts import create_account
from enlist_shared.ids import AccountId
from enlist_shared.settings import S3Settings
from enlist_shared.states import FINAL, Status, UnitKind


@pytest.fixture
async def owner(
    database: Database, s3_settings: S3Settings
) -> AsyncIterator[tuple[AccountId, httpx2.AsyncClient]]:
    """An account, and a client with its key."""
    async with connected(database.dsn("enlist_owner")) as connection:
        account_id, key = await create_account(connection, "test")
    settings = ingest_settings(database.settings("enlist_ingest"), s3_settings)
    async with api_client(settings, key) as client:
        yield account_id, client


@pytest.mark.parametrize("status", Status)
async def test_it_ends_unless_it_has_ended(
    owner: tuple[AccountId, httpx2.AsyncClient], observer: asyncpg.Connection, status: Status
) -> None:
    """What is under way is cancelled and says so to subscribers; what has ended stays as it is."""
    account_id, client = owner
    unit = await put_unit(observer, account_id, UnitKind.CHUNK, status)
    answer = await client.post(f"/v1/imports/{unit.import_id}/cancel")
    now = await observer.fetchval("SELECT status FROM imports")
    if status in FINAL - {Status.CANCELLED} or status is Status.UNDOING:
        assert (answer.status_code, answer.json()["code"], now) == (409, "conflict", status)
        return
    assert (answer.status_code, answer.json()["status"], now) == (200, "cancelled", "cancelled")
    again = await client.post(f"/v1/imports/{unit.import_id}/cancel")
    assert (again.status_code, again.json()) == (200, answer.json())
    said = await observer.fetch("SELECT topic FROM outbox WHERE topic LIKE '%failed%'")
    assert len(said) == (status is not Status.CANCELLED)


async def test_of_another_account_it_is_not_found(
    owner: tuple[AccountId, httpx2.AsyncClient], database: Database
) -> None:
    """Nobody ends somebody else's import."""
    _, client = owner
    import_id = UUID((await upload(client, TEN)).json()["import_id"])
    async with connected(database.dsn("enlist_owner")) as connection:
        _, key = await create_account(connection, "other")
    headers = {"Authorization": f"Bearer {key}"}
    answer = await client.post(f"/v1/imports/{import_id}/cancel", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
