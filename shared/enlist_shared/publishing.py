"""A producer that tells apart what it cannot publish: one event, one topic, or all of Kafka.

aiokafka waits 40 s for a topic that does not exist, and with an idempotent producer for ever for
one that lacks replicas. So topics are looked up first, and nobody waits longer than `PATIENCE`:
what is unanswered then is still being tried, and is not given to the producer a second time.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Protocol
from uuid import UUID

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    KafkaError,
    OutOfOrderSequenceNumber,
    ProducerClosed,
    ProducerFenced,
    UnknownTopicOrPartitionError,
)

from enlist_shared.broker import cloud_event, spread_evenly
from enlist_shared.settings import KafkaSettings
from enlist_shared.topic_creation import connection

PATIENCE: Final = 5.0  # seconds
_BRIEFLY: Final = 0.05  # seconds, for a topic that has left something unanswered
_FATAL: Final = (OutOfOrderSequenceNumber, ProducerClosed, ProducerFenced)


class Row(Protocol):
    """A row of the outbox, by the names of its columns."""

    def __getitem__(self, name: str) -> Any: ...  # noqa: ANN401


@asynccontextmanager
async def producing(settings: KafkaSettings) -> AsyncIterator[AIOKafkaProducer]:
    """A producer that waits for all replicas.

    Raises:
        KafkaError: the broker does not answer.
    """
    producer = AIOKafkaProducer(
        **connection(settings),
        client_id=f"{settings.client_id}-relay",
        metadata_max_age_ms=settings.metadata_max_age_ms,
        acks="all",
        partitioner=spread_evenly,
        enable_idempotence=settings.enable_idempotence,
    )
    try:
        await producer.start()
        yield producer
    finally:
        await _end(producer)


async def _end(producer: AIOKafkaProducer) -> None:
    """As `stop`, which would wait for ever for what the broker does not take (aiokafka 0.14).

    The sender ends first: what is failed under it would break it when it comes to try again.
    """
    with suppress(KafkaError, TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await producer._sender.close()  # noqa: SLF001
    producer._message_accumulator.fail_all(ProducerClosed())  # noqa: SLF001
    await producer.stop()


class _Sent(NamedTuple):
    """What the producer was given, and the broker's answer to come."""

    topic: str
    answer: "asyncio.Future[object]"


class Obstacle(NamedTuple):
    """The event that the others of its queue have to wait for, and why."""

    row: Row
    error: BaseException


@dataclass(frozen=True, slots=True)
class Published:
    """What became of some events: the ids that the broker has, and what queues wait for."""

    ids: list[int] = field(default_factory=list)
    obstacles: dict[UUID, Obstacle] = field(default_factory=dict)


class Publishing:
    """One producer, what it was given and has no answer to yet, and the topics that it knows."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer
        self._topics: Collection[str] = frozenset()
        self._unanswered: dict[int, _Sent] = {}

    async def look(self) -> None:
        """Learn which topics there are.

        Raises:
            ConnectionError: the broker as a whole does not answer.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                self._topics = (await self._producer.client.fetch_all_metadata()).topics()
        except (KafkaError, TimeoutError) as error:
            raise ConnectionError("the broker does not answer") from error

    async def publish(self, rows: Sequence[Row]) -> Published:
        """Publish rows of the outbox in their order; what fails stops its own queue alone.

        Raises:
            ConnectionError: the broker does not answer, or this producer is of no use any more.
        """
        if not {row["topic"] for row in rows} <= set(self._topics):
            await self.look()
        result = Published()
        slow = {sent.topic for sent in self._unanswered.values() if not sent.answer.done()}
        given = await self._give(rows, slow, result.obstacles)
        awaited = [sent.answer for sent in given.values() if sent.topic not in slow]
        if awaited:
            await asyncio.wait(awaited, timeout=PATIENCE)
        for row in rows:
            if row["id"] in given:
                self._settle(row, given[row["id"]], result)
        return result

    async def _give(
        self, rows: Sequence[Row], slow: set[str], obstacles: dict[UUID, Obstacle]
    ) -> dict[int, _Sent]:
        given: dict[int, _Sent] = {}
        waits = dict.fromkeys(slow, _BRIEFLY)
        for row in rows:
            if row["queue"] in obstacles:
                continue
            try:
                sent = self._unanswered.pop(row["id"], None)
                given[row["id"]] = sent or await self._send(row, waits.get(row["topic"], PATIENCE))
            except (KafkaError, TimeoutError) as error:
                _refuse_fatal(error)
                obstacles[row["queue"]] = Obstacle(row, error)
                if isinstance(error, TimeoutError):  # the producer holds all that it can of it
                    waits[row["topic"]] = 0
        return given

    async def _send(self, row: Row, seconds: float) -> _Sent:
        topic = row["topic"]
        if topic not in self._topics:
            raise UnknownTopicOrPartitionError(topic)
        subject = str(row["import_id"] or "")
        headers = cloud_event(topic, row["event_id"], subject, row["created_at"])
        async with asyncio.timeout(seconds):
            answer = await self._producer.send(
                topic,
                row["data"].encode(),
                key=row["key"].encode(),
                headers=[(name, value.encode()) for name, value in headers.items()],
            )
        answer.add_done_callback(_retrieve)
        return _Sent(topic, answer)

    def _settle(self, row: Row, sent: _Sent, result: Published) -> None:
        if not sent.answer.done():
            self._unanswered[row["id"]] = sent
        error = sent.answer.exception() if sent.answer.done() else TimeoutError()
        obstacle = result.obstacles.get(row["queue"])
        if error is not None:
            _refuse_fatal(error)
        if obstacle is not None and obstacle.row["id"] < row["id"]:
            return
        if error is None:
            result.ids.append(row["id"])
        else:
            result.obstacles[row["queue"]] = Obstacle(row, error)


def _refuse_fatal(error: BaseException) -> None:
    """A plain KafkaError is aiokafka's own end: its sender has died."""
    if isinstance(error, _FATAL) or type(error) is KafkaError:
        raise ConnectionError("the producer takes nothing any more") from error


def _retrieve(answer: "asyncio.Future[object]") -> None:
    """Look at an error that nobody may come back for, so that asyncio does not complain."""
    if not answer.cancelled():
        answer.exception()
