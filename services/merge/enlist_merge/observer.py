"""Shows the ledger in metrics: what is under way, what waits, since when.

One process at a time does, elected by an advisory lock that lasts as long as its connection.
"""

import asyncio
from collections.abc import Iterable
from typing import Final

import asyncpg

from enlist_shared.metrics import OUTBOX_EVENTS, OUTBOX_OLDEST, UNIT_OLDEST, UNITS
from enlist_shared.postgres import Connection
from enlist_shared.statements import statements
from enlist_shared.telemetry import describe, logger

SQL: Final = statements(__package__, "observer.sql")
_ELECTION: Final = 0x6F6273657276  # "observ"
_EVERY: Final = 5.0  # seconds
_ELECT: Final = "SELECT pg_try_advisory_lock($1)"
_GAUGES: Final = (UNITS, UNIT_OLDEST, OUTBOX_EVENTS, OUTBOX_OLDEST)


class Observer:
    """Any number may run, one at a time works, with a connection of enlist_system."""

    def __init__(self, system_pool: asyncpg.Pool) -> None:
        self._pool = system_pool

    async def run(self) -> None:
        """Look every few seconds until cancelled."""
        while True:
            try:
                async with self._pool.acquire() as connection:
                    try:
                        while await connection.fetchval(_ELECT, _ELECTION):
                            await observe(connection)
                            await asyncio.sleep(_EVERY)
                    finally:  # the pool leaves sessions as they are
                        await connection.execute("SELECT pg_advisory_unlock_all()")
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                logger().warning("observer.interrupted", **describe(error))
            finally:
                _show((), ())
            await asyncio.sleep(_EVERY)


async def observe(connection: Connection) -> None:
    """Look once."""
    _show(await connection.fetch(SQL["units"]), await connection.fetch(SQL["outbox"]))


def _show(units: Iterable[asyncpg.Record], events: Iterable[asyncpg.Record]) -> None:
    for gauge in _GAUGES:
        gauge.clear()
    for row in units:
        UNITS.labels(row["kind"], row["state"]).set(row["units"])
        if row["state"] == "open":
            UNIT_OLDEST.labels(row["kind"]).set(row["oldest"])
    for row in events:
        OUTBOX_EVENTS.labels(row["topic"]).set(row["events"])
        OUTBOX_OLDEST.labels(row["topic"]).set(row["oldest"])
