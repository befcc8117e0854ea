"""What becomes of messages that arrive: handled, dead-lettered, or left to the reconciler."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer
from faststream.kafka import KafkaBroker
from structlog.testing import capture_logs
from tests.fixtures.topics import Listener, listening

from enlist_rules.codes import Code, PermanentFailure
from enlist_shared import delivery
from enlist_shared.breaker import Breaker
from enlist_shared.broker import keep_connected, make_broker, publisher
from enlist_shared.delivery import Delivery, subscribe
from enlist_shared.events import ShardReady
from enlist_shared.ids import AccountId, ImportId
from enlist_shared.settings import KafkaSettings
from enlist_shared.topics import Topic

CANARY = "+447400123456"
TOPIC = Topic.SHARD_READY
GARBAGE = [
    b"",
    b"not json " + CANARY.encode(),
    b"\xff\xfe\x00",
    b"[1, 2]",
    b"null",
    b'"' + CANARY.encode() + b'"',
    json.dumps({"account_id": CANARY, "import_id": 5, "shard": "x"}).encode(),
    json.dumps({"account_id": str(uuid4()), "import_id": str(uuid4()), "shard": 64}).encode(),
    json.dumps({"account_id": str(uuid4()), "import_id": str(uuid4())}).encode(),
]
Handle = Callable[[ShardReady], Awaitable[None]]


class Panic(BaseException):
    """As pyo3's PanicException: no Exception."""


class Consumer:
    """A consumer with a group of its own, that ignores what other tests said."""

    def __init__(self, import_id: ImportId) -> None:
        self.import_id = import_id
        self.got: list[int] = []
        self.more = asyncio.Condition()
        self.failure: BaseException | None = None

    async def handle(self, event: ShardReady) -> None:
        if event.import_id != self.import_id:
            return
        async with self.more:
            self.got.append(event.shard)
            self.more.notify_all()
        if self.failure is not None:
            raise self.failure

    async def until(self, count: int) -> list[int]:
        async with asyncio.timeout(30), self.more:
            await self.more.wait_for(lambda: len(self.got) >= count)
        return self.got

    async def until_got(self, shard: int) -> None:
        async with asyncio.timeout(30), self.more:
            await self.more.wait_for(lambda: shard in self.got)


@asynccontextmanager
async def consuming(
    settings: KafkaSettings, group: str, handle: Handle
) -> AsyncIterator[KafkaBroker]:
    broker = make_broker(settings, Delivery)
    subscribe(broker, settings, group, TOPIC, ShardReady, handle)
    await keep_connected(broker)
    try:
        yield broker
    finally:
        await broker.stop()


@pytest.fixture
async def topics(kafka_settings: KafkaSettings) -> AsyncIterator[Listener]:
    async with listening(kafka_settings.bootstrap_servers) as listener:
        yield listener


@pytest.fixture
def consumer() -> Consumer:
    return Consumer(ImportId(uuid4()))


def ready(consumer: Consumer, shard: int) -> ShardReady:
    return ShardReady(account_id=AccountId(UUID(int=1)), import_id=consumer.import_id, shard=shard)


async def produce(settings: KafkaSettings, *bodies: bytes, headers: bool) -> list[tuple[int, int]]:
    """Put bodies on one partition as some other producer would; where they lie."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers)
    await producer.start()
    content = [("content-type", b"application/json")] if headers else []
    try:
        sent = [
            await producer.send_and_wait(TOPIC, body, key=b"k", partition=0, headers=content)
            for body in bodies
        ]
    finally:
        await producer.stop()
    return [(record.partition, record.offset) for record in sent]


@pytest.mark.parametrize("headers", [True, False], ids=["as JSON", "without a content type"])
async def test_what_can_never_be_read_is_dead_lettered(
    kafka_settings: KafkaSettings, topics: Listener, consumer: Consumer, headers: bool
) -> None:
    """Garbage and wrong types: coordinates on the dead-letter topic, the consumer moves on."""
    places = await produce(kafka_settings, *GARBAGE, headers=headers)
    await produce(kafka_settings, ready(consumer, 7).model_dump_json().encode(), headers=headers)
    group = f"test-{uuid4()}"
    with capture_logs() as said:
        async with consuming(kafka_settings, group, consumer.handle):
            assert await consumer.until(1) == [7]

    def letters() -> dict[tuple[int, int], dict[str, object]]:
        return {
            (each.data["partition"], each.data["offset"]): each.data
            for each in topics.heard
            if each.topic == Topic.DEAD_LETTER and each.data["topic"] == TOPIC
        }

    await topics.until(lambda: set(places) <= letters().keys())
    found = [letters()[place] for place in places]
    assert {frozenset(letter) for letter in found} == {
        frozenset({"topic", "partition", "offset", "reason"})
    }
    everything = [(m.value, m.key, m.headers) for m in topics.heard if m.topic == Topic.DEAD_LETTER]
    assert CANARY not in str(everything)
    attributes = {name for _, _, headers in everything for name, _ in headers}
    assert {"ce_id", "ce_type", "ce_source"} <= attributes
    assert "ce_subject" not in attributes
    assert CANARY not in str(said)


async def test_dead_letters_are_not_delivered_again(
    kafka_settings: KafkaSettings, consumer: Consumer
) -> None:
    """What was dead-lettered is acknowledged: a new member of the group starts behind it."""
    group = f"test-{uuid4()}"
    await produce(kafka_settings, *GARBAGE, headers=True)
    await produce(kafka_settings, ready(consumer, 1).model_dump_json().encode(), headers=True)
    async with consuming(kafka_settings, group, consumer.handle):
        await consumer.until(1)
    await produce(kafka_settings, ready(consumer, 2).model_dump_json().encode(), headers=True)
    with capture_logs() as said:
        async with consuming(kafka_settings, group, consumer.handle):
            assert await consumer.until(2) == [1, 2]
    assert "delivery.dead_lettered" not in {line["event"] for line in said}


async def test_a_failed_handler_is_acknowledged(
    kafka_settings: KafkaSettings, consumer: Consumer
) -> None:
    """The ledger has the unit back, so that the message is done with; the log names no text."""
    group = f"test-{uuid4()}"
    with capture_logs() as said:
        async with consuming(kafka_settings, group, consumer.handle) as broker:
            for shard, failure in enumerate([ConnectionError(CANARY), KeyError(CANARY)]):
                consumer.failure = failure
                await publisher(broker)(TOPIC, "k", ready(consumer, shard))
                await consumer.until(shard + 1)
        consumer.failure = None
        async with consuming(kafka_settings, group, consumer.handle) as broker:
            await publisher(broker)(TOPIC, "k", ready(consumer, 2))
            assert await consumer.until(3) == [0, 1, 2]
    failed = [line for line in said if line["event"] == "delivery.failed"]
    assert [line["error"] for line in failed] == ["ConnectionError", "KeyError"]
    assert CANARY not in str(said)


async def test_a_permanent_failure_is_dead_lettered_with_its_code(
    kafka_settings: KafkaSettings, topics: Listener, consumer: Consumer
) -> None:
    """A handler that gives up for good leaves its code, and the next message is handled."""
    consumer.failure = PermanentFailure(Code.CORRUPT, CANARY)
    async with consuming(kafka_settings, f"test-{uuid4()}", consumer.handle) as broker:
        await publisher(broker)(TOPIC, "k", ready(consumer, 0))
        await publisher(broker)(TOPIC, "k", ready(consumer, 1))
        await consumer.until(2)
        await topics.until(
            lambda: (
                sum(m.topic == Topic.DEAD_LETTER and b"corrupt" in m.value for m in topics.heard)
                >= 2
            )
        )


async def test_a_panic_does_not_stop_the_consumer(
    kafka_settings: KafkaSettings, consumer: Consumer
) -> None:
    """An error that is no Exception, as Polars raises for its own bugs, is survived."""
    consumer.failure = Panic()
    async with consuming(kafka_settings, f"test-{uuid4()}", consumer.handle) as broker:
        await publisher(broker)(TOPIC, "k", ready(consumer, 0))
        await consumer.until(1)
        consumer.failure = None
        await publisher(broker)(TOPIC, "k", ready(consumer, 1))
        await consumer.until_got(1)


async def test_the_breaker_holds_back_what_would_be_dead_lettered(
    kafka_settings: KafkaSettings, consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After too many dead letters in a row: one a pause, until something is handled."""
    monkeypatch.setattr(delivery, "_NAP", 0.05)
    monkeypatch.setattr(Delivery, "breaker", Breaker(limit=len(GARBAGE) - 2, pause=0.2))
    await produce(kafka_settings, *GARBAGE, headers=True)
    await produce(kafka_settings, ready(consumer, 0).model_dump_json().encode(), headers=True)
    with capture_logs() as said:
        async with consuming(kafka_settings, f"test-{uuid4()}", consumer.handle):
            assert await consumer.until(1) == [0]
    breaks = [line["seconds"] for line in said if line["event"] == "delivery.breaker_open"]
    assert breaks[:3] == [0.2, 0.4, 0.8]
    assert Delivery.breaker.closed_in(TOPIC) == 0
