"""Audience: who is on a list, can be reached and has not opted out; of any numbers, too."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import api_client, ingest_settings

from enlist_shared.accounts import create_account
from enlist_shared.settings import S3Settings

BITS = {"phone": 1, "whatsapp": 2}
CONTACT = """
WITH added AS (
  INSERT INTO contacts (account_id, contact_id, phone_number, whatsapp_number, first_key,
    first_name, channels, created_seq, changed_seq)
  SELECT account_id, nextval('contact_ids'), $2, $3, lower($4), $4, $5, 0, 0 FROM accounts
  RETURNING account_id, contact_id
)
INSERT INTO memberships (account_id, list_id, contact_id, added_seq)
SELECT account_id, $1, contact_id, 0 FROM added RETURNING contact_id
"""


@pytest.fixture
async def client(database: Database, s3_settings: S3Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "test")
    service = ingest_settings(database.settings("enlist_ingest"), s3_settings)
    async with api_client(service, key) as client:
        yield client


async def new_list(observer: asyncpg.Connection) -> int:
    list_id: int = await observer.fetchval(
        "INSERT INTO lists (account_id, name, name_key) "
        "SELECT account_id, $1, $1 FROM accounts RETURNING list_id",
        uuid4().hex,
    )
    return list_id


async def add(
    observer: asyncpg.Connection,
    list_id: int,
    number: str,
    name: str,
    *channels: str,
    whatsapp: str | None = None,
) -> int:
    bits = sum(BITS[channel] for channel in channels)
    contact: int = await observer.fetchval(CONTACT, list_id, number, whatsapp, name, bits)
    return contact


async def opt(client: httpx2.AsyncClient, number: str, state: str, channel: str = "phone") -> None:
    body = {"number": number, "state": state, "channel": channel, "evidence": "call 4711"}
    assert (await client.post("/v1/consents", json=body)).status_code == 201


async def audience(
    client: httpx2.AsyncClient, list_id: int, channel: str
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """The recipients, and the counts that end the stream."""
    answer = await client.get(f"/v1/lists/{list_id}/audience", params={"channel": channel})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    *recipients, last = map(json.loads, answer.text.splitlines())
    return recipients, last["counts"]


async def test_an_audience_by_phone(
    client: httpx2.AsyncClient, observer: asyncpg.Connection
) -> None:
    """One contact a number, the oldest; whom nobody may text, or can, is only counted."""
    crowd = await new_list(observer)
    ann = await add(observer, crowd, "+447400000001", 'Ann "\\ é\n', "phone", "whatsapp")
    await add(observer, crowd, "+447400000001", "Bob", "phone")
    await add(observer, crowd, "+447400000002", "Cat", "phone")
    await add(observer, crowd, "+447400000002", "Dan", "phone")
    await add(observer, crowd, "+447400000003", "Eve", "whatsapp")
    flo = await add(observer, crowd, "+447400000000", "Flo", "phone", whatsapp="+447400000009")
    await add(observer, await new_list(observer), "+447400000007", "Gus", "phone")
    await opt(client, "+447400000001", "opted_in")
    await opt(client, "+447400000002", "opted_out")
    await opt(client, "+447400000000", "opted_out", "whatsapp")
    recipients, counts = await audience(client, crowd, "phone")
    expected = [
        ("+447400000000", flo, "Flo", "unknown"),
        ("+447400000001", ann, 'Ann "\\ é\n', "opted_in"),
    ]
    assert recipients == [
        {"number": number, "contact_id": contact, "first_name": name, "last_name": None,
         "consent": consent}
        for number, contact, name, consent in expected
    ]  # fmt: skip
    assert counts == {
        "members": 6, "recipients": 2, "opted_out": 2, "shared_numbers": 1, "unreachable": 1,
    }  # fmt: skip


async def test_an_audience_on_whatsapp(
    client: httpx2.AsyncClient, observer: asyncpg.Connection
) -> None:
    """The number is the contact's WhatsApp number, when blank its phone number."""
    crowd = await new_list(observer)
    await add(observer, crowd, "+447400000001", "Ann", "whatsapp", whatsapp="+447400000009")
    await add(observer, crowd, "+447400000002", "Bob", "whatsapp")
    await add(observer, crowd, "+447400000003", "Cat", "phone", "whatsapp")
    await opt(client, "+447400000001", "opted_out", "whatsapp")
    await opt(client, "+447400000002", "opted_out", "whatsapp")
    recipients, counts = await audience(client, crowd, "whatsapp")
    assert [each["number"] for each in recipients] == ["+447400000003", "+447400000009"]
    assert counts == {
        "members": 3, "recipients": 2, "opted_out": 1, "shared_numbers": 0, "unreachable": 0,
    }  # fmt: skip


async def test_an_empty_list_and_none(
    client: httpx2.AsyncClient, observer: asyncpg.Connection
) -> None:
    """An empty list has counts of nothing; one that is not there, or deleted, has no audience."""
    empty = await new_list(observer)
    assert await audience(client, empty, "phone") == (
        [],
        {"members": 0, "recipients": 0, "opted_out": 0, "shared_numbers": 0, "unreachable": 0},
    )
    await observer.execute("UPDATE lists SET deleted_at = now()")
    for list_id in (empty, 999):
        answer = await client.get(f"/v1/lists/{list_id}/audience")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def check(client: httpx2.AsyncClient, numbers: list[str], **more: Any) -> httpx2.Response:
    return await client.post("/v1/audience/check", json={"numbers": numbers} | more)


async def test_numbers_are_checked(client: httpx2.AsyncClient) -> None:
    """In any spelling, in their order, each with what is known; recipients stand once."""
    await opt(client, "+447400000001", "opted_in")
    await opt(client, "+447400000002", "opted_out")
    given_numbers = ["07400 000001", "+447400000001", "(07400) 000-002", "07400000003", "12"]
    found = (await check(client, given_numbers)).json()
    assert found["recipients"] == ["+447400000001", "+447400000003"]
    assert [tuple(each.values()) for each in found["checked"]] == [
        ("07400 000001", "+447400000001", None, "opted_in"),
        ("+447400000001", "+447400000001", None, "opted_in"),
        ("(07400) 000-002", "+447400000002", None, "opted_out"),
        ("07400000003", "+447400000003", None, "unknown"),
        ("12", None, "phone_invalid", None),
    ]
    elsewhere = (await check(client, ["0151 12345678"], default_region="de")).json()
    assert elsewhere["recipients"] == ["+4915112345678"]


@pytest.mark.parametrize(
    ("numbers", "more"),
    [
        ([], {}),
        (["1"] * 10_001, {}),
        (["1"], {"default_region": "XX"}),
        (["1"], {"channel": "sms"}),
    ],
)
async def test_what_cannot_be_checked(
    client: httpx2.AsyncClient, numbers: list[str], more: dict[str, str]
) -> None:
    """No number, more than 10,000, a region or a channel that is none."""
    answer = await check(client, numbers, **more)
    assert (answer.status_code, answer.json()["code"]) == (422, "parameters")


async def test_ten_thousand_are_checked_at_once(client: httpx2.AsyncClient) -> None:
    """As many as are promised."""
    numbers = [f"+447400{number:06}" for number in range(10_000)]
    assert (await check(client, numbers)).json()["recipients"] == numbers


NUMBERS = st.integers(1, 4)
PEOPLE = st.lists(st.tuples(NUMBERS, st.none() | NUMBERS, st.integers(1, 3)), max_size=6)
SAID = st.lists(st.tuples(NUMBERS, st.sampled_from(sorted(BITS)), st.booleans()), max_size=6)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PEOPLE, SAID)
async def test_who_is_out_is_in_no_audience(
    client: httpx2.AsyncClient,
    observer: asyncpg.Connection,
    people: list[tuple[int, int | None, int]],
    said: list[tuple[int, str, bool]],
) -> None:
    """A number opted out before the call is never returned; every member is counted once."""
    base = uuid4().int % 10**7

    def number_of(n: int) -> str:
        return f"+4474{base:07}{n}"

    crowd = await new_list(observer)
    out: set[tuple[str, str]] = set()
    for name, (phone, whatsapp, channels) in enumerate(people):
        told = [channel for channel, bit in BITS.items() if channels & bit]
        other = None if whatsapp is None else number_of(whatsapp)
        await add(observer, crowd, number_of(phone), str(name), *told, whatsapp=other)
    for n, channel, is_out in said:
        await opt(client, number_of(n), "opted_out" if is_out else "opted_in", channel)
        (out.add if is_out else out.discard)((number_of(n), channel))
    for channel, bit in BITS.items():
        recipients, counts = await audience(client, crowd, channel)
        reachable = {
            number_of(whatsapp or phone if channel == "whatsapp" else phone)
            for phone, whatsapp, channels in people
            if channels & bit
        }
        allowed = {number for number in reachable if (number, channel) not in out}
        assert [each["number"] for each in recipients] == sorted(allowed)
        assert counts.pop("members") == sum(counts.values()) == len(people)
        asked = [number_of(n) for n in range(1, 5)]
        checked = (await check(client, asked, channel=channel)).json()
        assert checked["recipients"] == [n for n in asked if (n, channel) not in out]
