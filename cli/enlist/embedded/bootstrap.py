"""What a database needs before services can use it; each step may run again and changes nothing.

The superuser makes roles and the database; everything in it is made by `enlist_owner`.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import quote, urlsplit

import asyncpg

from enlist.embedded.credentials import OWNER, Account
from enlist_shared.accounts import create_account
from enlist_shared.migrations import migrate, prepare_roles

DATABASE: Final = "enlist"


def role_dsn(superuser: str, role: str, password: str, database: str = DATABASE) -> str:
    """The DSN of another role on the server that the superuser's DSN names."""
    address = urlsplit(superuser).netloc.rpartition("@")[2]
    return f"postgresql://{role}:{quote(password, safe='')}@{address}/{database}"


async def prepare_database(
    superuser: str, passwords: Mapping[str, str], database: str = DATABASE
) -> str:
    """Roles with these passwords, the database, its schema; returns the owner's DSN."""
    async with _connected(superuser) as admin:
        await prepare_roles(admin, passwords)
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            statement = "SELECT format('CREATE DATABASE %I OWNER %I', $1::text, $2::text)"
            await admin.execute(await admin.fetchval(statement, database, OWNER))
    owner = role_dsn(superuser, OWNER, passwords[OWNER], database)
    async with _connected(owner) as connection:
        await migrate(connection)
    return owner


async def first_account(owner: str) -> Account:
    """A new account with one API key."""
    async with _connected(owner) as connection:
        account_id, api_key = await create_account(connection, "default", "GB")
    return Account(account_id=account_id, api_key=api_key)


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()
