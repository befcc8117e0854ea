"""Connections to the ledger: one pool a role, one account a transaction."""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import partial
from types import MappingProxyType
from typing import Final

import asyncpg

from enlist_shared.ids import AccountId
from enlist_shared.metrics import observed
from enlist_shared.settings import PostgresSettings

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
Note = Callable[[], object]
_notes: Final = ContextVar[list[Note] | None]("notes", default=None)

# The classes of errors after which the same transaction may succeed: connection lost, resources,
# operator intervention, serialisation and deadlock, lock not available; and 25P03, a transaction
# that was idle for too long. (PostgreSQL, appendix A)
_TRANSIENT_CLASSES: Final = ("08", "25P03", "40", "53", "55", "57", "58")


class _Session(asyncpg.Connection):
    """Goes back to its pool as it is: whatever is set, is set for one transaction.

    The clean-up that asyncpg would send is a round trip for each transaction.
    """

    def get_reset_query(self) -> str:
        return ""


@asynccontextmanager
async def open_pool(
    settings: PostgresSettings,
    application: str,
    prepare: Sequence[str] = (),
    session: Mapping[str, str] = MappingProxyType({}),
) -> AsyncIterator[asyncpg.Pool]:
    """A pool of connections of the role in the DSN, closed when the context ends.

    `prepare` is run once on each new connection: temporary tables that live as long as it does.
    `session` are further server settings of its connections.
    """
    pool = await asyncpg.create_pool(
        settings.dsn.get_secret_value(),
        connection_class=_Session,
        min_size=settings.pool_min,
        max_size=settings.pool_max,
        timeout=settings.connect_timeout,
        command_timeout=settings.statement_timeout,
        init=partial(_prepare, statements=prepare),
        server_settings={
            "application_name": application,
            "statement_timeout": _milliseconds(settings.statement_timeout),
            "lock_timeout": _milliseconds(settings.lock_timeout),
            "idle_in_transaction_session_timeout": _milliseconds(
                settings.idle_in_transaction_timeout
            ),
            **session,
        },
    )
    try:
        with observed(pool, application):
            yield pool
    finally:
        await pool.close()


@asynccontextmanager
async def account_transaction(
    pool: asyncpg.Pool, account_id: AccountId
) -> AsyncIterator[Connection]:
    """A transaction that sees the rows of one account and no others."""
    before, notes = _notes.get(), list[Note]()
    _notes.set(notes)
    try:
        async with pool.acquire() as connection, connection.transaction():
            question = "SELECT set_config('enlist.account', $1, true)"
            await connection.execute(question, str(account_id))
            yield connection
    finally:
        _notes.set(before)
    for note in notes:
        note()


def after_commit(note: Note) -> None:
    """Take note of something if and when the transaction around the caller has committed."""
    notes = _notes.get()
    if notes is None:
        note()
    else:
        notes.append(note)


def is_transient(error: BaseException) -> bool:
    """Whether the same work may succeed on another try: a server or a network was away."""
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "").startswith(_TRANSIENT_CLASSES)
    return isinstance(error, (OSError, TimeoutError, asyncpg.InterfaceError))


async def _prepare(connection: asyncpg.Connection, statements: Sequence[str]) -> None:
    await connection.set_type_codec(
        "jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog"
    )
    for statement in statements:
        await connection.execute(statement)


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))
