"""Contacts as files to be imported again: CSV while it is read, workbooks when they are whole.

The account is read page by page, each page in a transaction of its own: memory stays the same
however many contacts there are, and whoever downloads slowly holds no transaction open. What
changes meanwhile may or may not be in the file; who stays as he is is in it once.
"""

import asyncio
import csv
from collections.abc import AsyncIterator, Mapping
from io import StringIO
from typing import Final

import asyncpg
import polars as pl

from enlist_ingest.contacts_filter import ContactFilter, by_number, newest
from enlist_ingest.contacts_search import Search
from enlist_ingest.lists import SQL as LISTS
from enlist_ingest.returned_files import workbook
from enlist_rules.fields import CUSTOM_PREFIX
from enlist_rules.fields import LISTS as LISTS_COLUMN
from enlist_rules.header import EXPORT_COLUMNS
from enlist_rules.listing import SEPARATOR
from enlist_rules.neutralising import neutralised_text, told_apart
from enlist_rules.returned_rows import BOM, csv_rows
from enlist_shared.ids import AccountId
from enlist_shared.postgres import account_transaction

_COMMA: Final = ","
_LINE_BREAK: Final = "\r\n"


class Export:
    """The contacts of a filter, by number, or those of a list alone, newest first."""

    def __init__(self, pool: asyncpg.Pool, search: Search, custom: list[str]) -> None:
        self._pool = pool
        self._search = search
        self._custom = custom

    @property
    def header(self) -> tuple[str, ...]:
        """The columns by which an import knows the file."""
        return (*EXPORT_COLUMNS, *(CUSTOM_PREFIX + name for name in self._custom))

    async def csv(self) -> AsyncIterator[bytes]:
        """UTF-8 with a mark, so that spreadsheets know it; no cell is run as a formula."""
        line = StringIO()
        names = map(neutralised_text, self.header)
        csv.writer(line, lineterminator=_LINE_BREAK).writerow(names)
        yield (BOM + line.getvalue()).encode()
        async for frame in self._frames():
            yield await asyncio.to_thread(csv_rows, frame, _COMMA, _LINE_BREAK)

    def xlsx(self) -> AsyncIterator[bytes]:
        """Cells that are all text, so that none is run."""
        return workbook(self._sheet_rows(), self.header, "contacts")

    async def _sheet_rows(self) -> AsyncIterator[pl.DataFrame]:
        async for frame in self._frames():
            yield frame.with_columns(told_apart(pl.all()))

    async def _frames(self) -> AsyncIterator[pl.DataFrame]:
        account_id = self._search.account_id
        async for rows in self._search.everything(self._pool):
            ids = [row["contact_id"] for row in rows]
            async with account_transaction(self._pool, account_id) as connection:
                named = await connection.fetch(LISTS["names_by_contact"], account_id, ids)
            names = {row["contact_id"]: SEPARATOR.join(row["names"]) for row in named}
            yield await asyncio.to_thread(self._frame, rows, names)

    def _frame(self, rows: list[asyncpg.Record], names: Mapping[int, str]) -> pl.DataFrame:
        fields = [name for name in EXPORT_COLUMNS if name != LISTS_COLUMN]
        cells = [
            (
                *(row[name] for name in fields),
                names.get(row["contact_id"]),
                *(row["custom"].get(name) for name in self._custom),
            )
            for row in rows
        ]
        return pl.DataFrame(cells, schema=dict.fromkeys(self.header, pl.String), orient="row")


class Exports:
    """Exports of all accounts, as the role `enlist_ingest` may make them."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def begin(self, account_id: AccountId, wanted: ContactFilter) -> Export:
        """The names of custom fields are looked for first: the header comes before the rows."""
        list_id = wanted.list_id
        alone = list_id is not None and wanted == ContactFilter(list_id=list_id)
        search = Search(account_id, wanted, (newest(list_id) if alone else by_number(),))
        async with account_transaction(self._pool, account_id) as connection:
            custom = await search.custom_names(connection)
        return Export(self._pool, search, custom)
