"""How events arrive: at least once, and one middleware decides what becomes of each message.

- the handler returned: acknowledged;
- the message can never be processed: its coordinates go to the dead-letter topic, acknowledged;
- anything else failed: the unit was released with a time to try again, so acknowledged too; the
  reconciler says it again (architecture, decisions 4, 7 and 8);
- the process stops: not acknowledged, so another one gets it.

What others publish is not in the ledger before its handler returned. There, what failed because a
server is away is not acknowledged, and every other failure is a dead letter.

A consumer of our own events that would dead-letter all of them all but stops instead: that is a
bug, not bad data.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from json import JSONDecodeError
from typing import Any, Final, TypeVar

from aiokafka import ConsumerRecord
from faststream import BaseMiddleware, StreamMessage
from faststream.exceptions import AckMessage, HandlerException, NackMessage
from faststream.kafka import KafkaBroker
from pydantic import BaseModel, ValidationError

from enlist_shared.breaker import Breaker
from enlist_shared.broker import publisher
from enlist_shared.events import DeadLettered
from enlist_shared.failures import PermanentFailure, is_outage
from enlist_shared.metrics import DELIVERIES, Delivered
from enlist_shared.settings import KafkaSettings
from enlist_shared.telemetry import bind_ids, describe, logger, own_ids
from enlist_shared.topics import FOREIGN, Lane, Topic

Event = TypeVar("Event", bound=BaseModel)
_HOPELESS: Final = (ValidationError, JSONDecodeError, UnicodeDecodeError, PermanentFailure)
_NAP: Final = 5.0  # seconds; a message that is held back is looked at so often
_AGAIN_PAUSE: Final = 1.0  # seconds
# Milliseconds, the most there is. A consumer that works longer than its interval leaves the group;
# aiokafka 0.14 cancels its own coordination when a rebalance comes at that moment, and the consumer
# never joins again. Leases and timeouts bound our work, heartbeats tell of a hung process.
_NO_POLL_INTERVAL: Final = 2**31 - 1


class Delivery(BaseMiddleware[Any, Any]):
    """Decides what becomes of a message; see the module."""

    breaker = Breaker()

    async def consume_scope(
        self, call_next: Callable[[Any], Awaitable[Any]], msg: StreamMessage[Any]
    ) -> Any:  # noqa: ANN401
        with own_ids():
            return await self._decide(call_next, msg)

    async def _decide(
        self, call_next: Callable[[Any], Awaitable[Any]], msg: StreamMessage[Any]
    ) -> Any:  # noqa: ANN401
        topic = msg.raw_message.topic
        try:
            answer = await call_next(msg)
        except HandlerException:
            raise
        except _HOPELESS as error:
            await self._dead_letter(msg, error)
        except Exception as error:
            if topic in FOREIGN:
                await self._again_or_dead(msg, error)
            DELIVERIES.labels(topic, Delivered.FAILED).inc()
            logger().warning("delivery.failed", topic=topic, **describe(error))
        else:
            self.breaker.handled(topic)
            DELIVERIES.labels(topic, Delivered.HANDLED).inc()
            return answer
        raise AckMessage

    async def _again_or_dead(self, msg: StreamMessage[Any], error: Exception) -> None:
        """Nobody else knows of this event: it stays until it is in the ledger, or dead."""
        if not is_outage(error):
            await self._dead_letter(msg, error)
            raise AckMessage
        logger().warning("delivery.failed", topic=msg.raw_message.topic, **describe(error))
        DELIVERIES.labels(msg.raw_message.topic, Delivered.HELD_BACK).inc()
        await asyncio.sleep(_AGAIN_PAUSE)
        raise NackMessage

    async def _dead_letter(self, msg: StreamMessage[Any], error: Exception) -> None:
        record = msg.raw_message
        ours = record.topic not in FOREIGN
        if ours and (left := self.breaker.closed_in(record.topic)) > 0:
            DELIVERIES.labels(record.topic, Delivered.HELD_BACK).inc()
            await asyncio.sleep(min(_NAP, left))
            raise NackMessage
        reason = str(error.code) if isinstance(error, PermanentFailure) else type(error).__name__
        letter = DeadLettered(
            topic=record.topic, partition=record.partition, offset=record.offset, reason=reason
        )
        key = (record.key or b"").decode(errors="replace")
        await publisher(self.context.get("broker"))(Topic.DEAD_LETTER, key, letter)
        DELIVERIES.labels(record.topic, Delivered.DEAD_LETTERED).inc()
        logger().error("delivery.dead_lettered", topic=record.topic, reason=reason)
        if ours and (pause := self.breaker.dead_lettered(record.topic)):
            logger().critical("delivery.breaker_open", topic=record.topic, seconds=pause)


def subscribe(
    broker: KafkaBroker,
    settings: KafkaSettings,
    group: str,
    topic: Topic,
    event: type[Event],
    handle: Callable[[Event], Awaitable[None]],
) -> None:
    """Attach `handle` to a topic as a member of the consumer group `group`."""
    small = topic in {Lane.SMALL.chunk_ready, Lane.SMALL.chunk_normalized}

    async def consume(message: BaseModel) -> None:
        bind_ids(**message.model_dump(include={"account_id", "import_id"}, mode="json"))
        await handle(message)  # type: ignore[arg-type]

    consume.__annotations__ = {"message": event, "return": None}
    broker.subscriber(
        topic,
        group_id=f"enlist.{group}",
        auto_offset_reset="earliest",
        session_timeout_ms=settings.session_timeout_ms,
        heartbeat_interval_ms=settings.heartbeat_interval_ms,
        max_poll_interval_ms=_NO_POLL_INTERVAL,
        fetch_max_wait_ms=(
            settings.small_fetch_max_wait_ms if small else settings.fetch_max_wait_ms
        ),
        title=f"{group}:{topic}",
        parser=_without_headers if topic in FOREIGN else None,
    )(consume)


async def _without_headers(
    record: ConsumerRecord, parse: Callable[[ConsumerRecord], Awaitable[StreamMessage[Any]]]
) -> StreamMessage[Any]:
    """What others put into headers must neither break the parser nor ask it for a reply."""
    return await parse(replace(record, headers=()))
