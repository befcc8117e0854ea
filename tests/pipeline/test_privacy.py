"""Logs, metrics, events and dead letters speak of nobody, whatever goes wrong."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

import asyncpg
import httpx2
import pytest
from aiokafka import AIOKafkaProducer
from prometheus_client.parser import text_string_to_metric_families
from tests.fixtures.stack import Stack
from tests.fixtures.tenant import Tenant

from enlist.embedded.data_directory import DataDirectory
from enlist.embedded.waiting import wait_for
from enlist_shared.metrics import OUTCOMES, Metric
from enlist_shared.topics import Topic

CANARIES: Final = ("zanzibarina", "7400987654", "7400 987654", "canary.test", "geheimweg")
GOOD: Final = (
    b"phone,first name,last name,email,address line 1,lists\n"
    b"+447400987654,Zanzibarina,Smith,zanzi@canary.test,Geheimweg 7,Zanzibarina's friends\n"
    b"+447400987654,Zanzibarina,Smith,zanzi@,Geheimweg 8,\n"
    b"07400 987654,Zanzibarina,Jones,,,\n"
    b"Zanzibarina,07400987654,,zanzi@canary.test,Geheimweg 7,\n"
)
REFUSED: Final = (
    b"Zanzibarina,Geheimweg\nzanzi@canary.test,x\n",
    b'phone,name\n+447400987654,"Zanzibarina\n',
    b"PK\x03\x04 Zanzibarina 07400987654",
)
LIST: Final = "INSERT INTO lists (account_id, name, name_key) VALUES ($1, $2, $2)"
OPTIONS: Final = {"lists": ["Zanzibarina's list"]}
pytestmark = pytest.mark.supervised
Samples = Counter[tuple[str, str]]


async def scraped(stack: Stack) -> tuple[str, Samples]:
    """The metrics of every process, and their records by outcome, summed."""
    records = Samples()
    async with httpx2.AsyncClient(trust_env=False) as client:
        urls = [f"{address}/metrics" for address in stack.ready.services.values()]
        text = "\n".join([(await client.get(url)).text for url in urls])
    for family in text_string_to_metric_families(text):
        name = family.name + "_total" * (family.type == "counter")
        assert name in set(Metric)
        for sample in family.samples:
            if name == Metric.RECORDS:
                records[name, sample.labels["outcome"]] += int(sample.value)
    return text, records


def logged(stack: Stack) -> Iterator[dict[str, Any]]:
    """The lines of Enlist's own processes."""
    for name in stack.ready.services:
        for line in DataDirectory.at(stack.root).log(name).read_text().splitlines():
            yield json.loads(line)


async def poison(stack: Stack, tenant: Tenant, import_id: str) -> None:
    """Messages that can never be handled; the last makes merge read a user's file as JSON."""
    (row,) = await tenant.ledger("imports", import_id)
    whose = {"account_id": str(tenant.account_id), "import_id": import_id, "chunk": 0}
    quoting = whose | {"result": "done", "key": row["source_key"], "code": None}
    producer = AIOKafkaProducer(bootstrap_servers=stack.ready.kafka)
    await producer.start()
    try:
        for topic, value in (
            (Topic.CHUNK_READY, {"import_id": "Zanzibarina"}),
            (Topic.CHUNK_NORMALIZED, quoting),
        ):
            await producer.send_and_wait(topic, json.dumps(value).encode(), key=import_id.encode())
    finally:
        await producer.stop()


async def break_a_rule(tenant: Tenant) -> None:
    """PostgreSQL refuses a row, and would quote it in its own log."""
    row = tenant.account_id, "Zanzibarina"
    for statement in (LIST, LIST):
        with suppress(asyncpg.UniqueViolationError):
            await tenant.rows.execute(statement, *row)


def dead_letters(stack: Stack, import_id: str) -> list[dict[str, Any]]:
    key = import_id.encode()
    heard = [one for one in stack.topics.heard if one.topic == Topic.DEAD_LETTER]
    return [one.data for one in heard if one.key == key]


async def test_nobody_is_named(stack: Stack, tenant: Tenant) -> None:
    """Good, bad and broken input full of people: none of it outside contacts and objects."""
    _, before = await scraped(stack)
    done = await tenant.import_file(GOOD, OPTIONS)
    assert (done["counts"]["created"], done["counts"]["rejected"]) == (1, 2)
    failed = [await tenant.import_file(body, OPTIONS) for body in REFUSED]
    codes = ["header_missing", "unterminated_quote", "archive"]
    assert [each["error"]["code"] for each in failed] == codes
    answer = await tenant.http.get("/v1/imports/Zanzibarina")
    assert answer.status_code == 422

    await break_a_rule(tenant)
    await poison(stack, tenant, done["import_id"])
    await stack.topics.until(lambda: bool(dead_letters(stack, done["import_id"])))
    (letter,) = dead_letters(stack, done["import_id"])
    assert letter["reason"] == "ValidationError"

    async def counted() -> bool:
        _, records = await scraped(stack)
        counts = done["counts"]
        return records - before == +Samples({(Metric.RECORDS, o): counts[o] for o in OUTCOMES})

    await wait_for(counted, 10)
    metrics, _ = await scraped(stack)
    logs = [file.read_text() for file in DataDirectory.at(stack.root).log("x").parent.iterdir()]
    events = [
        repr(one) for one in stack.topics.heard if dict(one.headers).get("ce_source") == b"/enlist"
    ]
    said = "\n".join([metrics, *logs, *events, *stack.said]).lower()
    assert [canary for canary in CANARIES if canary in said] == []


async def test_lines_say_whose_they_are(stack: Stack, tenant: Tenant) -> None:
    """What is logged while a unit is worked on names account, import and unit."""
    done = await tenant.import_file(GOOD, OPTIONS)
    refused = await tenant.import_file(REFUSED[0])
    await poison(stack, tenant, done["import_id"])

    def ours() -> set[tuple[str | None, ...]]:
        names = ("action", "import_id", "unit", "code")
        lines = [line for line in logged(stack) if line.get("account_id") == str(tenant.account_id)]
        return {tuple(line.get(name) for name in names) for line in lines}

    async def all_written() -> bool:
        return len(ours()) == 3

    await wait_for(all_written, 10)
    assert ours() == {
        ("import.ended", done["import_id"], "shard:0", None),
        ("import.ended", refused["import_id"], None, "header_missing"),
        ("chunk.unrecordable", done["import_id"], None, None),
    }
