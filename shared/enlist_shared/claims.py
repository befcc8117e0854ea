"""Claims: a unit of work runs while somebody holds a lease on it, by the database's clock.

The three SQL functions `claim`, `extend` and `release` are all that a normaliser may execute.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

import asyncpg

from enlist_shared.failures import retry_delay
from enlist_shared.ids import AccountId, ImportId, ObjectKey
from enlist_shared.metrics import LEASES_LOST
from enlist_shared.postgres import Connection, is_transient
from enlist_shared.states import UnitKind
from enlist_shared.telemetry import bind_ids


@dataclass(frozen=True, slots=True)
class Unit:
    """What is claimed: the split, a chunk or a shard of an import."""

    account_id: AccountId
    import_id: ImportId
    kind: UnitKind
    number: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.number}"


class Answer(StrEnum):
    """May this unit run now?"""

    GO = "go"
    DONE = "done"
    BUSY = "busy"
    ENDED = "ended"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Claim:
    """The answer; a token with `go`, the key of what the unit left in S3 with `done`."""

    unit: Unit
    answer: Answer
    token: UUID | None
    key: ObjectKey | None
    failures: int


class Claims:
    """Takes, renews and ends claims with connections of the service's own role."""

    def __init__(self, pool: asyncpg.Pool, lease_seconds: float) -> None:
        self._pool = pool
        self._lease = timedelta(seconds=lease_seconds)

    async def claim(self, unit: Unit) -> Claim:
        """Ask for a unit; with `go`, `hold` must follow at once."""
        bind_ids(account_id=unit.account_id, import_id=unit.import_id, unit=unit)
        row = await self._pool.fetchrow(
            "SELECT answer, token, key, failures FROM enlist.claim($1, $2, $3, $4, $5)",
            unit.account_id,
            unit.import_id,
            unit.kind,
            unit.number,
            self._lease,
        )
        if row is None:
            raise LookupError("the function claim always answers")
        return Claim(unit, Answer(row["answer"]), row["token"], row["key"], row["failures"])

    @asynccontextmanager
    async def hold(self, claim: Claim) -> AsyncIterator[None]:
        """Renew the lease while the body works; a body that fails gives the unit back.

        The body finishes the unit itself with `finish`, which is why success does nothing here.
        A cancelled body (the service stops) gives the unit back at once.
        """
        renewing = asyncio.create_task(self._renew(claim))
        try:
            yield
        except BaseException:
            with suppress(Exception):
                await asyncio.shield(self._give_back(claim))
            raise
        finally:
            renewing.cancel()

    async def finish(self, claim: Claim, key: ObjectKey | None) -> bool:
        """End the unit for ever; false when the lease went to somebody else meanwhile."""
        return _kept(claim, await finish(self._pool, claim, key))

    async def _give_back(self, claim: Claim) -> None:
        delay = timedelta(seconds=retry_delay(claim.failures))
        deadline = asyncio.get_running_loop().time() + self._lease.total_seconds()
        while asyncio.get_running_loop().time() < deadline:
            try:
                released = await self._pool.fetchval(
                    "SELECT enlist.release($1, $2, $3, $4, $5, NULL, $6)", *_held(claim), delay
                )
            except Exception as error:
                if not is_transient(error):
                    raise
                await asyncio.sleep(0.5)
            else:
                _kept(claim, released)
                return

    async def _renew(self, claim: Claim) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                await self._pool.fetchval(
                    "SELECT enlist.extend($1, $2, $3, $4, $5, $6)", *_held(claim), self._lease
                )


async def finish(
    connection: Connection | asyncpg.Pool, claim: Claim, key: ObjectKey | None
) -> bool:
    """As `Claims.finish`, within a transaction of the caller's."""
    return bool(
        await connection.fetchval(
            "SELECT enlist.release($1, $2, $3, $4, $5, $6, NULL)", *_held(claim), key
        )
    )


def _kept(claim: Claim, kept: object) -> bool:
    """Whether the claim was still ours when it ended."""
    if not kept:
        LEASES_LOST.labels(claim.unit.kind).inc()
    return bool(kept)


def _held(claim: Claim) -> tuple[AccountId, ImportId, UnitKind, int, UUID | None]:
    unit = claim.unit
    return unit.account_id, unit.import_id, unit.kind, unit.number, claim.token
