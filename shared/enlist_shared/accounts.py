"""Accounts and their API keys.

A key is `enl_` and 256 random bits in base 32; the database holds its SHA-256 only.
"""

from base64 import b32encode
from hashlib import sha256
from secrets import token_bytes

import asyncpg

from enlist_shared.ids import AccountId


def new_api_key() -> str:
    """A fresh key; it is shown once and never stored."""
    return "enl_" + b32encode(token_bytes(32)).decode().rstrip("=").lower()


def hash_api_key(key: str) -> bytes:
    """What the database keeps of a key."""
    return sha256(key.encode()).digest()


async def create_account(
    owner: asyncpg.Connection, name: str, default_region: str = "GB"
) -> tuple[AccountId, str]:
    """Create an account with one API key; `owner` is a connection of enlist_owner."""
    key = new_api_key()
    async with owner.transaction():
        account_id = AccountId(await owner.fetchval("SELECT uuidv7()"))
        await owner.execute("SELECT set_config('enlist.account', $1, true)", str(account_id))
        await owner.execute(
            "INSERT INTO enlist.accounts (account_id, name, default_region) VALUES ($1, $2, $3)",
            account_id,
            name,
            default_region,
        )
        await owner.execute(
            "INSERT INTO enlist.api_keys (account_id, key_hash, name) VALUES ($1, $2, 'first key')",
            account_id,
            hash_api_key(key),
        )
    return account_id, key
