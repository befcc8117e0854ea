"""Whether a process can work: everything that it stands on answers, and it has joined its groups.

That it lives is shown by the answer itself: the event loop turns.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import asyncpg
from faststream.kafka import KafkaBroker

from enlist_shared.ids import ObjectKey
from enlist_shared.objectstore import ObjectMissingError, ObjectStore
from enlist_shared.telemetry import describe, logger

PATIENCE: Final = 3.0  # seconds for all checks together
Check = Callable[[], Awaitable[None]]
_NOBODYS_OBJECT: Final = ObjectKey("health/no-such-object")


class NotJoinedError(Exception):
    """The broker is not reached, or a consumer waits for its group."""


class Health:
    """Looks when asked; the log says when the answer changes, and why."""

    def __init__(self, *checks: Check) -> None:
        self._checks = checks
        self._said: dict[str, str] | None = None

    async def is_ready(self) -> bool:
        """Whether every check passes in time."""
        found = await self._what_fails()
        if found != self._said:
            self._said = found
            if found:
                logger().warning("health.not_ready", **found)
            else:
                logger().info("health.ready")
        return not found

    async def _what_fails(self) -> dict[str, str]:
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*(check() for check in self._checks))
        except Exception as error:
            return describe(error)
        return {}


def database_answers(pool: asyncpg.Pool) -> Check:
    """A connection of this pool can be had and answers."""

    async def check() -> None:
        await pool.fetchval("SELECT true")

    return check


def bucket_answers(store: ObjectStore) -> Check:
    """The object store answers, if only that there is no such object.

    While it does not, one look at a time is under way, so that probes leave threads to the work.
    """
    looks: list[asyncio.Task[None]] = []

    async def look() -> None:
        try:
            await store.get(_NOBODYS_OBJECT)
        except ObjectMissingError:
            return

    async def check() -> None:
        if not looks or looks[-1].done():
            looks[:] = [asyncio.create_task(look())]
            looks[-1].add_done_callback(_is_retrieved)
        await asyncio.shield(looks[-1])

    return check


def _is_retrieved(look: "asyncio.Task[None]") -> None:
    """Nobody may be waiting any more for a look that fails late."""
    if not look.cancelled():
        look.exception()


def consumers_joined(broker: KafkaBroker) -> Check:
    """The broker answers, and each consumer has been given its partitions, be it none.

    A consumer that has started has joined: aiokafka waits for its assignment.
    """

    async def check() -> None:
        if not (broker.running and await broker.ping(PATIENCE)):
            raise NotJoinedError

    return check
