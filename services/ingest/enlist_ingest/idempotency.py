"""Idempotency keys: of all requests under one key one has a result, and the others get its answer.

A request holds its key by a lease in database time while it runs, and the key is free again when
it fails or its process dies. An import is bound to the key by the transaction that accepts it, so
that a request whose answer was lost has made the only import there will be.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg

from enlist_shared.ids import AccountId, ImportId
from enlist_shared.postgres import Connection, account_transaction
from enlist_shared.statements import statements
from enlist_shared.telemetry import describe, logger

SQL: Final = statements(__package__, "idempotency.sql")
KEPT: Final = timedelta(hours=24)
PRUNE_EVERY: Final = 600.0  # seconds
Columns = tuple[AccountId, str, str]


class KeyLostError(Exception):
    """The lease on the key ran out and another request has it; nothing was done."""


@dataclass(frozen=True, slots=True)
class RequestKey:
    """Keys are apart for each account and for each route, its path and query included."""

    account_id: AccountId
    route: str
    key: str

    @property
    def columns(self) -> Columns:
        return self.account_id, self.route, self.key


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, to be said again."""

    status: int
    location: str | None
    body: str


@dataclass(frozen=True, slots=True)
class Once:
    """A request that holds its key; `fingerprint` is for when its body has been read."""

    key: RequestKey
    token: UUID
    fingerprint: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Result:
    """What the request under a key has led to; an import may still lack its answer."""

    key: RequestKey
    token: UUID
    fingerprint: bytes
    import_id: ImportId | None
    answer: Answer | None


class KeyHeldError(Exception):
    """A request under this key is running."""


class IdempotencyKeys:
    """The keys of all accounts, as the role `enlist_ingest` may use them."""

    def __init__(self, pool: asyncpg.Pool, lease_seconds: float) -> None:
        self._pool = pool
        self._lease = timedelta(seconds=lease_seconds)

    async def begin(self, key: RequestKey, fingerprint: Callable[[], bytes]) -> Once | Result:
        """Hold the key, for which `hold` must follow at once, or learn what it has led to.

        Raises:
            KeyHeldError: somebody else holds it.
        """
        async with account_transaction(self._pool, key.account_id) as connection:
            token = await connection.fetchval(SQL["claim_key"], *key.columns, self._lease, KEPT)
            if token is not None:
                return Once(key, token, fingerprint)
            row = await connection.fetchrow(SQL["known_key"], *key.columns)
        if row is None or row["fingerprint"] is None:
            raise KeyHeldError
        return Result(key, row["token"], row["fingerprint"], row["import_id"], _answer(row))

    @asynccontextmanager
    async def hold(self, once: Once) -> AsyncIterator[None]:
        """Renew the lease while the body works; a body that fails frees the key."""
        renewing = asyncio.create_task(self._renew(once))
        try:
            yield
        except BaseException:
            with suppress(Exception):
                await asyncio.shield(self._execute("free_key", once))
            raise
        finally:
            renewing.cancel()

    async def keep(self, held: Once | Result, fingerprint: bytes, answer: Answer) -> Answer:
        """The answer from now on, unless there is one: that is what everybody gets."""
        async with account_transaction(self._pool, held.key.account_id) as connection:
            row = await connection.fetchrow(
                SQL["keep_answer"],
                *held.key.columns,
                held.token,
                fingerprint,
                answer.status,
                answer.location,
                answer.body,
            )
        return answer if row is None else _answer(row) or answer

    async def prune(self) -> int:
        """Forget keys that are older than `KEPT`, in every account; how many."""
        return int(await self._pool.fetchval("SELECT enlist.prune_idempotency_keys($1)", KEPT))

    async def keep_pruned(self) -> None:
        """Prune now and then, until cancelled."""
        while True:
            await asyncio.sleep(PRUNE_EVERY)
            try:
                await self.prune()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                logger().warning("idempotency.not_pruned", **describe(error))

    async def _renew(self, once: Once) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                await self._execute("extend_key", once, self._lease)

    async def _execute(self, name: str, once: Once, *arguments: object) -> None:
        async with account_transaction(self._pool, once.key.account_id) as connection:
            await connection.execute(SQL[name], *once.key.columns, once.token, *arguments)


async def bind(connection: Connection, once: Once, import_id: ImportId) -> None:
    """The import is what the key has led to, if and when the caller's transaction commits.

    Raises:
        KeyLostError: another request has the key.
    """
    bound = await connection.fetchval(
        SQL["bind_key"], *once.key.columns, once.token, once.fingerprint(), import_id
    )
    if not bound:
        raise KeyLostError


def _answer(row: asyncpg.Record) -> Answer | None:
    if row["status"] is None:
        return None
    return Answer(row["status"], row["location"], row["body"])
