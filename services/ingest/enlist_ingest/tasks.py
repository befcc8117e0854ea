"""What is done to many contacts at once goes on after its request, a batch a transaction.

A task is a row that says what is to be done and how far it has come. A batch does its part and
moves the row on in one transaction, so that a process that dies has done a batch or has not; any
process of the API goes on with it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import asyncpg

from enlist_ingest.contacts_edits import SQL as EDITS
from enlist_ingest.contacts_edits import delete_contacts, lock
from enlist_ingest.contacts_filter import EVERYBODY, ContactFilter, newest
from enlist_ingest.contacts_search import PATIENT, Cursor, Search
from enlist_shared.failpoints import failpoint
from enlist_shared.ids import AccountId, ListId
from enlist_shared.postgres import Connection, account_transaction
from enlist_shared.statements import statements
from enlist_shared.telemetry import describe, logger

SQL: Final = statements(__package__, "tasks.sql")
BATCH: Final = 500
_EVERY: Final = 1.0  # seconds
_INTERRUPTED: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


class TaskKind(StrEnum):
    """What becomes of the memberships of a list."""

    ADD = "add"
    REMOVE = "remove"
    DELETE_LIST = "delete_list"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done: to these contacts, else to all that meet the filter."""

    kind: TaskKind
    list_id: ListId
    wanted: ContactFilter = EVERYBODY
    contact_ids: Sequence[int] | None = None
    with_contacts: bool = False


async def begin_task(
    connection: Connection, account_id: AccountId, order: Order, by: str | None
) -> UUID:
    """Ask for it in the caller's transaction; the task's id."""
    wanted = asdict(replace(order.wanted, custom=dict(order.wanted.custom)))
    task_id: UUID = await connection.fetchval(
        SQL["begin_task"], account_id, order.kind, order.list_id, order.with_contacts, wanted,
        order.contact_ids, by,
    )  # fmt: skip
    return task_id


class Tasks:
    """The tasks of all accounts, as the role `enlist_ingest` may do them."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def begin(self, account_id: AccountId, order: Order, by: str | None) -> asyncpg.Record:
        """Ask for it and do the first batch; what there is to say of it."""
        async with account_transaction(self._pool, account_id) as connection:
            task_id = await begin_task(connection, account_id, order, by)
        await self.go_on(account_id, task_id)
        found = await self.find(account_id, task_id)
        if found is None:
            raise LookupError("tasks are kept")
        return found

    async def find(self, account_id: AccountId, task_id: UUID) -> asyncpg.Record | None:
        """How far a task has come."""
        async with account_transaction(self._pool, account_id) as connection:
            return await connection.fetchrow(SQL["task"], account_id, task_id)

    async def go_on(self, account_id: AccountId, task_id: UUID) -> bool:
        """Do the next batch; false when there is none, or somebody else is at it."""
        async with account_transaction(self._pool, account_id) as connection:
            row = await connection.fetchrow(SQL["take_task"], account_id, task_id)
            if row is None:
                return False
            done = await _Batch(connection, row).run()
            await connection.execute(
                SQL["advance_task"], account_id, task_id, done.cursor, done.memberships,
                done.contacts, done.last,
            )  # fmt: skip
            failpoint("tasks.before_commit", row["memberships"] // BATCH)
        return not done.last

    async def work(self) -> None:
        """Do all that is open, a batch of each task in turn."""
        open_tasks = await self._pool.fetch(SQL["open_tasks"])
        while open_tasks:
            open_tasks = [row for row in open_tasks if await self._tried(*row)]

    async def keep_working(self) -> None:
        """Look for open tasks every second, until cancelled."""
        while True:
            await asyncio.sleep(_EVERY)
            try:
                await self.work()
            except _INTERRUPTED as error:
                logger().warning("tasks.interrupted", **describe(error))

    async def _tried(self, account_id: AccountId, task_id: UUID) -> bool:
        """One task that fails holds up no other; it is tried again a second later."""
        try:
            return await self.go_on(account_id, task_id)
        except _INTERRUPTED as error:
            logger().warning("tasks.interrupted", **describe(error))
            return False


@dataclass(frozen=True, slots=True)
class _Done:
    """What a batch did, and where the next one begins."""

    cursor: str | None
    memberships: int
    contacts: int
    last: bool


class _Batch:
    """One batch of a task that is taken."""

    def __init__(self, connection: Connection, row: asyncpg.Record) -> None:
        self._connection = connection
        self._row = row
        self._account_id = AccountId(row["account_id"])
        self._list_id = ListId(row["list_id"])

    async def run(self) -> _Done:
        numbers, cursor = await self._whom()
        deleting = self._row["kind"] == TaskKind.DELETE_LIST
        lists = () if deleting else (self._list_id,)
        seq, live = await lock(self._connection, self._account_id, numbers.values(), lists)
        if not deleting and not live:
            return _Done(None, 0, 0, last=True)
        memberships, contacts = await self._write(list(numbers), seq)
        last = cursor is None and not (deleting and await self._somebody_joined())
        return _Done(cursor, memberships, contacts, last)

    async def _whom(self) -> tuple[dict[int, str], str | None]:
        """Contacts with their numbers, and where the next batch begins; None after the last."""
        said = self._row["cursor"]
        if self._row["contact_ids"] is not None:
            first = int(said or 0)
            chosen = self._row["contact_ids"][first : first + BATCH]
            rows = await self._connection.fetch(SQL["numbers"], self._account_id, chosen)
            more = first + BATCH < len(self._row["contact_ids"])
            return {row["contact_id"]: row["phone_number"] for row in rows}, (
                str(first + BATCH) if more else None
            )
        search = self._search()
        begins = Cursor.read(said, search.among) if said else Cursor()
        page = await search.page(self._connection, begins, BATCH)
        numbers = {row["contact_id"]: row["phone_number"] for row in page.rows}
        return numbers, page.next.said() if page.next else None

    def _search(self) -> Search:
        if self._row["kind"] == TaskKind.DELETE_LIST:
            return Search(self._account_id, EVERYBODY, (newest(self._list_id),))
        return Search.of(self._account_id, _filter(self._row["filter"]), PATIENT)

    async def _write(self, contact_ids: list[int], seq: int) -> tuple[int, int]:
        """How many memberships were written, and how many contacts deleted."""
        key = self._account_id, self._list_id
        match TaskKind(self._row["kind"]):
            case TaskKind.ADD:
                join, lists = EDITS["join_lists"], [self._list_id]
                return await self._connection.fetchval(
                    join, self._account_id, lists, contact_ids, seq
                ), 0
            case TaskKind.REMOVE:
                leave = EDITS["leave_list"]
                return await self._connection.fetchval(leave, *key, contact_ids, seq), 0
            case TaskKind.DELETE_LIST:
                left = await self._connection.fetchval(SQL["leave_deleted_list"], *key, contact_ids)
                return left, await self._delete_contacts(contact_ids, seq)

    async def _delete_contacts(self, contact_ids: list[int], seq: int) -> int:
        if not self._row["with_contacts"]:
            return 0
        rows = await self._connection.fetch(SQL["on_no_list"], self._account_id, contact_ids)
        alone = [row["contact_id"] for row in rows]
        by = self._row["requested_by"]
        return await delete_contacts(self._connection, self._account_id, alone, seq, by)

    async def _somebody_joined(self) -> bool:
        """Whether an import that was under way has added members behind the task's back."""
        key = self._account_id, self._list_id
        await self._connection.execute(SQL["bar_list"], *key)
        return bool(await self._connection.fetchval(SQL["has_members"], *key))


def _filter(stored: Mapping[str, Any]) -> ContactFilter:
    numbers = stored["numbers"]
    return ContactFilter(**{**stored, "numbers": None if numbers is None else tuple(numbers)})
