"""Brings a database to the schema that this version of Enlist needs.

Migrations are numbered SQL files (`deploy/database/migrations/NNNN_name.sql`), each run once, in
order, in a transaction of its own, as `enlist_owner`. A database that is newer is refused.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

OWNER: Final = "enlist_owner"
ROLES: Final = (OWNER, "enlist_ingest", "enlist_normalize", "enlist_merge", "enlist_system")
DATABASE: Final = "enlist"
# A link to `deploy/database`, so that a wheel of this package holds the SQL too.
DATABASE_FOLDER: Final = Path(__file__).with_name("database")
_APPLIED: Final = """
CREATE TABLE IF NOT EXISTS public.enlist_migrations (
  name       text        PRIMARY KEY,
  sha256     text        NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
)
"""
_ONE_AT_A_TIME: Final = 0x656E6C697374  # "enlist"


class SchemaMismatchError(Exception):
    """The database was migrated by a newer version, or a migration was changed afterwards."""


def server_of(dsn: str) -> str:
    """Host and port, without a word about who connects."""
    return urlsplit(dsn).netloc.rpartition("@")[2]


def role_dsn(dsn: str, role: str, password: str, database: str | None = None) -> str:
    """The DSN of another role on the same server, in the same database unless one is named."""
    parts = urlsplit(dsn)
    path = parts.path if database is None else f"/{database}"
    netloc = f"{role}:{quote(password, safe='')}@{server_of(dsn)}"
    return urlunsplit(("postgresql", netloc, path, parts.query, ""))


async def prepare_database(
    superuser: str, passwords: Mapping[str, str], database: str = DATABASE
) -> str:
    """Roles with these passwords, the database, its schema; returns the owner's DSN.

    The superuser makes roles and the database; everything in it is made by `enlist_owner`. All of
    it may run again and changes nothing.
    """
    async with connected(superuser) as admin:
        await prepare_roles(admin, passwords)
        if not await admin.fetchval("SELECT pg_has_role($1, 'SET')", OWNER):  # no superuser
            await admin.execute(f"GRANT {OWNER} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE")
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            statement = "SELECT format('CREATE DATABASE %I OWNER %I', $1::text, $2::text)"
            await admin.execute(await admin.fetchval(statement, database, OWNER))
    owner = role_dsn(superuser, OWNER, passwords[OWNER], database)
    async with connected(owner) as connection:
        await migrate(connection)
    return owner


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection for the length of a block."""
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


async def prepare_roles(
    admin: asyncpg.Connection, passwords: Mapping[str, str], folder: Path = DATABASE_FOLDER
) -> None:
    """Create the roles of the cluster and set their passwords; needs an administrator."""
    await admin.execute((folder / "roles.sql").read_text())
    for role, password in passwords.items():
        statement = await admin.fetchval(
            "SELECT format('ALTER ROLE %I PASSWORD %L', $1::text, $2::text)", role, password
        )
        await admin.execute(statement)


async def migrate(connection: asyncpg.Connection, folder: Path = DATABASE_FOLDER) -> list[str]:
    """Apply what is missing and return the names of what was applied.

    The connection belongs to `enlist_owner` or to somebody who may become it.

    Raises:
        SchemaMismatchError: the database knows migrations that this version does not.
    """
    available = _available(folder / "migrations")
    await connection.execute("SELECT pg_advisory_lock($1::bigint)", _ONE_AT_A_TIME)
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL ROLE enlist_owner")
            await connection.execute(_APPLIED)
        rows = await connection.fetch("SELECT name, sha256 FROM public.enlist_migrations")
        _refuse_unknown({row["name"]: row["sha256"] for row in rows}, available)
        done = {row["name"] for row in rows}
        missing = [name for name in available if name not in done]
        for name in missing:
            await _apply(connection, name, available[name])
        return missing
    finally:
        await connection.execute("SELECT pg_advisory_unlock($1::bigint)", _ONE_AT_A_TIME)


def _available(folder: Path) -> dict[str, str]:
    """The migrations by name, in order; other files in the folder are none."""
    return {path.stem: path.read_text() for path in sorted(folder.glob("*.sql"))}


async def _apply(connection: asyncpg.Connection, name: str, text: str) -> None:
    async with connection.transaction():
        await connection.execute("SET LOCAL ROLE enlist_owner")
        await connection.execute(text)
        await connection.execute(
            "INSERT INTO public.enlist_migrations (name, sha256) VALUES ($1, $2)",
            name,
            _digest(text),
        )


def _refuse_unknown(applied: Mapping[str, str], available: Mapping[str, str]) -> None:
    unknown = sorted(set(applied) - set(available))
    if unknown:
        raise SchemaMismatchError(
            f"the database has migrations that this version does not know: {', '.join(unknown)}; "
            "nothing was changed; start a version of Enlist that is at least as new"
        )
    changed = [name for name, digest in applied.items() if digest != _digest(available[name])]
    if changed:
        raise SchemaMismatchError(f"migrations changed after they ran: {', '.join(changed)}")


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
