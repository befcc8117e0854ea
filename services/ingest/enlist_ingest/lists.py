"""Lists made, renamed and deleted by hand; names are one per account whatever their case."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from enlist_ingest.tasks import Order, TaskKind, begin_task
from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.identity import name_key
from enlist_shared.ids import AccountId, ListId
from enlist_shared.postgres import Connection, account_transaction
from enlist_shared.statements import statements

SQL: Final = statements(__package__, "lists.sql")


class NoListError(LookupError):
    """The account has no such list."""


class ListExistsError(Exception):
    """Another list has this name, perhaps in other letters."""

    def __init__(self, list_id: int | None) -> None:
        super().__init__(list_id)
        self.list_id = list_id


class Lists:
    """Lists as the role `enlist_ingest` may change them."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def make(self, account_id: AccountId, name: str) -> ListId:
        """A new list.

        Raises:
            ListExistsError: there is one of this name.
        """
        async with account_transaction(self._pool, account_id) as connection:
            made = await connection.fetchrow(
                SQL["make_lists"], account_id, [name], [name_key(name)]
            )
            if made is None:
                raise ListExistsError(await _named(connection, account_id, name))
        return ListId(made["list_id"])

    async def rename(self, account_id: AccountId, list_id: int, name: str) -> None:
        """Give a list another name, or the same in other letters.

        Raises:
            NoListError: there is no such list.
            ListExistsError: another list has this name.
        """
        said = account_id, list_id, name, name_key(name)
        try:
            async with account_transaction(self._pool, account_id) as connection:
                if await connection.fetchval(SQL["rename_list"], *said) is None:
                    raise NoListError
        except asyncpg.UniqueViolationError:
            async with account_transaction(self._pool, account_id) as connection:
                raise ListExistsError(await _named(connection, account_id, name)) from None

    async def delete(
        self, account_id: AccountId, list_id: int, by: str | None, *, with_contacts: bool
    ) -> UUID:
        """The list is gone when this returns; the task that ends its memberships.

        Raises:
            NoListError: there is no such list.
        """
        order = Order(TaskKind.DELETE_LIST, ListId(list_id), with_contacts=with_contacts)
        async with account_transaction(self._pool, account_id) as connection:
            if await connection.fetchval(SQL["delete_list"], account_id, list_id) is None:
                raise NoListError
            return await begin_task(connection, account_id, order, by)

    async def chosen(self, account_id: AccountId, choices: Sequence[str | int]) -> list[ListId]:
        """The ids of lists said by name or id; unknown names are made, before anything is locked.

        Raises:
            PermanentFailure: `list_unknown`.
        """
        names = {name_key(name): name for name in choices if isinstance(name, str)}
        ids = [choice for choice in choices if isinstance(choice, int)]
        async with account_transaction(self._pool, account_id) as connection:
            known = {
                row["list_id"] for row in await connection.fetch(SQL["list_names"], account_id)
            }
            if unknown := [str(list_id) for list_id in ids if list_id not in known]:
                raise PermanentFailure(Code.LIST_UNKNOWN, ", ".join(unknown))
            new = sorted(names)
            await connection.execute(
                SQL["make_lists"], account_id, [names[key] for key in new], new
            )
            rows = await connection.fetch(SQL["known_lists"], account_id, new)
        return sorted({*map(ListId, ids), *(ListId(row["list_id"]) for row in rows)})


async def _named(connection: Connection, account_id: AccountId, name: str) -> int | None:
    rows = await connection.fetch(SQL["known_lists"], account_id, [name_key(name)])
    return rows[0]["list_id"] if rows else None
