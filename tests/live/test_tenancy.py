"""One tenant cannot see another: roles, row-level security, and every pool of every role."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest
from tests.fixtures.database import Database, connected
from tests.fixtures.ledger import put_unit

from enlist_shared.accounts import create_account
from enlist_shared.ids import AccountId
from enlist_shared.migrations import ROLES
from enlist_shared.postgres import account_transaction, open_pool
from enlist_shared.states import Status, UnitKind

TABLES = """
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS forced,
  (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'enlist'::regnamespace AND c.relkind IN ('r', 'p')
  AND a.attname = 'account_id'
"""
READABLE = """
SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'enlist'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'S', 'p')
  AND a.attnum > 0
  AND (has_column_privilege($1, c.oid, a.attnum, 'SELECT')
    OR has_column_privilege($1, c.oid, a.attnum, 'INSERT')
    OR has_column_privilege($1, c.oid, a.attnum, 'UPDATE')
    OR has_table_privilege($1, c.oid, 'DELETE'))
"""
MAY_EXECUTE = """
SELECT p.proname FROM pg_proc p
WHERE p.pronamespace = 'enlist'::regnamespace AND has_function_privilege($1, p.oid, 'EXECUTE')
"""
FILL = """
INSERT INTO contacts (account_id, contact_id, phone_number, channels, created_seq, changed_seq)
  VALUES ($1, nextval('contact_ids'), '+447400000001', 1, 0, 0);
INSERT INTO lists (account_id, name, name_key) VALUES ($1, 'News', 'news');
INSERT INTO memberships SELECT account_id, list_id, 1, NULL, 0 FROM lists WHERE account_id = $1;
INSERT INTO consents (account_id, number, channel, state, source, effective_at, seq)
  VALUES ($1, '+447400000001', 'phone', 'opted_in', 'hand', now(), 0);
INSERT INTO consent_events SELECT c.*, uuidv7() FROM consents c WHERE account_id = $1;
INSERT INTO keywords (account_id, keyword, word_key, effect) VALUES ($1, 'BASTA', 'basta', 'stop');
INSERT INTO changes (account_id, contact_id, seq, fields) VALUES ($1, 1, 0, 0);
INSERT INTO deletions (account_id, contact_id, seq) VALUES ($1, 2, 0);
INSERT INTO removals (account_id, contact_id, list_id, seq, added_seq) VALUES ($1, 1, 1, 0, 0);
INSERT INTO tasks (account_id, kind, list_id) VALUES ($1, 'add', 1);
INSERT INTO outbox (account_id, import_id, topic, key, data)
  VALUES ($1, uuidv7(), 't', 'k', '{}');
INSERT INTO profiles (account_id, name, columns, header_hash, options)
  VALUES ($1, 'Ours', '{phone}', '\\x00', '{}');
INSERT INTO sessions (account_id, session_hash, key_id, expires_at)
  SELECT account_id, uuid_send(account_id), key_id, now() FROM api_keys WHERE account_id = $1;
INSERT INTO idempotency_keys (account_id, route, key, token, lease_until)
  VALUES ($1, 'POST /', 'k', uuidv7(), now());
"""
TENANT_ROLES = ("enlist_owner", "enlist_ingest", "enlist_merge")


async def names(observer: asyncpg.Connection) -> list[str]:
    return [row["relname"] for row in await observer.fetch(TABLES)]


async def new_account(database: Database) -> AccountId:
    async with connected(database.dsn("enlist_owner")) as owner:
        account_id, _ = await create_account(owner, "tenant")
    return account_id


@pytest.fixture
async def two(database: Database, observer: asyncpg.Connection) -> list[AccountId]:
    """Two accounts that have a row in every table."""
    accounts = [await new_account(database) for _ in range(2)]
    for account_id in accounts:
        for kind in (UnitKind.CHUNK, UnitKind.SHARD):
            await put_unit(observer, account_id, kind, Status.NORMALIZING)
        for statement in FILL.split(";\n")[:-1]:
            await observer.execute(statement, account_id)
    return accounts


async def test_every_table_with_an_account_is_secured(observer: asyncpg.Connection) -> None:
    """Row-level security is enabled and forced, with a policy, wherever there is an account."""
    rows = await observer.fetch(TABLES)
    assert len(rows) >= 13
    assert [row["relname"] for row in rows if not (row["forced"] and row["policies"])] == []


async def test_no_role_may_pass_by(observer: asyncpg.Connection) -> None:
    """No role of Enlist is a superuser, bypasses row security, or may make roles or databases."""
    rows = await observer.fetch(
        "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb AS mighty, "
        "rolcanlogin FROM pg_roles WHERE rolname LIKE 'enlist%'"
    )
    assert {row["rolname"]: row["mighty"] for row in rows} == dict.fromkeys(
        (*ROLES, "enlist_definer"), False
    )
    assert [row["rolname"] for row in rows if not row["rolcanlogin"]] == ["enlist_definer"]


async def test_functions_that_see_more_are_pinned(observer: asyncpg.Connection) -> None:
    """Each SECURITY DEFINER function belongs to enlist_definer and pins its search_path."""
    rows = await observer.fetch(
        "SELECT proname, proowner::regrole::text AS owner, proconfig FROM pg_proc "
        "WHERE pronamespace = 'enlist'::regnamespace AND prosecdef ORDER BY proname"
    )
    pinned = ("enlist_definer", ["search_path=enlist, pg_temp"])
    assert {row["proname"]: (row["owner"], row["proconfig"]) for row in rows} == dict.fromkeys(
        (
            *("authenticate", "claim", "close_session", "extend", "open_session", "open_tasks"),
            *("prune_idempotency_keys", "release", "session"),
        ),
        pinned,
    )


async def test_normalize_may_claim_and_nothing_else(
    normalize_pool: asyncpg.Pool, observer: asyncpg.Connection, two: list[AccountId]
) -> None:
    """enlist_normalize executes the three unit functions; it reads and writes no table."""
    executed = {row["proname"] for row in await observer.fetch(MAY_EXECUTE, "enlist_normalize")}
    assert executed == {"claim", "extend", "release"}
    assert await observer.fetch(READABLE, "enlist_normalize") == []
    for name in await names(observer):
        async with account_transaction(normalize_pool, two[0]) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"SELECT * FROM {name}")  # noqa: S608


async def test_merge_may_not_change_what_was_counted(
    merge_pool: asyncpg.Pool, observer: asyncpg.Connection, two: list[AccountId]
) -> None:
    """enlist_merge has no UPDATE on `records`, on identity, or on whom an import belongs to."""
    for column in ("records", "account_id", "import_id", "options", "chunks", "shards"):
        async with account_transaction(merge_pool, two[0]) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"UPDATE imports SET {column} = {column}")  # noqa: S608
    assert await observer.fetchval(
        "SELECT bool_and(NOT has_table_privilege(r, 'outbox', p)) "
        "FROM unnest(ARRAY['enlist_ingest', 'enlist_merge']) r, "
        "unnest(ARRAY['SELECT', 'UPDATE', 'DELETE']) p"
    )


async def test_system_sees_ids_states_counts_and_times(
    system_pool: asyncpg.Pool, observer: asyncpg.Connection, two: list[AccountId]
) -> None:
    """enlist_system reads no contact, list, consent, option or file name of anybody."""
    assert len(two) == 2
    readable = {tuple(row) for row in await observer.fetch(READABLE, "enlist_system")}
    assert {table for table, _ in readable} == {"imports", "units", "chunks", "shards", "outbox"}
    columns = {column for table, column in readable if table == "imports"}
    assert columns == {
        "account_id", "import_id", "status", "lane", "manifest_key", "chunks",
        "chunks_normalized", "shards", "shards_merged", "moved_at",
    }  # fmt: skip
    assert await system_pool.fetchval("SELECT count(DISTINCT account_id) FROM imports") == 2


@pytest.mark.parametrize("role", TENANT_ROLES)
async def test_an_account_sees_its_own_rows(
    database: Database, observer: asyncpg.Connection, two: list[AccountId], role: str
) -> None:
    """In every table that a role may read: the account's rows, and none of another's."""
    mine, _ = two
    seen = 0
    async with open_pool(database.settings(role), "test") as pool:
        for name in await names(observer):
            if not await observer.fetchval(
                "SELECT has_table_privilege($1, $2, 'SELECT')", role, name
            ):
                continue
            async with account_transaction(pool, mine) as connection:
                rows = await connection.fetch(f"SELECT DISTINCT account_id FROM {name}")  # noqa: S608
            assert [row["account_id"] for row in rows] == [mine], name
            seen += 1
    assert seen >= 6


@pytest.mark.parametrize("role", TENANT_ROLES)
async def test_without_an_account_there_is_nothing(
    database: Database, observer: asyncpg.Connection, two: list[AccountId], role: str
) -> None:
    """A connection that was used for an account sees nothing of it outside its transaction."""
    settings = database.settings(role).model_copy(update={"pool_min": 1, "pool_max": 1})
    async with open_pool(settings, "test") as pool:
        for name in await names(observer):
            if not await observer.fetchval(
                "SELECT has_table_privilege($1, $2, 'SELECT')", role, name
            ):
                continue
            question = f"SELECT count(*) FROM {name}"  # noqa: S608
            async with account_transaction(pool, two[0]) as connection:
                assert await connection.fetchval(question) > 0, name
            assert await pool.fetchval(question) == 0, name
            async with account_transaction(pool, AccountId(uuid4())) as connection:
                assert await connection.fetchval(question) == 0, name


async def test_nobody_writes_into_another_account(
    merge_pool: asyncpg.Pool, ingest_pool: asyncpg.Pool, two: list[AccountId]
) -> None:
    """A row of another account cannot be added; changing or removing it finds nothing."""
    mine, other = two
    new_list = "INSERT INTO lists (account_id, name, name_key) VALUES ($1, 'x', 'x')"
    new_event = (
        "INSERT INTO outbox (account_id, import_id, topic, key, data) "
        "VALUES ($1, uuidv7(), 't', 'k', '{}')"
    )
    for pool, statement in ((merge_pool, new_list), (ingest_pool, new_event)):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with account_transaction(pool, mine) as connection:
                await connection.execute(statement, other)
    async with account_transaction(merge_pool, mine) as connection:
        update = "UPDATE contacts SET city = 'x' WHERE account_id = $1"
        assert await connection.execute(update, other) == "UPDATE 0"
        delete = "DELETE FROM memberships WHERE account_id = $1"
        assert await connection.execute(delete, other) == "DELETE 0"


async def test_accounts_side_by_side_in_one_pool(
    merge_pool: asyncpg.Pool, two: list[AccountId]
) -> None:
    """However transactions of two accounts share connections, each sees its own."""

    async def look(account_id: AccountId) -> bool:
        async with account_transaction(merge_pool, account_id) as connection:
            rows = await connection.fetch("SELECT account_id FROM contacts")
        return [row["account_id"] for row in rows] == [account_id]

    assert all(await asyncio.gather(*(look(two[n % 2]) for n in range(60))))
