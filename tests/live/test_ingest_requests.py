"""Upload events on a real broker: what others send, and servers that are away meanwhile."""

import json
from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer
from structlog.testing import capture_logs
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import TEN, ingest_settings
from tests.fixtures.topics import Listener, listening
from tests.fixtures.uploads import upload_event, uploaded_key

from enlist.embedded.waiting import wait_for
from enlist_ingest.app import build_split, open_ingest
from enlist_ingest.settings import IngestSettings
from enlist_shared.breaker import LIMIT
from enlist_shared.ids import AccountId
from enlist_shared.settings import KafkaSettings, S3Settings
from enlist_shared.topics import Topic

TOPIC: Final = Topic.UPLOAD_REQUESTED
HEADERS: Final[list[list[tuple[str, bytes | None]]]] = [
    [],
    [("content-type", b"text/plain"), ("ce_id", b"\xff")],
    [("ce_type", None), ("reply_to", Topic.IMPORT_ACCEPTED.encode())],
]
NOBODYS: Final = [
    b"",
    b"no json",
    b"\xff\xfe",
    b"[]",
    b"{}",
    b"9" * 5_000,
    b"[" * 100_000,
    json.dumps({"account_id": "me", "object_key": "uploads/me/a"}).encode(),
    json.dumps(upload_event(AccountId(UUID(int=7)))).encode(),
]


@pytest.fixture
async def settings(
    database: Database,
    s3_settings: S3Settings,
    kafka_settings: KafkaSettings,
    account_id: AccountId,
) -> IngestSettings:
    """A splitter's settings; the account's file lies in the bucket."""
    role = database.settings("enlist_ingest")
    settings = ingest_settings(role, s3_settings).model_copy(update={"kafka": kafka_settings})
    async with open_ingest(settings) as (ingest, _):
        await ingest.objects.put(uploaded_key(account_id), TEN)
    return settings


@pytest.fixture
async def topics(kafka_settings: KafkaSettings) -> AsyncIterator[Listener]:
    async with listening(kafka_settings) as listener:
        yield listener


async def send(
    settings: KafkaSettings, *bodies: bytes, headers: list[tuple[str, Any]]
) -> set[tuple[int, int]]:
    """Put bodies on one partition as another service might; where they lie."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers)
    async with producer:
        sent = [
            await producer.send_and_wait(TOPIC, body, partition=0, headers=headers)
            for body in bodies
        ]
    return {(record.partition, record.offset) for record in sent}


async def test_bad_events_never_block_the_topic(
    settings: IngestSettings,
    topics: Listener,
    account_id: AccountId,
    observer: asyncpg.Connection,
) -> None:
    """Nobody's events are dead letters, more than the breaker's limit of them; headers are free."""
    many = [b"{}"] * (LIMIT + 1)
    places = await send(settings.kafka, *NOBODYS, *many, headers=[])
    for headers in HEADERS:
        event = upload_event(account_id, request_id=str(uuid4()))
        await send(settings.kafka, json.dumps(event).encode(), headers=headers)

    async def imported() -> bool:
        return bool(await observer.fetchval("SELECT count(*) = $1 FROM imports", len(HEADERS)))

    app = build_split(settings)
    async with app.router.lifespan_context(app):
        await wait_for(imported, 60)
    rows = await observer.fetch("SELECT DISTINCT status, records FROM imports")
    assert [tuple(row) for row in rows] == [("normalizing", 10)]

    def letters() -> set[tuple[int, int]]:
        return {
            (each.data["partition"], each.data["offset"])
            for each in topics.heard
            if each.topic == Topic.DEAD_LETTER and each.data["topic"] == TOPIC
        }

    await topics.until(lambda: places <= letters())
    assert not [m for m in topics.heard if m.topic == Topic.IMPORT_ACCEPTED and b"null" in m.value]


async def test_while_postgres_is_away_the_event_stays(
    settings: IngestSettings,
    database: Database,
    account_id: AccountId,
    superuser: str,
    observer: asyncpg.Connection,
) -> None:
    """An event that came during an outage is an import afterwards, without being sent again."""
    event = json.dumps(upload_event(account_id)).encode()
    admits = f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS "
    hang_up = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1"

    async def imported() -> bool:
        return bool(await observer.fetchval("SELECT count(*) = 1 FROM imports"))

    app = build_split(settings)
    with capture_logs() as said:

        async def failed() -> bool:
            return ("delivery.failed", TOPIC) in {
                (line["event"], line.get("topic")) for line in said
            }

        async with connected(superuser) as admin, app.router.lifespan_context(app):
            await admin.execute(admits + "false")
            await admin.execute(hang_up, "enlist_ingest")
            await send(settings.kafka, event, headers=[])
            await wait_for(failed, 30)
            await admin.execute(admits + "true")
            await wait_for(imported, 30)
