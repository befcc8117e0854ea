"""The transactional outbox: what changed and the event that says so commit together.

`announce` writes an event inside the caller's transaction. One `Relay` at a time, elected by an
advisory lock, publishes unpublished rows in the order of their ids. It never remembers a
position, so rows that commit late are not passed over, and is woken by NOTIFY.
"""

import asyncio
from typing import Final

import asyncpg
from faststream.kafka import KafkaBroker

from enlist_shared.broker import cloud_event
from enlist_shared.events import Event
from enlist_shared.postgres import Connection
from enlist_shared.telemetry import describe, logger
from enlist_shared.topics import Topic

_ELECTION: Final = 0x6F7574626F78  # "outbox"
_BATCH: Final = 500
_IDLE_SECONDS: Final = 1.0
_INSERT: Final = """
INSERT INTO outbox (account_id, import_id, topic, key, data) VALUES ($1, $2, $3, $4, $5)
"""
_UNPUBLISHED: Final = """
SELECT id, import_id, event_id, topic, key, data, created_at
FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT $1
"""
_PUBLISHED: Final = "UPDATE outbox SET published_at = now() WHERE id = ANY($1::bigint[])"


async def announce(connection: Connection, topic: Topic, key: str, event: Event) -> None:
    """Publish `event` if and when the caller's transaction commits."""
    await announce_all(connection, [(topic, key, event)])


async def announce_all(connection: Connection, events: list[tuple[Topic, str, Event]]) -> None:
    """Publish several events, in this order, if and when the transaction commits."""
    await connection.executemany(
        _INSERT,
        [
            (event.account_id, event.import_id, topic, key, event.model_dump_json())
            for topic, key, event in events
        ],
    )


class Relay:
    """Publishes the outbox; any number may run, one at a time works."""

    def __init__(self, dsn: str, broker: KafkaBroker) -> None:
        self._dsn = dsn
        self._broker = broker
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Relay until cancelled; whatever fails, start over with a new connection."""
        while True:
            try:
                await self._connected()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                logger().warning("relay.interrupted", **describe(error))
                await asyncio.sleep(_IDLE_SECONDS)

    async def _connected(self) -> None:
        connection = await asyncpg.connect(
            self._dsn, timeout=5, command_timeout=30, server_settings={"application_name": "relay"}
        )
        try:
            await self._elected(connection)
            await connection.add_listener("enlist_outbox", lambda *_: self._wake.set())
            while True:
                self._wake.clear()
                if not await self._relay_batch(connection):
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

    async def _relay_batch(self, connection: asyncpg.Connection) -> bool:
        """Publish some rows; false when there were none.

        Raises:
            ConnectionError: the broker did not take a row. What follows it is published again,
                behind it; this relay steps down, as another one may reach the broker.
        """
        rows = await connection.fetch(_UNPUBLISHED, _BATCH)
        answers = await self._publish(rows)
        errors = [each for each in answers if isinstance(each, BaseException)]
        published = answers.index(errors[0]) if errors else len(answers)
        if published:
            ids = [row["id"] for row in rows[:published]]
            await connection.execute(_PUBLISHED, ids)
        if errors:
            logger().warning("relay.unpublished", **describe(errors[0]))
            raise ConnectionError("the broker did not take an event")
        return bool(rows)

    async def _publish(self, rows: list[asyncpg.Record]) -> list[object]:
        """The broker's answers in the order of the rows, an error where there is none."""
        sent: list[asyncio.Future[object]] = []
        try:
            for row in rows:
                sent.append(await self._send(row))  # noqa: PERF401 - what was sent is kept
        except Exception as error:
            return [*await asyncio.gather(*sent, return_exceptions=True), error]
        return await asyncio.gather(*sent, return_exceptions=True)

    async def _send(self, row: asyncpg.Record) -> "asyncio.Future[object]":
        future: asyncio.Future[object] = await self._broker.publish(
            row["data"].encode(),
            row["topic"],
            key=row["key"].encode(),
            headers=cloud_event(
                row["topic"], row["event_id"], str(row["import_id"]), row["created_at"]
            ),
            no_confirm=True,
        )
        return future
