"""Contacts a page at a time, in the order of an index: the search, the exports, bulk edits.

A page looks at a limited number of contacts, so that no question takes long: what no index finds
comes in pages that may hold few contacts, or none, and still say where the next one begins.
"""

import base64
import binascii
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

import asyncpg

from enlist_ingest.contacts_filter import ContactFilter, Stretch, stretches
from enlist_shared.ids import AccountId
from enlist_shared.postgres import Connection, account_transaction
from enlist_shared.statements import statements

SQL: Final = statements(__package__, "contacts.sql")
BUDGET: Final = 1_000
"""Contacts that are looked at for somebody who waits."""
PATIENT: Final = 5_000
"""And for a program that wants them all."""
EXPORTED: Final = 1_000
"""Contacts a page of an export."""


class CursorError(ValueError):
    """No page of this search ever gave this cursor."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: in which stretch, after which place of it; None: at its start."""

    stretch: int = 0
    place: tuple[str, ...] | None = None

    @classmethod
    def read(cls, text: str, among: Sequence[Stretch]) -> Self:
        """The cursor that `said` has written.

        Raises:
            CursorError: it is none, or one of another search.
        """
        try:
            stretch, *place = json.loads(base64.urlsafe_b64decode(text.encode("ascii")))
            start = among[stretch].start
            number = int(place[-1])
        except (ValueError, TypeError, IndexError, RecursionError, binascii.Error) as error:
            raise CursorError from error
        usable = all(isinstance(part, str) and "\0" not in part for part in place)
        if stretch < 0 or not usable or len(place) != len(start) or abs(number) >= 2**63:
            raise CursorError
        return cls(stretch, tuple(place))

    def said(self) -> str:
        """As text for a URL."""
        parts = json.dumps([self.stretch, *(self.place or ())], ensure_ascii=False)
        return base64.urlsafe_b64encode(parts.encode()).decode()


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of `contacts`, and where the next page begins; None after the last."""

    rows: list[asyncpg.Record]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class Search:
    """The contacts that meet a filter, in the order of the stretches."""

    account_id: AccountId
    wanted: ContactFilter
    among: tuple[Stretch, ...]
    budget: int = PATIENT

    @classmethod
    def of(cls, account_id: AccountId, wanted: ContactFilter, budget: int = BUDGET) -> Self:
        """In the order in which they are found soonest."""
        return cls(account_id, wanted, tuple(stretches(wanted)), budget)

    async def page(self, connection: Connection, cursor: Cursor, limit: int) -> Page:
        """At most `limit` contacts from the cursor on."""
        await connection.execute(SQL["plan_by_index"])
        rows: list[asyncpg.Record] = []
        at, place = cursor.stretch, cursor.place
        while at < len(self.among):
            stretch = self.among[at]
            begins = place or stretch.start
            missing = limit + 1 - len(rows)
            rows += await self._walk(connection, stretch, begins, missing)
            if len(rows) > limit:
                return Page(rows[:limit], self._after(rows, limit, at, len(rows) - missing))
            edge = await self._edge(connection, stretch, begins)
            if edge is not None:
                return Page(rows, Cursor(at, tuple(edge)))
            at, place = at + 1, None
        return Page(rows, None)

    async def everything(self, pool: asyncpg.Pool) -> AsyncIterator[list[asyncpg.Record]]:
        """All contacts, page by page, each in a transaction of its own."""
        cursor: Cursor | None = Cursor()
        while cursor is not None:
            async with account_transaction(pool, self.account_id) as connection:
                page = await self.page(connection, cursor, EXPORTED)
            if page.rows:
                yield page.rows
            cursor = page.next

    async def custom_names(self, connection: Connection) -> list[str]:
        """The names of all custom fields that they have, sorted."""
        names: set[str] = set()
        for stretch in self.among:
            inner = SQL[f"walk_{stretch.walk}"]
            question = (
                "SELECT DISTINCT jsonb_object_keys(custom) AS name "  # noqa: S608 - our own texts
                f"FROM ({inner}) AS walked {SQL['conditions']}"
            )
            all_of_it = self.account_id, stretch.end, stretch.start, None, None
            arguments = *all_of_it, *self.wanted.arguments, stretch.beyond
            names.update(row["name"] for row in await connection.fetch(question, *arguments))
        return sorted(names)

    def _after(self, rows: list[asyncpg.Record], limit: int, at: int, before: int) -> Cursor:
        """Behind the last row of the page, which may be of an earlier stretch."""
        if limit > before:
            return Cursor(at, tuple(rows[limit - 1]["place"]))
        return Cursor(at)

    async def _walk(
        self, connection: Connection, stretch: Stretch, begins: Sequence[str], limit: int
    ) -> list[asyncpg.Record]:
        return await connection.fetch(
            walked(stretch), *self._bounds(stretch, begins), limit, *self.wanted.arguments,
            stretch.beyond,
        )  # fmt: skip

    async def _edge(
        self, connection: Connection, stretch: Stretch, begins: Sequence[str]
    ) -> list[str] | None:
        """The place of the last contact that the budget allowed to look at; None: it was enough."""
        walk = SQL[f"walk_{stretch.walk}"]
        question = f"SELECT place FROM ({walk}) AS walked OFFSET $4 - 1"  # noqa: S608 - our own texts
        found: list[str] | None = await connection.fetchval(
            question, *self._bounds(stretch, begins)
        )
        return found

    def _bounds(
        self, stretch: Stretch, begins: Sequence[str]
    ) -> tuple[AccountId, Sequence[str], Sequence[str], int]:
        return self.account_id, stretch.end, begins, self.budget


def walked(stretch: Stretch) -> str:
    """The statement that walks a stretch and keeps who meets the conditions."""
    walk, conditions = SQL[f"walk_{stretch.walk}"], SQL["conditions"]
    return f"SELECT walked.* FROM ({walk}) AS walked {conditions}"  # noqa: S608 - our own texts
