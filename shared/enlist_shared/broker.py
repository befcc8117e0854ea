"""The one broker of a process, and how events leave: CloudEvents 1.0 in binary mode.

The body is the event's JSON; the attributes are headers (`ce_id`, `ce_type`, …), so that every
Kafka client can route without parsing.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias
from uuid import UUID, uuid4

from aiokafka.partitioner import DefaultPartitioner
from faststream import AckPolicy, BaseMiddleware
from faststream.kafka import KafkaBroker
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512
from pydantic import BaseModel

from enlist_shared.settings import KafkaSettings
from enlist_shared.telemetry import describe, logger
from enlist_shared.topics import Topic

Publish: TypeAlias = Callable[[Topic, str, BaseModel], Awaitable[None]]
_DRAIN_SECONDS: Final = 25.0
_by_hash: Final = DefaultPartitioner()
_RETRY_SECONDS: Final = 1.0
_PUBLISH_SECONDS: Final = 60.0  # a topic that is absent is given up after 40
_MECHANISMS: Final = {
    "PLAIN": SASLPlaintext,
    "SCRAM-SHA-256": SASLScram256,
    "SCRAM-SHA-512": SASLScram512,
}


def make_broker(
    settings: KafkaSettings, *middlewares: type[BaseMiddleware[Any, Any]]
) -> KafkaBroker:
    """A broker that acknowledges after the work; it is started by `keep_connected`."""
    return KafkaBroker(
        settings.bootstrap_servers.split(","),
        client_id=settings.client_id,
        request_timeout_ms=settings.request_timeout_ms,
        metadata_max_age_ms=settings.metadata_max_age_ms,
        acks="all",
        partitioner=spread_evenly,
        enable_idempotence=settings.enable_idempotence,
        allow_auto_create_topics=False,
        graceful_timeout=_DRAIN_SECONDS,
        ack_policy=AckPolicy.NACK_ON_ERROR,
        middlewares=middlewares,
        security=_security(settings),
        logger=None,
    )


async def keep_connected(broker: KafkaBroker) -> None:
    """Start the broker, again and again until it answers: a service outlives an absent one."""
    while True:
        try:
            await _start(broker)
        except Exception as error:
            logger().warning("broker.unreachable", **describe(error))
            await broker.stop()
            await asyncio.sleep(_RETRY_SECONDS)
        else:
            logger().info("broker.connected")
            return


def spread_evenly(key: bytes | None, partitions: list[int], available: list[int]) -> int:
    """The partition of a key: `import:n` counts through them, anything else goes by its hash.

    The units of one import are few and equally long, so chance would leave workers idle.
    """
    number = (key or b"").rpartition(b":")[2]
    if key and b":" in key and number.isdigit():
        return sorted(partitions)[int(number) % len(partitions)]
    return int(_by_hash(key, partitions, available))


async def _start(broker: KafkaBroker) -> None:
    """As `KafkaBroker.start`, with the subscribers joining their groups side by side."""
    await broker.connect()
    await asyncio.gather(*(subscriber.start() for subscriber in broker.subscribers))
    broker.running = True


def cloud_event(topic: str, event_id: UUID, subject: str, time: datetime) -> dict[str, str]:
    """The headers of an event; source: CloudEvents 1.0.2, Kafka protocol binding, binary mode.

    An event that is about no import has no subject: an empty one is not allowed.
    """
    headers = {
        "ce_specversion": "1.0",
        "ce_id": str(event_id),
        "ce_type": topic,
        "ce_source": "/enlist",
        "ce_time": time.astimezone(UTC).isoformat(),
        "content-type": "application/json",
    }
    return headers | {"ce_subject": subject} if subject else headers


def publisher(broker: KafkaBroker) -> Publish:
    """A function that publishes a work event at once, under a fresh id.

    It raises TimeoutError where aiokafka would wait for ever: for a topic that lacks replicas.
    """

    async def publish(topic: Topic, key: str, event: BaseModel) -> None:
        subject = str(getattr(event, "import_id", ""))
        async with asyncio.timeout(_PUBLISH_SECONDS):
            await broker.publish(
                event.model_dump_json().encode(),
                topic,
                key=key.encode(),
                headers=cloud_event(topic, uuid4(), subject, datetime.now(UTC)),
            )

    return publish


def _security(settings: KafkaSettings) -> BaseSecurity | None:
    if settings.security_protocol == "PLAINTEXT":
        return None
    encrypted = settings.security_protocol.endswith("SSL")
    context = ssl.create_default_context(cafile=settings.ssl_cafile) if encrypted else None
    if settings.sasl_mechanism is None or settings.sasl_password is None:
        return BaseSecurity(ssl_context=context, use_ssl=encrypted)
    return _MECHANISMS[settings.sasl_mechanism](
        username=settings.sasl_username or "",
        password=settings.sasl_password.get_secret_value(),
        ssl_context=context,
        use_ssl=encrypted,
    )
