"""Contacts by hand: found, typed, changed, deleted, under the rules of an import."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx2
import pytest
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import api_client, ingest_settings

from enlist_shared.accounts import create_account
from enlist_shared.settings import S3Settings

NUMBER = "+447400123456"
ANN: dict[str, Any] = {"phone_number": NUMBER, "first_name": "Ann", "last_name": "Lee"}


@pytest.fixture
async def client(database: Database, s3_settings: S3Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "test")
    settings = ingest_settings(database.settings("enlist_ingest"), s3_settings)
    async with api_client(settings, key) as client:
        yield client


async def typed(client: httpx2.AsyncClient, status: int = 201, **said: Any) -> dict[str, Any]:
    answer = await client.post("/v1/contacts", json=said)
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def found(client: httpx2.AsyncClient, **query: Any) -> list[str | None]:
    """The first names, or last names where they have none, of all pages of two."""
    names: list[str | None] = []
    cursor: str | None = ""
    while cursor is not None:
        asked = {**query, "limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = await client.get("/v1/contacts", params=asked)
        assert answer.status_code == 200, answer.text
        names += [each["first_name"] or each["last_name"] for each in answer.json()["contacts"]]
        cursor = answer.json()["next_cursor"]
    return names


async def test_a_contact_is_typed_and_merged(client: httpx2.AsyncClient) -> None:
    """As an import would: created, found again in any spelling, updated by what differs."""
    made = await typed(client, **ANN, email="no mail", lists=["News"], custom={"Shoe": "42"})
    assert (made["outcome"], made["listed"], made["suppressed"]) == ("created", True, False)
    assert [(note["code"], note["field"]) for note in made["warnings"]] == [
        ("email_malformed", "email")
    ]
    spelt = ANN | {"phone_number": "07400 123456", "first_name": "ANN", "convert_national": True}
    again = await typed(client, 200, **spelt, custom={"Hat": "58"}, channel="whatsapp")
    assert (again["outcome"], again["listed"]) == ("updated", False)
    (contact,) = again["contacts"]
    assert (contact["first_name"], contact["custom"]) == ("ANN", {"Shoe": "42", "Hat": "58"})
    assert contact["channels"] == ["phone", "whatsapp"]
    assert (await typed(client, 200, **spelt))["outcome"] == "unchanged"
    shown = (await client.get(f"/v1/contacts/{contact['contact_id']}")).json()
    assert [each["name"] for each in shown["lists"]] == ["News"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"phone_number": "07400 123456"}, "phone_not_e164"),
        ({"phone_number": ""}, "phone_missing"),
        ({"phone_number": NUMBER, "title": "T" * 31}, "field_too_long"),
        ({"phone_number": NUMBER, "city": "\0"}, "control_char"),
        ({"phone_number": NUMBER, "whatsapp_number": "999"}, "phone_not_e164"),
        ({"phone_number": NUMBER, "lists": [7]}, "list_unknown"),
        ({"phone_number": NUMBER, "custom": {"": "x"}}, "parameters"),
        ({"phone_number": NUMBER, "lists": ["a\0b"]}, "parameters"),
    ],
)
async def test_what_cannot_be_taken_says_why(
    client: httpx2.AsyncClient, said: dict[str, Any], code: str
) -> None:
    """With the codes of an import; nothing is written."""
    assert (await typed(client, 422, **said))["code"] == code
    assert await found(client) == []


async def test_search(client: httpx2.AsyncClient) -> None:
    """By number in any spelling, names, e-mail, list, channel, consent, custom field; in pages."""
    people: list[dict[str, Any]] = [
        {"phone_number": "+447400000001", "first_name": "Ann", "last_name": "Lee"},
        {"phone_number": "+447400000002", "first_name": "Anna", "last_name": "Bell"},
        {"phone_number": "+447400000003", "first_name": "Bob", "last_name": "Annan"},
        {"phone_number": "+447500000004", "first_name": "Ann Lea", "last_name": "Ann Lea"},
        {"phone_number": "+447500000005", "last_name": "Cher"},
    ]
    for person in people:
        email = f"{person.get('first_name', 'X').replace(' ', '.')}@Example.com"
        await typed(client, **person, email=email, lists=["All"], custom={"Size": email[0]})
    await client.post(
        "/v1/consents",
        json={"number": "+447400000003", "state": "opted_out", "evidence": "a letter"},
    )
    assert await found(client) == ["Cher", "Ann Lea", "Bob", "Anna", "Ann"]
    assert await found(client, number="07400 000002") == ["Anna"]
    assert await found(client, number="0750") == ["Ann Lea", "Cher"]
    assert await found(client, number="nobody") == []
    assert await found(client, name="ANN") == ["Ann", "Ann Lea", "Anna", "Bob"]
    assert await found(client, name="ann le") == ["Ann Lea", "Ann"]
    assert await found(client, name="cher") == ["Cher"]
    assert await found(client, email="ann") == ["Ann Lea", "Ann", "Anna"]
    assert await found(client, list=1) == ["Cher", "Ann Lea", "Bob", "Anna", "Ann"]
    assert await found(client, list=2) == []
    assert await found(client, channel="whatsapp") == []
    assert await found(client, consent="opted_out") == ["Bob"]
    assert await found(client, consent="opted_out", channel="whatsapp") == []
    assert await found(client, name="ann", consent="unknown", list=1) == ["Ann", "Ann Lea", "Anna"]
    assert await found(client, **{"custom.Size": "B"}) == ["Bob"]
    assert await found(client, **{"custom.Size": "b"}) == []


@pytest.mark.parametrize("cursor", ["x", "W10=", "WzAsICJ4Il0=", "Wy0xLCAiMSJd", "WzBd", "é"])
async def test_a_cursor_that_no_page_gave(client: httpx2.AsyncClient, cursor: str) -> None:
    """It is refused, whatever it is."""
    answer = await client.get("/v1/contacts", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "parameters")


async def test_a_change_writes_what_it_says(
    client: httpx2.AsyncClient, observer: asyncpg.Connection
) -> None:
    """Null and blank erase, what is not said stays; what was there is kept in a change entry."""
    made = await typed(client, **ANN, city="Leeds", custom={"a": "1", "b": "2"})
    path = f"/v1/contacts/{made['contacts'][0]['contact_id']}"
    patch = {"first_name": "ann", "city": None, "last_name": " ", "custom": {"a": None, "c": "3"}}
    changed = (await client.patch(path, json=patch)).json()
    assert {name: changed[name] for name in patch} == {
        "first_name": "ann", "city": None, "last_name": None, "custom": {"b": "2", "c": "3"},
    }  # fmt: skip
    assert (await client.patch(path, json=patch)).json() == changed
    row = await observer.fetchrow("SELECT * FROM changes")
    assert row is not None
    kept = {name: value for name, value in row.items() if value is not None}
    assert kept == {
        "account_id": row["account_id"], "contact_id": changed["contact_id"], "seq": 2,
        "fields": 1 << 16 | 1 << 14 | 1 << 9 | 1 << 2 | 1 << 1, "first_key": "ann",
        "last_key": "lee", "first_name": "Ann", "last_name": "Lee", "city": "Leeds",
        "custom": '{"a": "1", "b": "2"}',
    }  # fmt: skip


@pytest.mark.parametrize(
    ("patch", "status", "code"),
    [
        ({"first_name": "BOB"}, 409, "conflict"),
        ({"first_name": None, "last_name": None}, 409, "conflict"),
        ({"phone_number": "+447400123457"}, 422, "parameters"),
        ({"whatsapp_number": "12"}, 422, "phone_not_e164"),
        ({"custom": {f"field {n}": "x" for n in range(51)}}, 422, "too_many_custom_fields"),
    ],
)
async def test_a_change_that_cannot_be(
    client: httpx2.AsyncClient, patch: dict[str, Any], status: int, code: str
) -> None:
    """Two contacts of a number never have the same names, nor one none; the number stays."""
    await typed(client, **ANN | {"first_name": "Bob"})
    made = await typed(client, **ANN)
    path = f"/v1/contacts/{made['contacts'][0]['contact_id']}"
    before = (await client.get(path)).json()
    answer = await client.patch(path, json=patch)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await client.get(path)).json() == before


async def test_a_deleted_contact_leaves_its_consent_alone(
    client: httpx2.AsyncClient, observer: asyncpg.Connection
) -> None:
    """Of the person nothing stays but what a number has said, and that something was deleted."""
    made = await typed(client, **ANN, lists=["News"])
    path = f"/v1/contacts/{made['contacts'][0]['contact_id']}"
    await client.patch(path, json={"last_name": "Bell"})
    await client.post(
        "/v1/consents", json={"number": NUMBER, "state": "opted_out", "evidence": "a letter"}
    )
    assert [(await client.delete(path)).status_code for _ in range(2)] == [204, 404]
    assert (await client.get(path)).status_code == 404
    assert await observer.fetchval("SELECT count(*) FROM memberships") == 0
    assert await observer.fetchval("SELECT coalesce(last_name, last_key) FROM changes") is None
    assert await observer.fetchval("SELECT count(*) FROM deletions") == 1
    again = await typed(client, **ANN)
    assert (again["outcome"], again["suppressed"]) == ("created", True)


async def test_a_contact_belongs_to_its_account(
    client: httpx2.AsyncClient, database: Database
) -> None:
    """Another account neither finds, nor changes, nor deletes it."""
    path = f"/v1/contacts/{(await typed(client, **ANN))['contacts'][0]['contact_id']}"
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "other")
    client.headers["Authorization"] = f"Bearer {key}"
    assert await found(client) == []
    answers = [
        await client.get(path),
        await client.patch(path, json={"city": "Leeds"}),
        await client.delete(path),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
