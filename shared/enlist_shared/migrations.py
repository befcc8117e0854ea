"""Brings a database to the schema that this version of Enlist needs.

Migrations are numbered SQL files (`deploy/database/migrations/NNNN_name.sql`), each run once, in
order, in a transaction of its own, as `enlist_owner`. A database that is newer is refused.
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

import asyncpg

DATABASE_FOLDER: Final = Path(__file__).parents[2] / "deploy" / "database"
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
