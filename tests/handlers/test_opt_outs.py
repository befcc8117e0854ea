"""Who has opted out: the list of it, the latest first."""

from collections.abc import AsyncIterator

import asyncpg
import httpx2
import pytest
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import api_client, ingest_settings

from enlist_shared.accounts import create_account
from enlist_shared.settings import S3Settings

NUMBERS = [f"+44740012345{last}" for last in range(5)]


@pytest.fixture
async def client(database: Database, s3_settings: S3Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "test")
    settings = ingest_settings(database.settings("enlist_ingest"), s3_settings)
    async with api_client(settings, key) as client:
        yield client


async def say(client: httpx2.AsyncClient, number: str, state: str, channel: str = "phone") -> None:
    body = {"number": number, "channel": channel, "state": state, "evidence": "call 4711"}
    answer = await client.post("/v1/consents", json=body)
    assert answer.status_code == 201, answer.text


async def pages(client: httpx2.AsyncClient, **asked: str | int) -> list[list[tuple[str, str]]]:
    """Every page: its numbers with their channels."""
    found, cursor = [], None
    while True:
        answer = await client.get(
            "/v1/opt-outs", params=asked | ({"cursor": cursor} if cursor else {})
        )
        assert answer.status_code == 200, answer.text
        found.append([(each["number"], each["channel"]) for each in answer.json()["opt_outs"]])
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return found


async def test_the_latest_come_first(client: httpx2.AsyncClient) -> None:
    """A page after another, each number once; who has opted back in is not among them."""
    for number in NUMBERS:
        await say(client, number, "opted_out")
    await say(client, NUMBERS[1], "opted_in")
    await say(client, NUMBERS[4], "opted_out", "whatsapp")
    phone = [(number, "phone") for number in (NUMBERS[4], *NUMBERS[3:1:-1], NUMBERS[0])]
    latest = (NUMBERS[4], "whatsapp")
    assert await pages(client, limit=2) == [[latest, phone[0]], phone[1:3], phone[3:]]
    assert await pages(client, channel="whatsapp") == [[latest]]


async def test_of_one_moment_none_is_left_out(
    client: httpx2.AsyncClient, observer: asyncpg.Connection
) -> None:
    """An import opts many numbers out at once; the pages still hold each."""
    await observer.execute(
        "INSERT INTO consents (account_id, number, channel, state, source, effective_at, seq) "
        "SELECT account_id, n, 'phone', 'opted_out', 'hand', now(), 0 "
        "FROM accounts CROSS JOIN unnest($1::text[]) AS n",
        NUMBERS,
    )
    in_order = [(number, "phone") for number in reversed(NUMBERS)]
    assert await pages(client, limit=2) == [in_order[:2], in_order[2:4], in_order[4:]]


@pytest.mark.parametrize("cursor", ["x", "2026-01-01_1_phone", "2026-01-01T00:00:00Z_1", "a_b_c"])
async def test_a_cursor_is_one_of_ours(client: httpx2.AsyncClient, cursor: str) -> None:
    """Anything else is refused."""
    answer = await client.get("/v1/opt-outs", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "parameters")
