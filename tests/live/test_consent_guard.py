"""Opted-out stays opted-out: the database itself refuses anything else."""

from contextlib import suppress
from datetime import timedelta
from typing import Final

import asyncpg
import pytest
from tests.fixtures.database import Database

from enlist_shared.ids import AccountId
from enlist_shared.postgres import account_transaction, open_pool

NUMBER = "+447400000001"
INSERT = """
INSERT INTO {} (account_id, number, channel, state, source, evidence, effective_at, seq)
VALUES ($1, $2, 'phone', $3, $4, 'said so', now(), 1)
"""
UPDATE = """
UPDATE consents SET state = 'opted_in', source = $1, evidence = 'said so',
  effective_at = effective_at + $3::interval
WHERE number = $2
"""
CHANGE = "UPDATE consents SET state = $1, source = $2, evidence = 'a call' WHERE number = $3"
SOURCES = ("import", "opt_out_import", "hand", "keyword", "start", "consent_call")
STATES = ("opted_in", "opted_out")
LATER = timedelta(microseconds=1)


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
        await opted_out.execute(UPDATE, source, NUMBER, LATER)


@pytest.mark.parametrize("source", ["keyword", "start", "consent_call"])
async def test_the_person_opts_back_in(opted_out: asyncpg.Connection, source: str) -> None:
    """A keyword, an inbound START and a consent call may."""
    assert await opted_out.execute(UPDATE, source, NUMBER, LATER) == "UPDATE 1"


async def test_an_opt_out_is_not_forgotten(opted_out: asyncpg.Connection) -> None:
    """Deleting the row would be another way back in."""
    with pytest.raises(asyncpg.CheckViolationError, match="opted-out stays opted-out"):
        await opted_out.execute("DELETE FROM consents WHERE number = $1", NUMBER)


async def test_a_tie_stays_out(opted_out: asyncpg.Connection) -> None:
    """Nor does the person opt back in with what was said at the same time, or before."""
    for later in (timedelta(0), -LATER):
        with pytest.raises(asyncpg.CheckViolationError, match="opted-out stays opted-out"):
            await opted_out.execute(UPDATE, "start", NUMBER, later)


@pytest.mark.parametrize("change", ["number = '+447400000002'", "channel = 'whatsapp'"])
async def test_an_opt_out_is_not_moved_away(opted_out: asyncpg.Connection, change: str) -> None:
    """Making it another number's, or another channel's, would be another way back in."""
    with pytest.raises(asyncpg.CheckViolationError, match="opted-out stays opted-out"):
        await opted_out.execute(f"UPDATE consents SET {change}")  # noqa: S608


async def test_a_call_has_evidence(opted_out: asyncpg.Connection) -> None:
    """A consent call without evidence is none."""
    with pytest.raises(asyncpg.CheckViolationError, match="call_has_evidence"):
        await opted_out.execute(
            "UPDATE consents SET state = 'opted_in', source = 'consent_call', evidence = NULL, "
            "effective_at = now() + interval '1 s'"
        )


ADDED: Final = {
    "enlist_merge": {("opted_in", "import"), ("opted_out", "opt_out_import")},
    "enlist_ingest": {
        *((state, source) for state in STATES for source in ("hand", "keyword", "consent_call")),
        ("opted_in", "start"),
    },
}
CHANGED: Final = {
    "enlist_merge": {("opted_out", "opt_out_import")},
    "enlist_ingest": ADDED["enlist_ingest"],
}


@pytest.mark.parametrize("role", ADDED)
@pytest.mark.parametrize("table", ["consents", "consent_events"])
async def test_nobody_passes_for_somebody_else(
    database: Database, account_id: AccountId, table: str, role: str
) -> None:
    """The role that merges writes what an import states, the API what everybody else says."""
    said = [(state, source) for state in STATES for source in SOURCES]
    added: set[tuple[str, str]] = set()
    async with open_pool(database.settings(role), "test") as pool:
        for number, (state, source) in enumerate(said):
            with suppress(asyncpg.InsufficientPrivilegeError):
                async with account_transaction(pool, account_id) as connection:
                    values = (account_id, f"+4474{number:08}", state, source)
                    await connection.execute(INSERT.format(table), *values)
                    added.add((state, source))
    assert added == ADDED[role]


@pytest.mark.parametrize("role", CHANGED)
async def test_what_is_known_is_changed_by_few(
    database: Database, observer: asyncpg.Connection, account_id: AccountId, role: str
) -> None:
    """To who has opted in an import says nothing but that they are out."""
    await observer.execute(INSERT.format("consents"), account_id, NUMBER, "opted_in", "keyword")
    changed: set[tuple[str, str]] = set()
    async with open_pool(database.settings(role), "test") as pool:
        for said in ((state, source) for state in STATES for source in SOURCES):
            with suppress(asyncpg.InsufficientPrivilegeError, _RolledBackError):
                async with account_transaction(pool, account_id) as connection:
                    assert await connection.execute(CHANGE, *said, NUMBER) == "UPDATE 1"
                    changed.add(said)
                    raise _RolledBackError
    assert changed == CHANGED[role]


class _RolledBackError(Exception):
    """Each change is tried on the same row."""


@pytest.mark.parametrize("role", ADDED)
async def test_history_is_only_added_to(
    database: Database, observer: asyncpg.Connection, account_id: AccountId, role: str
) -> None:
    """No role that serves changes or removes a consent event, or removes a consent."""
    for table in ("consents", "consent_events"):
        await observer.execute(INSERT.format(table), account_id, NUMBER, "opted_in", "import")
    refused = ("UPDATE consent_events SET state = 'opted_in'", "DELETE FROM consent_events",
               "DELETE FROM consents", "UPDATE consents SET number = '+447400000002'")  # fmt: skip
    async with open_pool(database.settings(role), "test") as pool:
        for statement in refused:
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
                async with account_transaction(pool, account_id) as connection:
                    await connection.execute(statement)
