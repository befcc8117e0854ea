"""What the console reads of lists and contacts: one account a transaction, nothing is written."""

from dataclasses import dataclass
from typing import Annotated, Final

import asyncpg
from fastapi import Depends, Request
from phonenumbers import country_code_for_region, normalize_digits_only

from enlist_rules.fields import STORED
from enlist_rules.numbers import NUMBER_TYPES
from enlist_rules.numbers.specification import read_one
from enlist_rules.options import NumberRules
from enlist_shared.ids import AccountId
from enlist_shared.postgres import account_transaction
from enlist_shared.statements import statements

SQL: Final = statements(__package__, "contacts.sql")
PAGE: Final = 50
SHORTEST_PREFIX: Final = 2
"""Digits; fewer would look for everybody."""

_BITS: Final = {1 << bit: str(field) for bit, field in enumerate(STORED)}
_OTHER_BITS: Final = {1 << 14: "custom fields", 1 << 15: "channels"}


@dataclass(frozen=True, slots=True)
class ContactPage:
    """A contact, its lists, where its numbers stand, and what imports did to it."""

    contact: asyncpg.Record
    lists: list[asyncpg.Record]
    consents: list[asyncpg.Record]
    touches: list[asyncpg.Record]


class Reads:
    """Lists and contacts as the console shows them."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def lists(self, account_id: AccountId) -> list[asyncpg.Record]:
        """All lists, with how many contacts are on each."""
        return await self._fetch(account_id, "lists", None)

    async def list_names(self, account_id: AccountId) -> dict[int, str]:
        """The names of all lists, in their order."""
        rows = await self._fetch(account_id, "list_names")
        return {row["list_id"]: row["name"] for row in rows}

    async def one_list(self, account_id: AccountId, list_id: int) -> asyncpg.Record | None:
        rows = await self._fetch(account_id, "lists", list_id)
        return rows[0] if rows else None

    async def members(
        self, account_id: AccountId, list_id: int, before: int | None
    ) -> list[asyncpg.Record]:
        """A page of a list and one contact more, if there is one."""
        return await self._fetch(account_id, "members", list_id, before, PAGE + 1)

    async def contacts(self, account_id: AccountId, before: int | None) -> list[asyncpg.Record]:
        """A page of all contacts and one more, if there is one."""
        return await self._fetch(account_id, "contacts", before, PAGE + 1)

    async def search(self, account_id: AccountId, region: str, number: str) -> list[asyncpg.Record]:
        """Contacts of a number in any spelling, or whose number begins so."""
        return await self._fetch(account_id, "by_number", beginnings(number, region), PAGE)

    async def contact(self, account_id: AccountId, contact_id: int) -> ContactPage | None:
        """A contact's page; None when the account has no such contact."""
        async with account_transaction(self._pool, account_id) as connection:
            contact = await connection.fetchrow(SQL["contact"], account_id, contact_id)
            if contact is None:
                return None
            numbers = [contact["phone_number"], contact["whatsapp_number"]]
            wanted = [number for number in numbers if number]
            return ContactPage(
                contact,
                await connection.fetch(SQL["contact_lists"], account_id, contact_id),
                await connection.fetch(SQL["consents"], account_id, wanted),
                await connection.fetch(SQL["touches"], account_id, contact_id),
            )

    async def _fetch(self, account_id: AccountId, name: str, *rest: object) -> list[asyncpg.Record]:
        async with account_transaction(self._pool, account_id) as connection:
            return await connection.fetch(SQL[name], account_id, *rest)


def opened_reads(request: Request) -> Reads:
    """What the application opened when it started."""
    reads: Reads = request.app.state.reads
    return reads


OpenedReads = Annotated[Reads, Depends(opened_reads)]


def beginnings(number: str, region: str) -> list[str]:
    """What the E.164 number begins with that somebody who types this may look for.

    A whole number is read as an import would read it; a part of one as what follows the `+`, or
    as what follows the trunk prefix in the account's region.
    """
    rules = NumberRules(
        default_region=region, convert_national=True, number_types=frozenset(NUMBER_TYPES)
    )
    whole = (read_one(text, region, rules).number for text in (number, "+" + number.lstrip("+ ")))
    found = [reading for reading in dict.fromkeys(whole) if reading]
    digits = normalize_digits_only(number).lstrip("0")
    if found or len(digits) < SHORTEST_PREFIX:
        return found
    calling_code = str(country_code_for_region(region))
    return (
        [f"+{digits}"]
        if number.lstrip().startswith("+")
        else [f"+{digits}", f"+{calling_code}{digits}"]
    )


def changed_fields(fields: int) -> list[str]:
    """The names of the fields that a change entry's bits stand for."""
    names = {**_BITS, **_OTHER_BITS}
    return [name.replace("_", " ") for bit, name in names.items() if fields & bit]
