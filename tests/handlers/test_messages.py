"""Inbound messages: STOP, START and an account's own words; late, repeated, for nobody."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import asyncpg
import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import api_client, ingest_settings

from enlist_ingest.messages import Messages
from enlist_ingest.requests import AccountUnknownError
from enlist_shared.accounts import create_account
from enlist_shared.events import SmsReceived
from enlist_shared.ids import AccountId
from enlist_shared.settings import S3Settings

PERSON, VIRTUAL = "+447400123456", "+447860039047"
NOON: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
EVENTS = "SELECT state, source, evidence, effective_at FROM consent_events ORDER BY effective_at"
MEMBERS = """
SELECT c.first_name, l.name FROM memberships m JOIN contacts c USING (account_id, contact_id)
JOIN lists l USING (account_id, list_id) ORDER BY 1, 2
"""


class Phone:
    """An account's client of the API, and somebody who texts."""

    def __init__(self, account_id: AccountId, http: httpx2.AsyncClient, messages: Messages) -> None:
        self.account_id = account_id
        self.http = http
        self.messages = messages

    async def text(self, body: str, minutes: int = 0, **more: Any) -> SmsReceived:
        said: dict[str, Any] = {
            "message_id": str(uuid4()),
            "sender": PERSON,
            "to": VIRTUAL,
            "body": body,
        }
        said |= {"account_id": self.account_id, "received_at": NOON + timedelta(minutes=minutes)}
        message = SmsReceived.model_validate(said | more)
        await self.messages.hear(message)
        return message

    async def keyword(self, keyword: str, **more: Any) -> httpx2.Response:
        return await self.http.post("/v1/keywords", json={"keyword": keyword} | more)


@pytest.fixture
async def phone(
    database: Database, s3_settings: S3Settings, ingest_pool: asyncpg.Pool
) -> AsyncIterator[Phone]:
    async with connected(database.dsn("enlist_owner")) as owner:
        account_id, key = await create_account(owner, "test")
    service = ingest_settings(database.settings("enlist_ingest"), s3_settings)
    async with api_client(service, key) as client:
        yield Phone(account_id, client, Messages(ingest_pool))


async def state_of(observer: asyncpg.Connection, number: str = PERSON) -> str | None:
    state: str | None = await observer.fetchval(
        "SELECT state FROM consents WHERE number = $1", number
    )
    return state


async def test_stop_and_start(phone: Phone, observer: asyncpg.Connection) -> None:
    """The person opts out and in again; each message is an event at the time it was received."""
    await phone.text("Stop!")
    assert await state_of(observer) == "opted_out"
    await phone.text("Hello?", 1)
    await phone.text("START", 2)
    assert await state_of(observer) == "opted_in"
    assert [tuple(row) for row in await observer.fetch(EVENTS)] == [
        ("opted_out", "keyword", "stop", NOON),
        ("opted_in", "start", "start", NOON + timedelta(minutes=2)),
    ]


async def test_a_keyword_opts_in_and_joins_its_list(
    phone: Phone, observer: asyncpg.Connection
) -> None:
    """A stranger becomes a contact; the same message again does nothing, come what may."""
    made = await phone.keyword("Pizza", number="07860 039047", list="Pizza lovers")
    assert made.status_code == 201, made.text
    message = await phone.text("PÌZZA please")
    assert await state_of(observer) == "opted_in"
    assert [tuple(row) for row in await observer.fetch(MEMBERS)] == [(None, "Pizza lovers")]
    contact = await observer.fetchrow("SELECT phone_number, channels, created_import FROM contacts")
    assert contact is not None
    assert tuple(contact) == (PERSON, 1, None)
    await observer.execute("DELETE FROM memberships")
    await phone.messages.hear(message)
    assert await observer.fetch(MEMBERS) == []
    assert len(await observer.fetch(EVENTS)) == 1


async def test_whom_a_keyword_puts_on_its_list(phone: Phone, observer: asyncpg.Connection) -> None:
    """Everybody of the number, if nobody is without a name; else who is (M1, M4)."""
    await phone.keyword("Pizza", number=VIRTUAL, list="Pizza")
    insert = (
        "INSERT INTO contacts (account_id, contact_id, phone_number, first_key, first_name, "
        "channels, created_seq, changed_seq) VALUES ($1, $2, $3, lower($4), $4, 2, 0, 0)"
    )
    for number, name in enumerate(("Ann", "Bob")):
        await observer.execute(insert, phone.account_id, number, PERSON, name)
    await phone.text("pizza")
    assert [row["first_name"] for row in await observer.fetch(MEMBERS)] == ["Ann", "Bob"]
    assert await observer.fetchval("SELECT array_agg(DISTINCT channels) FROM contacts") == [3]
    rows = await observer.fetch("SELECT contact_id, fields, channels FROM changes ORDER BY 1")
    assert [tuple(row) for row in rows] == [(0, 32768, 2), (1, 32768, 2)]
    await observer.execute("DELETE FROM memberships")
    await observer.execute(insert, phone.account_id, 2, PERSON, "")
    await phone.text("pizza")
    assert [row["first_name"] for row in await observer.fetch(MEMBERS)] == [""]


async def test_a_keyword_belongs_to_its_number(phone: Phone, observer: asyncpg.Connection) -> None:
    """Texted to another number, the word says nothing; STOP does everywhere."""
    await phone.keyword("Pizza", number="60777", list="Pizza")
    await phone.text("pizza")
    assert await state_of(observer) is None
    await phone.text("pizza", to="60777")
    assert await state_of(observer) == "opted_in"
    await phone.text("stop", 1, to="Pizza")
    assert await state_of(observer) == "opted_out"


async def test_words_of_the_account_opt_out_and_in(
    phone: Phone, observer: asyncpg.Connection
) -> None:
    """They do what STOP and START do; out goes before everything else that the word means."""
    await phone.keyword("Basta", effect="stop")
    await phone.keyword("Basta", number=VIRTUAL, list="Basta fans")
    await phone.keyword("sì", effect="start", number=VIRTUAL)
    await phone.text("si")
    assert await state_of(observer) == "opted_in"
    await phone.text("¡basta!", 1)
    assert await state_of(observer) == "opted_out"
    assert await observer.fetch(MEMBERS) == []


async def test_a_list_that_is_gone(phone: Phone, observer: asyncpg.Connection) -> None:
    """The keyword still opts in."""
    await phone.keyword("Pizza", number=VIRTUAL, list="Pizza")
    await observer.execute("UPDATE lists SET deleted_at = now()")
    await phone.text("pizza")
    assert await state_of(observer) == "opted_in"
    assert await observer.fetch(MEMBERS) == []


async def test_what_keywords_there_are(phone: Phone) -> None:
    """A word stands once for a number; STOP keeps its meaning; a list is known or made."""
    first = (await phone.keyword("Pizza", number=VIRTUAL, list="Pizza")).json()
    second = (await phone.keyword("Pasta", number="60777", list=first["list_id"])).json()
    refused = [
        await phone.keyword("PIZZA!", number=VIRTUAL, list="Pizza"),
        await phone.keyword("Stop", number=VIRTUAL, list="Pizza"),
        await phone.keyword("two words", number=VIRTUAL, list="Pizza"),
        await phone.keyword("?!", number=VIRTUAL, list="Pizza"),
        await phone.keyword("Pizza", list="Pizza"),
        await phone.keyword("Pizza", number="Luigi", list="Pizza"),
        await phone.keyword("Luigi", number=VIRTUAL, list=999),
        await phone.keyword("Luigi", number=VIRTUAL, list="a\0"),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [
        (409, "keyword_taken"),
        (422, "keyword_reserved"),
        (422, "parameters"),
        (422, "parameters"),
        (422, "parameters"),
        (422, "phone_invalid"),
        (422, "list_unknown"),
        (422, "parameters"),
    ]
    found = (await phone.http.get("/v1/keywords")).json()
    assert found["keywords"] == [second, first]
    assert found["reserved"] == sorted(
        ["stop", "end", "cancel", "unsubscribe", "quit", "stopall", "arret", "stopp", "start",
         "unstop"]
    )  # fmt: skip
    path = f"/v1/keywords/{first['keyword_id']}"
    assert [(await phone.http.delete(path)).status_code for _ in range(2)] == [204, 404]
    assert (await phone.http.get("/v1/keywords")).json()["keywords"] == [second]


async def test_what_is_nobodys(phone: Phone, observer: asyncpg.Connection) -> None:
    """A sender that is no number says nothing; one that the library does not know may opt out."""
    await phone.text("stop", sender="Vodafone")
    await phone.text("start", sender="+999123456789")
    assert await observer.fetch(EVENTS) == []
    await phone.text("stop", sender="+999123456789")
    assert await state_of(observer, "+999123456789") == "opted_out"
    with pytest.raises(AccountUnknownError):
        await phone.text("stop", account_id=uuid4())


async def test_the_future_is_now(phone: Phone, observer: asyncpg.Connection) -> None:
    """A message that claims to come from tomorrow decides nothing that is said after it."""
    await phone.text("stop", received_at="2999-01-01T00:00:00")
    assert await observer.fetchval("SELECT effective_at <= now() FROM consents")
    call = {"number": PERSON, "state": "opted_in", "evidence": "call 4711"}
    assert (await phone.http.post("/v1/consents", json=call)).json()["state"] == "opted_in"


MESSAGES = st.lists(
    st.tuples(st.sampled_from(["stop", "start"]), st.integers(0, 4)), min_size=1, max_size=6
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MESSAGES, st.booleans(), st.randoms(use_true_random=False))
async def test_the_latest_received_decides(
    phone: Phone,
    observer: asyncpg.Connection,
    messages: list[tuple[str, int]],
    opted_in: bool,
    order: random.Random,
) -> None:
    """In whatever order and however often messages come; of two at one time the opt-out counts.

    What an import said before counts for nothing, however late that was.
    """
    person = f"+4474{uuid4().int % 10**8:08}"
    if opted_in:
        await observer.execute(
            "INSERT INTO consents (account_id, number, channel, state, source, effective_at, seq) "
            "VALUES ($1, $2, 'phone', 'opted_in', 'import', now(), 0)",
            phone.account_id,
            person,
        )
    ids = {number: str(uuid4()) for number in range(len(messages))}
    deliveries = [*ids, *order.choices([*ids], k=3)]
    order.shuffle(deliveries)
    for number in deliveries:
        body, minutes = messages[number]
        await phone.text(body, minutes, message_id=ids[number], sender=person)
    latest = max(minutes for _, minutes in messages)
    last = {body for body, minutes in messages if minutes == latest}
    assert await state_of(observer, person) == ("opted_out" if "stop" in last else "opted_in")
    heard = "SELECT count(*) FROM consent_events WHERE number = $1"
    assert await observer.fetchval(heard, person) == len(messages)
