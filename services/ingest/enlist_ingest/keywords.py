"""An account's own words: which list they join, or that they opt out or in like STOP and START."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

from enlist_rules.identity import name_key
from enlist_rules.keywords import Effect, FirstWord, Meaning, meaning
from enlist_shared.ids import AccountId, ListId
from enlist_shared.postgres import Connection, account_transaction
from enlist_shared.statements import statements

SQL: Final = statements(__package__, "keywords.sql")


class KeywordTakenError(Exception):
    """The word stands for this number already."""


class ListUnknownError(Exception):
    """The account has no such list."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word to be added; `number` None means whichever number is texted.

    `wanted_list` is the name of a list, which is made if it is new, or the id of one.
    """

    number: str | None
    keyword: str
    word_key: str
    effect: Effect
    wanted_list: str | int | None


class Keywords:
    """The words of all accounts, as the role `enlist_ingest` may use them."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def add(self, account_id: AccountId, keyword: Keyword) -> asyncpg.Record:
        """The keyword's row.

        Raises:
            KeywordTakenError: remove the other one first.
            ListUnknownError: of an id; a name is made a list.
        """
        said = keyword.number, keyword.keyword, keyword.word_key, keyword.effect
        async with account_transaction(self._pool, account_id) as connection:
            list_id = await _list_id(connection, account_id, keyword.wanted_list)
            row = await connection.fetchrow(SQL["add_keyword"], account_id, *said, list_id)
            if row is None:
                raise KeywordTakenError
        return row

    async def all(self, account_id: AccountId) -> list[asyncpg.Record]:
        """By word."""
        async with account_transaction(self._pool, account_id) as connection:
            return await connection.fetch(SQL["keywords"], account_id)

    async def remove(self, account_id: AccountId, keyword_id: UUID) -> bool:
        """Whether there was one; who has joined its list stays."""
        async with account_transaction(self._pool, account_id) as connection:
            row = await connection.fetchrow(SQL["remove_keyword"], account_id, keyword_id)
        return row is not None


async def heard(
    connection: Connection, account_id: AccountId, word: FirstWord, number: str | None
) -> tuple[Meaning, ListId | None] | None:
    """What a message to `number` that begins with this word does, and which list it joins."""
    rows = await connection.fetch(SQL["words"], account_id, list(word), number)
    words = {row["word_key"]: row for row in rows}
    means = meaning(word, {key: Effect(row["effect"]) for key, row in words.items()})
    if means is None:
        return None
    return means, words[means.word_key]["list_id"] if means.effect is Effect.JOIN else None


async def _list_id(
    connection: Connection, account_id: AccountId, wanted: str | int | None
) -> ListId | None:
    if wanted is None:
        return None
    if isinstance(wanted, str):
        key = name_key(wanted)
        await connection.execute(SQL["add_list"], account_id, wanted, key)
        found = await connection.fetchval(SQL["list_named"], account_id, key)
    else:
        found = await connection.fetchval(SQL["lock_list"], account_id, wanted)
    if found is None:
        raise ListUnknownError
    return ListId(found)
