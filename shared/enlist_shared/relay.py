"""The relay: publishes the outbox in the order of its rows.

One at a time works, elected by an advisory lock, woken by NOTIFY. It never remembers a position,
so rows that commit late are not passed over. An event that cannot be published holds up its own
import (`sql/relay.sql`); only when the broker as a whole does not answer does the relay step
down, as another one may reach it.
"""

import asyncio
from typing import Final

import asyncpg
from aiokafka.errors import KafkaError

from enlist_shared.publishing import Published, Publishing, producing
from enlist_shared.settings import KafkaSettings
from enlist_shared.statements import statements
from enlist_shared.telemetry import describe, logger

SQL: Final = statements(__package__, "relay.sql")
_ELECTION: Final = 0x6F7574626F78  # "outbox"
_BATCH: Final = 500
_HELD_BATCH: Final = 100  # at most so many held imports are tried at once
_IDLE_SECONDS: Final = 1.0
_INTERRUPTIONS: Final = (OSError, KafkaError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Relay:
    """Publishes the outbox; any number may run, one at a time works."""

    def __init__(self, dsn: str, settings: KafkaSettings) -> None:
        self._dsn = dsn
        self._settings = settings
        self._wake = asyncio.Event()
        self._held_from = 0.0  # by the loop's clock: when held events are looked at again

    async def run(self) -> None:
        """Relay until cancelled; whatever fails, start over with new connections."""
        while True:
            try:
                async with producing(self._settings) as producer:
                    await self._connected(Publishing(producer))
            except _INTERRUPTIONS as error:
                logger().warning("relay.interrupted", **describe(error))
                await asyncio.sleep(_IDLE_SECONDS)

    async def _connected(self, publishing: Publishing) -> None:
        connection = await asyncpg.connect(
            self._dsn, timeout=5, command_timeout=30, server_settings={"application_name": "relay"}
        )
        try:
            await self._elected(connection)
            await connection.add_listener("enlist_outbox", lambda *_: self._wake.set())
            while True:
                self._wake.clear()
                if not await self._relay_batch(connection, publishing):
                    await self._until_woken()
        finally:
            await connection.close(timeout=2)

    async def _elected(self, connection: asyncpg.Connection) -> None:
        question = "SELECT pg_try_advisory_lock($1)"
        while not await connection.fetchval(question, _ELECTION):  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(_IDLE_SECONDS)

    async def _until_woken(self) -> None:
        try:
            async with asyncio.timeout(_IDLE_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _relay_batch(self, connection: asyncpg.Connection, publishing: Publishing) -> bool:
        """Publish some rows; false when there were none.

        Raises:
            ConnectionError: the broker does not answer.
        """
        due = await self._due(connection)
        fresh = await connection.fetch(SQL["unpublished"], _BATCH)
        result = await publishing.publish([*due, *(row for row in fresh if not row["behind"])])
        async with connection.transaction():
            await _hold(connection, fresh, result)
            await _mark(connection, due, result)
        if result.obstacles:
            self._held_from = asyncio.get_running_loop().time() + _IDLE_SECONDS
            _tell(result)
            await publishing.look()
        return bool(due or fresh)

    async def _due(self, connection: asyncpg.Connection) -> list[asyncpg.Record]:
        if asyncio.get_running_loop().time() < self._held_from:
            return []
        return await connection.fetch(SQL["due"], _HELD_BATCH)


async def _hold(
    connection: asyncpg.Connection, fresh: list[asyncpg.Record], result: Published
) -> None:
    out, obstacles = set(result.ids), result.obstacles
    heads = {obstacle.row["id"] for obstacle in obstacles.values()}
    behind = {
        row["id"]
        for row in fresh
        if row["behind"] or (row["queue"] in obstacles and row["id"] not in out)
    }
    if heads or behind:
        await connection.execute(SQL["hold"], list(heads | behind), list(heads))


async def _mark(
    connection: asyncpg.Connection, due: list[asyncpg.Record], result: Published
) -> None:
    out = set(result.ids)
    if out:
        await connection.execute(SQL["published"], result.ids)
    if moved_on := [row["queue"] for row in due if row["id"] in out]:
        await connection.execute(SQL["let_go"], moved_on)


def _tell(result: Published) -> None:
    obstacles = result.obstacles.values()
    logger().warning(
        "relay.held",
        imports=len(obstacles),
        topics=sorted({obstacle.row["topic"] for obstacle in obstacles}),
        errors=sorted({type(obstacle.error).__name__ for obstacle in obstacles}),
    )
