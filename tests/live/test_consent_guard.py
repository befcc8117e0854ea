"""Opted-out stays opted-out: the database itself refuses anything else."""

from contextlib import suppress

import asyncpg
import pytest
from tests.fixtures.database import Database

from enlist_shared.ids import AccountId
from enlist_shared.postgres import account_transaction, open_pool

NUMBER = "+447400000001"
INSERT = """
INSERT INTO {} (account_id, number, channel, state, source, effective_at, seq)
VALUES ($1, $2, 'phone', $3, $4, now(), 1)
"""
UPDATE = "UPDATE consents SET state = 'opted_in', source = $1 WHERE number = $2"


@pytest.fixture
async def opted_out(observer: asyncpg.Connection, account_id: AccountId) -> asyncpg.Connection:
    await observer.execute(
        "INSERT INTO consents (account_id, number, channel, state, source, effective_at, seq) "
        "VALUES ($1, $2, 'phone', 'opted_out', 'keyword', now(), 1)",
        account_id,
        NUMBER,
    )
    return observer


@pytest.mark.parametrize("source", ["import", "opt_out_import", "hand"])
async def test_nothing_but_the_person_opts_back_in(
    opted_out: asyncpg.Connection, source: str
) -> None:
    """An import, and a hand, are refused even with every right on the table."""
    with pytest.raises(asyncpg.CheckViolationError, match="opted-out stays opted-out"):
        await opted_out.execute(UPDATE, source, NUMBER)


@pytest.mark.parametrize("source", ["keyword", "start", "consent_call"])
async def test_the_person_opts_back_in(opted_out: asyncpg.Connection, source: str) -> None:
    """A keyword, an inbound START and a consent call may."""
    assert await opted_out.execute(UPDATE, source, NUMBER) == "UPDATE 1"


async def test_an_opt_out_is_not_forgotten(opted_out: asyncpg.Connection) -> None:
    """Deleting the row would be another way back in."""
    with pytest.raises(asyncpg.CheckViolationError, match="opted-out stays opted-out"):
        await opted_out.execute("DELETE FROM consents WHERE number = $1", NUMBER)


@pytest.mark.parametrize("table", ["consents", "consent_events"])
async def test_an_import_can_pass_for_nobody_else(
    database: Database, account_id: AccountId, table: str
) -> None:
    """The role that merges writes what an import states, and changes nothing that was said."""
    said = [
        (state, source)
        for state in ("opted_in", "opted_out")
        for source in ("import", "opt_out_import", "hand", "keyword", "start", "consent_call")
    ]
    may: set[tuple[str, str]] = set()
    async with open_pool(database.settings("enlist_merge"), "test") as pool:
        for number, (state, source) in enumerate(said):
            with suppress(asyncpg.InsufficientPrivilegeError):
                async with account_transaction(pool, account_id) as merge:
                    values = (account_id, f"+4474{number:08}", state, source)
                    await merge.execute(INSERT.format(table), *values)
                    may.add((state, source))
        for change in (f"UPDATE {table} SET state = 'opted_in'", f"DELETE FROM {table}"):  # noqa: S608
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
                async with account_transaction(pool, account_id) as merge:
                    await merge.execute(change)
    assert may == {("opted_in", "import"), ("opted_out", "opt_out_import")}
