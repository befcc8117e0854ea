"""Profiles: saved for a header, offered where it comes again, of one account alone."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import TEN, api_client, ingest_settings, look

from enlist_shared.accounts import create_account
from enlist_shared.settings import S3Settings

CUSTOMERS = b"Kundenliste 2026\n\nName;Handy;Mail;Ort\nAnn Lee;07400 123456;no mail;Ulm\n"


@pytest.fixture
async def client(database: Database, s3_settings: S3Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "test")
    settings = ingest_settings(database.settings("enlist_ingest"), s3_settings)
    async with api_client(settings, key) as client:
        yield client


async def test_a_profile_is_offered_for_its_header(client: httpx2.AsyncClient) -> None:
    """A saved profile comes back where the header does, until it is removed."""
    profile = {"name": " Kunden ", "columns": ["Name", "Handy", "Mail", "Ort"]}
    options = {"convert_national": True, "mapping": {"Mail": "skip"}}
    saved = await client.post("/v1/profiles", json=profile | {"options": options})
    assert (saved.status_code, saved.json()["name"]) == (201, "Kunden")
    assert (await look(client, CUSTOMERS)).json()["profile"] == saved.json()
    assert (await look(client, CUSTOMERS.upper())).json()["profile"] == saved.json()
    assert (await look(client, CUSTOMERS.replace(b"Ort", b"Stadt"))).json()["profile"] is None

    again = await client.post("/v1/profiles", json=profile | {"name": "Kunden"})
    assert again.json()["profile_id"] == saved.json()["profile_id"]
    assert (await client.get("/v1/profiles")).json() == {"profiles": [again.json()]}
    path = f"/v1/profiles/{saved.json()['profile_id']}"
    assert [(await client.delete(path)).status_code for _ in range(2)] == [204, 404]
    assert (await look(client, CUSTOMERS)).json()["profile"] is None


async def test_a_profile_belongs_to_its_account(
    client: httpx2.AsyncClient, database: Database
) -> None:
    """Another account neither sees, nor is offered, nor removes it."""
    profile = {"name": "Ours", "columns": ["phone", "first name"]}
    saved = (await client.post("/v1/profiles", json=profile)).json()
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "other")
    client.headers["Authorization"] = f"Bearer {key}"
    assert (await client.get("/v1/profiles")).json() == {"profiles": []}
    assert (await look(client, TEN)).json()["profile"] is None
    assert (await client.delete(f"/v1/profiles/{saved['profile_id']}")).status_code == 404
