"""The database of a local stack, the embedded one or one's own, and its first account."""

from collections.abc import Mapping

import asyncpg

from enlist.embedded.credentials import Account
from enlist.embedded.program import NotStartedError
from enlist_shared.accounts import create_account, hash_api_key
from enlist_shared.migrations import (
    OWNER,
    ROLES,
    connected,
    migrate,
    prepare_database,
    role_dsn,
    server_of,
)


async def prepare_own_database(dsn: str, passwords: Mapping[str, str]) -> str:
    """As `prepare_database`, by an administrator or by the owner; returns the owner's DSN.

    The owner can only migrate the database that the DSN names: the other roles have been made,
    with these passwords, when an administrator was here.

    Raises:
        NotStartedError: the server does not answer, or refuses.
    """
    try:
        async with connected(dsn) as connection:
            if await connection.fetchval("SELECT current_user") != OWNER:
                return await prepare_database(dsn, passwords)
            await migrate(connection)
        for role in ROLES[1:]:
            async with connected(role_dsn(dsn, role, passwords[role])):
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
    async with connected(owner) as connection:
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
