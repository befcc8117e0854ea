"""Consent over HTTP: calls, entries by hand, the history of a number and of a contact."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx2
import pytest
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import announced, api_client, ingest_settings

from enlist_shared.accounts import create_account
from enlist_shared.settings import S3Settings
from enlist_shared.topics import Topic

NUMBER, SPELLED = "+447400123456", "07400 123456"
STATES = ("opted_in", "opted_out")


@pytest.fixture
async def client(database: Database, s3_settings: S3Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "test")
    settings = ingest_settings(database.settings("enlist_ingest"), s3_settings)
    async with api_client(settings, key) as client:
        yield client


async def call(client: httpx2.AsyncClient, state: str, number: str = SPELLED, **more: Any) -> Any:
    body = {"number": number, "state": state, "evidence": "call 4711"} | more
    answer = await client.post("/v1/consents", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def by_hand(client: httpx2.AsyncClient, state: str, **more: Any) -> httpx2.Response:
    body = {"number": SPELLED, "state": state} | more
    return await client.post("/v1/consents/by-hand", json=body)


async def history(client: httpx2.AsyncClient, **parameters: Any) -> dict[str, Any]:
    answer = await client.get("/v1/consents", params={"number": NUMBER} | parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def said(found: dict[str, Any]) -> list[tuple[str, str]]:
    """State and source of each event, the first said first."""
    return [(each["state"], each["source"]) for each in reversed(found["events"])]


async def changes(observer: asyncpg.Connection) -> list[tuple[str | None, str, str, int]]:
    """What was announced of single changes."""
    said = await announced(observer)
    events = [data for topic, _, data in said if topic == Topic.CONSENT_CHANGED]
    return [(e["consent_id"], e["state"], e["source"], e["numbers"]) for e in events]


async def test_a_call_opts_out_and_in_again(
    client: httpx2.AsyncClient, observer: asyncpg.Connection
) -> None:
    """Each call is an event in the history; each change is announced under its id."""
    made = [await call(client, state) for state in ("opted_out", "opted_out", "opted_in")]
    assert [each["state"] for each in made] == ["opted_out", "opted_out", "opted_in"]
    found = await history(client)
    assert said(found) == [(state["state"], "consent_call") for state in made]
    assert found["number"] == NUMBER
    [now] = found["consents"]
    assert (now["state"], now["source"], now["evidence"]) == (
        "opted_in", "consent_call", "call 4711",
    )  # fmt: skip
    first, _, last = (each["consent_id"] for each in made)
    assert await changes(observer) == [
        (first, "opted_out", "consent_call", 1), (last, "opted_in", "consent_call", 1),
    ]  # fmt: skip
    single = (await client.get(f"/v1/consents/{last}")).json()
    assert single == found["events"][0]
    assert (single["number"], single["state"]) == (NUMBER, "opted_in")
    rows = await observer.fetch("SELECT event_id::text, import_id, key FROM outbox ORDER BY id")
    account_id = str(await observer.fetchval("SELECT account_id FROM accounts"))
    assert [tuple(row) for row in rows] == [(first, None, account_id), (last, None, account_id)]


async def test_a_hand_opts_in_the_unknown_and_out_anybody(client: httpx2.AsyncClient) -> None:
    """But never in who has opted out, however that came about."""
    assert [(await by_hand(client, state)).status_code for state in STATES] == [201, 201]
    refused = await by_hand(client, "opted_in", evidence="they said so")
    assert (refused.status_code, refused.json()["code"]) == (409, "opted_out_stays")
    assert said(await history(client)) == [(state, "hand") for state in STATES]
    await call(client, "opted_in")
    known = (await by_hand(client, "opted_in")).json()
    assert (known["consent_id"], known["state"]) == (None, "opted_in")
    assert (await by_hand(client, "opted_out")).json()["state"] == "opted_out"


async def test_a_repeated_opt_out_is_the_later_one(
    client: httpx2.AsyncClient, observer: asyncpg.Connection
) -> None:
    """Who is out already and says so again is out from then on: it is written, not announced."""
    await call(client, "opted_out")
    await by_hand(client, "opted_out", evidence="wrote a letter")
    [now] = (await history(client))["consents"]
    assert (now["source"], now["evidence"]) == ("hand", "wrote a letter")
    assert len(await changes(observer)) == 1


async def test_channels_are_apart(client: httpx2.AsyncClient) -> None:
    """What is said of a channel says nothing of the other, and can be asked for alone."""
    await call(client, "opted_out")
    await call(client, "opted_in", channel="whatsapp")
    found = await history(client)
    assert {each["channel"]: each["state"] for each in found["consents"]} == {
        "phone": "opted_out", "whatsapp": "opted_in",
    }  # fmt: skip
    alone = await history(client, channel="whatsapp")
    assert [each["channel"] for each in (*alone["consents"], *alone["events"])] == ["whatsapp"] * 2


async def test_history_is_paged(client: httpx2.AsyncClient) -> None:
    """The latest first, each event once; a plus that was not escaped is still a plus."""
    made = [(await call(client, STATES[n % 2]))["consent_id"] for n in range(5)]
    seen, cursor = [], None
    while True:
        more: dict[str, str] = {"cursor": cursor} if cursor else {}
        page = await history(client, number=" 447400123456", limit=2, **more)
        seen += [each["consent_id"] for each in page["events"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]


async def test_a_contact_has_the_history_of_its_numbers(
    client: httpx2.AsyncClient, observer: asyncpg.Connection
) -> None:
    """Of its phone number, and of the number under which it is reached on WhatsApp."""
    await observer.execute(
        "INSERT INTO contacts (account_id, contact_id, phone_number, whatsapp_number, channels, "
        "created_seq, changed_seq) "
        "SELECT account_id, 7, $1, '+447400999999', 3, 0, 0 FROM accounts",
        NUMBER,
    )
    await call(client, "opted_in")
    await call(client, "opted_out", number="+447400999999", channel="whatsapp")
    found = (await client.get("/v1/contacts/7/consents")).json()
    assert {name: (of["number"], said(of)) for name, of in found.items()} == {
        "phone": (NUMBER, [("opted_in", "consent_call")]),
        "whatsapp": ("+447400999999", [("opted_out", "consent_call")]),
    }
    assert (await client.get("/v1/contacts/8/consents")).status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"number": "12345"}, "phone_invalid"),
        ({"evidence": " "}, "parameters"),
        ({"evidence": None}, "parameters"),
        ({"state": "unknown"}, "parameters"),
        ({"source": "import"}, "parameters"),
    ],
)
async def test_a_call_that_cannot_be_met(
    client: httpx2.AsyncClient, observer: asyncpg.Connection, body: dict[str, Any], code: str
) -> None:
    """No number, no evidence, another state or source: refused, and nothing is written."""
    asked = {"number": NUMBER, "state": "opted_in", "evidence": "call 4711"} | body
    answer = await client.post("/v1/consents", json=asked)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await observer.fetchval("SELECT count(*) FROM consent_events") == 0


async def test_a_call_is_made_once(client: httpx2.AsyncClient) -> None:
    """Sent again under its Idempotency-Key it is one event."""
    body = {"number": NUMBER, "state": "opted_out", "evidence": "call 4711"}
    headers = {"Idempotency-Key": "4711"}
    answers = [await client.post("/v1/consents", json=body, headers=headers) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert len((await history(client))["events"]) == 1


async def test_accounts_are_apart(client: httpx2.AsyncClient, database: Database) -> None:
    """Another account neither finds the event nor knows the number."""
    consent_id = (await call(client, "opted_out"))["consent_id"]
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "other")
    client.headers["Authorization"] = f"Bearer {key}"
    assert (await client.get(f"/v1/consents/{consent_id}")).status_code == 404
    assert await history(client) == {
        "number": NUMBER, "consents": [], "events": [], "next_cursor": None,
    }  # fmt: skip
