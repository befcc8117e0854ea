"""Claims: a unit of work runs while somebody holds a lease on it, by the database's clock.

The three SQL functions `claim`, `extend` and `release` are all that a normaliser may execute.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

import asyncpg

from enlist_shared.failures import PermanentFailure, is_outage, retry_delay, with_retries
from enlist_shared.ids import AccountId, ImportId, ObjectKey
from enlist_shared.metrics import LEASES_LOST
from enlist_shared.postgres import Connection, is_transient
from enlist_shared.room import Room
from enlist_shared.states import UnitKind
from enlist_shared.telemetry import bind_ids

_LONGER: Final = 3  # doublings: three attempts are to last longer than a passing weakness


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
    attempts: int


class Claims:
    """Takes, renews and ends claims with connections of the service's own role.

    One a process: what was attempted before runs in it alone.
    """

    def __init__(self, pool: asyncpg.Pool, lease_seconds: float) -> None:
        self._pool = pool
        self._lease = timedelta(seconds=lease_seconds)
        self._room = Room()

    async def claim(self, unit: Unit) -> Claim:
        """Ask for a unit; with `go`, `hold` must follow at once.

        While the server is away, for two seconds: under one token, so that an answer that was
        lost is given again. What may have been granted unheard is given back, as is what would
        keep a unit company that runs alone: `busy`.
        """
        bind_ids(account_id=unit.account_id, import_id=unit.import_id, unit=unit)
        asked = Claim(unit, Answer.GO, uuid4(), None, 0, 0)
        try:
            claim = await with_retries(lambda: self._ask(asked))
        except Exception as error:
            if is_outage(error):
                await self._give_back(asked, counted=False)
            raise
        if claim.answer is Answer.GO and self._room.is_closed:
            await self._give_back(claim, counted=False)
            return replace(claim, answer=Answer.BUSY, token=None)
        return claim

    async def _ask(self, asked: Claim) -> Claim:
        row = await self._pool.fetchrow(
            "SELECT answer, token, key, failures, attempts"
            " FROM enlist.claim($1, $2, $3, $4, $6, $5)",
            *_held(asked),
            self._lease,
        )
        if row is None:
            raise LookupError("the function claim always answers")
        return replace(
            asked,
            answer=Answer(row["answer"]),
            token=row["token"],
            key=row["key"],
            failures=row["failures"],
            attempts=row["attempts"],
        )

    @asynccontextmanager
    async def hold(self, claim: Claim) -> AsyncIterator[None]:
        """Renew the lease while the body works; a body that fails gives the unit back.

        The body of a unit that was attempted before waits until it is alone in the process.
        The body finishes the unit itself with `finish`, which is why success does nothing here.
        A cancelled body (the service stops) gives the unit back at once. What is neither an
        outage nor permanent counts as an attempt.
        """
        renewing = asyncio.create_task(self._renew(claim))
        try:
            async with self._room.enter(alone=claim.attempts > 0):
                yield
        except BaseException as error:
            counted = not (is_outage(error) or isinstance(error, PermanentFailure))
            with suppress(Exception):
                _kept(claim, await asyncio.shield(self._give_back(claim, counted)))
            raise
        finally:
            renewing.cancel()

    async def finish(self, claim: Claim, key: ObjectKey | None) -> bool:
        """End the unit for ever; false when the lease went to somebody else meanwhile."""
        return _kept(claim, await finish(self._pool, claim, key))

    async def _give_back(self, claim: Claim, counted: bool) -> bool:
        delay = timedelta(seconds=retry_delay(claim.failures + (_LONGER if counted else 0)))
        deadline = asyncio.get_running_loop().time() + self._lease.total_seconds()
        while asyncio.get_running_loop().time() < deadline:
            try:
                released = await self._pool.fetchval(
                    "SELECT enlist.release($1, $2, $3, $4, $5, NULL, $6, $7)",
                    *_held(claim),
                    delay,
                    counted,
                )
            except Exception as error:
                if not is_transient(error):
                    raise
                await asyncio.sleep(0.5)
            else:
                return bool(released)
        return False

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
