"""What a database needs before services can use it; each step may run again and changes nothing.

The superuser makes roles and the database; everything in it is made by `enlist_owner`.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from enlist.embedded.credentials import OWNER, ROLES, Account
from enlist.embedded.program import NotStartedError
from enlist_shared.accounts import create_account, hash_api_key
from enlist_shared.migrations import migrate, prepare_roles

DATABASE: Final = "enlist"


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
    """Roles with these passwords, the database, its schema; returns the owner's DSN."""
    async with _connected(superuser) as admin:
        await prepare_roles(admin, passwords)
        if not await admin.fetchval("SELECT pg_has_role($1, 'SET')", OWNER):  # no superuser
            await admin.execute(f"GRANT {OWNER} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE")
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            statement = "SELECT format('CREATE DATABASE %I OWNER %I', $1::text, $2::text)"
            await admin.execute(await admin.fetchval(statement, database, OWNER))
    owner = role_dsn(superuser, OWNER, passwords[OWNER], database)
    async with _connected(owner) as connection:
        await migrate(connection)
    return owner


async def prepare_own_database(dsn: str, passwords: Mapping[str, str]) -> str:
    """As `prepare_database`, by an administrator or by the owner; returns the owner's DSN.

    The owner can only migrate the database that the DSN names: the other roles have been made,
    with these passwords, when an administrator was here.

    Raises:
        NotStartedError: the server does not answer, or refuses.
    """
    try:
        async with _connected(dsn) as connection:
            if await connection.fetchval("SELECT current_user") != OWNER:
                return await prepare_database(dsn, passwords)
            await migrate(connection)
        for role in ROLES[1:]:
            async with _connected(role_dsn(dsn, role, passwords[role])):
                pass
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        raise NotStartedError(
            f"PostgreSQL at {server_of(dsn)}: {error}; a role's password is known only to the "
            "data directory that made it: start once with an administrator's DSN"
        ) from error
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise NotStartedError(f"PostgreSQL at {server_of(dsn)}: {error}") from error
    return dsn


async def first_account(owner: str, kept: Account | None) -> Account:
    """The account that was kept, if the database has it; else a new one with one API key."""
    async with _connected(owner) as connection:
        if kept is not None and await _has(connection, kept):
            return kept
        account_id, api_key = await create_account(connection, "default", "GB")
    return Account(account_id=account_id, api_key=api_key)


async def _has(owner: asyncpg.Connection, account: Account) -> bool:
    question = "SELECT EXISTS (SELECT FROM enlist.api_keys WHERE key_hash = $1)"
    async with owner.transaction():
        await owner.execute(
            "SELECT set_config('enlist.account', $1, true)", str(account.account_id)
        )
        return bool(await owner.fetchval(question, hash_api_key(account.api_key)))


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()
