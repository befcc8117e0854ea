"""Saved mappings and options of an account, found again by the header that they are for."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import asyncpg

from enlist_rules.header import REJECT_COLUMNS, folded
from enlist_shared.ids import AccountId
from enlist_shared.postgres import account_transaction
from enlist_shared.statements import statements

SQL: Final = statements(__package__, "profiles.sql")


def header_hash(columns: Sequence[str]) -> bytes:
    """What makes two headers the same: their names as mapping compares them, in order.

    The columns that reject files add count for nothing.
    """
    keys = [folded(column) or column.strip() for column in columns]
    own = len(REJECT_COLUMNS)
    if tuple(keys[-own:]) == REJECT_COLUMNS:
        keys = keys[:-own]
    return sha256("\x1f".join(keys).encode()).digest()


class Profiles:
    """The profiles of all accounts, as the role `enlist_ingest` may use them."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def save(
        self, account_id: AccountId, name: str, columns: Sequence[str], options: dict[str, Any]
    ) -> asyncpg.Record:
        """The profile, in place of one of the same name."""
        said = (account_id, name, list(columns), header_hash(columns), options)
        async with account_transaction(self._pool, account_id) as connection:
            row = await connection.fetchrow(SQL["save_profile"], *said)
        if row is None:
            raise LookupError("an INSERT that updates on conflict always returns its row")
        return row

    async def all(self, account_id: AccountId) -> list[asyncpg.Record]:
        """By name."""
        async with account_transaction(self._pool, account_id) as connection:
            return await connection.fetch(SQL["profiles"], account_id)

    async def remove(self, account_id: AccountId, profile_id: UUID) -> bool:
        """Whether there was one."""
        async with account_transaction(self._pool, account_id) as connection:
            row = await connection.fetchrow(SQL["remove_profile"], account_id, profile_id)
        return row is not None

    async def for_header(
        self, account_id: AccountId, columns: Sequence[str]
    ) -> asyncpg.Record | None:
        """The newest profile of this header."""
        async with account_transaction(self._pool, account_id) as connection:
            return await connection.fetchrow(
                SQL["profile_of_header"], account_id, header_hash(columns)
            )

    async def seen_before(self, account_id: AccountId, digest: bytes) -> asyncpg.Record | None:
        """The latest import of this content in the last 30 days."""
        async with account_transaction(self._pool, account_id) as connection:
            return await connection.fetchrow(SQL["seen_before"], account_id, digest)
