"""Inbound messages on a real broker: what the SMS platform sends, and what nobody can read."""

import json
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from tests.fixtures.database import Database
from tests.fixtures.ingest import announced, ingest_settings
from tests.fixtures.topics import listening

from enlist.embedded.waiting import wait_for
from enlist_ingest.app import build_split
from enlist_shared.ids import AccountId
from enlist_shared.settings import KafkaSettings, S3Settings
from enlist_shared.topic_creation import connection
from enlist_shared.topics import Topic

PERSON = "+447400123456"


def received(account_id: UUID, body: str, **said: Any) -> dict[str, Any]:
    event = {"account_id": str(account_id), "message_id": str(uuid4()), "from": PERSON[1:]}
    event |= {"to": "60777", "body": body, "received_at": "2026-01-01T12:00:00Z"}
    return event | said


async def test_a_message_on_the_topic_is_heard_once(
    database: Database,
    s3_settings: S3Settings,
    kafka_settings: KafkaSettings,
    account_id: AccountId,
    observer: asyncpg.Connection,
) -> None:
    """Twice on the topic, a message is one event; what nobody can read, or is nobody's, is a dead
    letter and holds up no other."""
    settings = ingest_settings(database.settings("enlist_ingest"), s3_settings)
    settings = settings.model_copy(update={"kafka": kafka_settings})
    stop = received(account_id, "Stop")
    lost = [
        b"no json",
        json.dumps(received(uuid4(), "stop")).encode(),
        json.dumps(stop | {"received_at": "tomorrow"}).encode(),
        json.dumps({name: text for name, text in stop.items() if name != "from"}).encode(),
    ]
    start = received(account_id, "start", received_at="2026-01-01T12:00:01")
    async with AIOKafkaProducer(bootstrap_servers=kafka_settings.bootstrap_servers) as producer:
        sent = [
            await producer.send_and_wait(Topic.SMS_RECEIVED, body, partition=0) for body in lost
        ]
        for event in (stop, stop, start):
            body = json.dumps(event).encode()
            await producer.send_and_wait(Topic.SMS_RECEIVED, body, partition=0)

    async def opted_in() -> bool:
        return bool(await observer.fetchval("SELECT state = 'opted_in' FROM consents"))

    app = build_split(settings)
    async with app.router.lifespan_context(app), listening(kafka_settings) as topics:
        await wait_for(opted_in, 60)
        places = {(Topic.SMS_RECEIVED, record.partition, record.offset) for record in sent}
        await topics.until(
            lambda: (
                places
                <= {
                    (each.data["topic"], each.data["partition"], each.data["offset"])
                    for each in topics.heard
                    if each.topic == Topic.DEAD_LETTER
                }
            )
        )
    rows = await observer.fetch("SELECT message_id, number, state FROM consent_events ORDER BY seq")
    assert [tuple(row) for row in rows] == [
        (stop["message_id"], PERSON, "opted_out"),
        (start["message_id"], PERSON, "opted_in"),
    ]
    said = [data for topic, _, data in await announced(observer)]
    assert [(each["state"], each["source"]) for each in said] == [
        ("opted_out", "keyword"), ("opted_in", "start"),
    ]  # fmt: skip


async def test_what_people_text_is_kept_for_three_days(kafka_settings: KafkaSettings) -> None:
    """The one topic that holds what is personal is made with a short retention."""
    topic = ConfigResource(ConfigResourceType.TOPIC, Topic.SMS_RECEIVED)
    admin = AIOKafkaAdminClient(**connection(kafka_settings))
    await admin.start()
    try:
        [answer] = await admin.describe_configs([topic])
    finally:
        await admin.close()
    [(*_, settings)] = answer.resources
    kept = {name: value for name, value, *_ in settings}
    assert kept["retention.ms"] == "259200000"
