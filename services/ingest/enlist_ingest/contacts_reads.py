"""What is known of lists and contacts: one account a transaction, nothing is written."""

import time
from dataclasses import dataclass
from typing import Final

import asyncpg

from enlist_ingest.contacts_filter import ContactFilter
from enlist_ingest.contacts_search import SQL as CONTACTS
from enlist_ingest.contacts_search import Cursor, Page, Search
from enlist_shared.ids import AccountId
from enlist_shared.postgres import account_transaction
from enlist_shared.statements import statements

LISTS: Final = statements(__package__, "lists.sql")
PATIENCE: Final = 0.02
"""Seconds after which a page ends that is not full."""
_EVERY_LIST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class ContactPage:
    """A contact, its lists, where its numbers stand, and what was done to it."""

    contact: asyncpg.Record
    lists: list[asyncpg.Record]
    consents: list[asyncpg.Record]
    touches: list[asyncpg.Record]


class Reads:
    """Lists and contacts, as API and console show them."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def lists(
        self, account_id: AccountId, after: str | None = None, limit: int = _EVERY_LIST
    ) -> list[asyncpg.Record]:
        """Lists by name, with how many contacts are on each; `after` is a name key."""
        async with account_transaction(self._pool, account_id) as connection:
            return await connection.fetch(LISTS["lists"], account_id, None, after, limit)

    async def list_names(self, account_id: AccountId) -> dict[int, str]:
        """The names of all lists, in their order."""
        async with account_transaction(self._pool, account_id) as connection:
            rows = await connection.fetch(LISTS["list_names"], account_id)
        return {row["list_id"]: row["name"] for row in rows}

    async def one_list(self, account_id: AccountId, list_id: int) -> asyncpg.Record | None:
        """A list that was not deleted."""
        async with account_transaction(self._pool, account_id) as connection:
            return await connection.fetchrow(LISTS["lists"], account_id, list_id, None, 1)

    async def page(
        self, account_id: AccountId, wanted: ContactFilter, cursor: str | None, limit: int
    ) -> Page:
        """A page of the contacts that meet the filter; it goes on until it is full or time is up.

        Raises:
            CursorError: no page of this search gave this cursor.
        """
        search = Search.of(account_id, wanted)
        goes_on: Cursor | None = Cursor.read(cursor, search.among) if cursor else Cursor()
        rows: list[asyncpg.Record] = []
        until = time.monotonic() + PATIENCE
        async with account_transaction(self._pool, account_id) as connection:
            while goes_on is not None and len(rows) < limit:
                page = await search.page(connection, goes_on, limit - len(rows))
                rows, goes_on = rows + page.rows, page.next
                if time.monotonic() > until:
                    break
        return Page(rows, goes_on)

    async def contact(self, account_id: AccountId, contact_id: int) -> ContactPage | None:
        """All about a contact; None when the account has no such contact."""
        async with account_transaction(self._pool, account_id) as connection:
            contact = await connection.fetchrow(CONTACTS["contact"], account_id, contact_id)
            if contact is None:
                return None
            numbers = [contact["phone_number"], contact["whatsapp_number"]]
            wanted = [number for number in numbers if number]
            return ContactPage(
                contact,
                await connection.fetch(LISTS["contact_lists"], account_id, contact_id),
                await connection.fetch(CONTACTS["consents"], account_id, wanted),
                await connection.fetch(CONTACTS["touches"], account_id, contact_id),
            )
