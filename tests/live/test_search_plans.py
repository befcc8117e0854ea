"""EXPLAIN guards: every page of the search walks one index, in its order, and reads few rows."""

import json
from dataclasses import replace
from itertools import product
from typing import Any

import asyncpg
import pytest
from tests.fixtures.database import Database, connected

from enlist_ingest.contacts_filter import ContactFilter, Stretch, WantedConsent, newest, stretches
from enlist_ingest.contacts_search import SQL, Cursor, Search, walked
from enlist_shared.accounts import create_account
from enlist_shared.ids import AccountId, ListId
from enlist_shared.options import Channel
from enlist_shared.postgres import account_transaction

CROWD = 40_000
FILL = """
INSERT INTO contacts (account_id, contact_id, phone_number, first_name, first_key, last_key, email,
  channels, custom, created_seq, changed_seq)
SELECT $1, nextval('contact_ids'), '+44740' || lpad(n::text, 7, '0'), 'First ' || n % 1000,
  'first ' || n % 1000, 'last ' || n % 777, 'mail' || n || '@example.com', 1,
  jsonb_build_object('size', (n % 9)::text), 0, 0
FROM generate_series(1, $2::int) AS n
"""
JOIN = """
INSERT INTO memberships (account_id, list_id, contact_id, added_seq)
SELECT account_id, contact_id % 2 + 1, contact_id, 0 FROM contacts
"""
OPT_OUT = """
INSERT INTO consents (account_id, number, channel, state, source, effective_at, seq)
SELECT account_id, phone_number, 'phone', 'opted_out', 'keyword', now(), 0 FROM contacts
WHERE contact_id % 5 = 0
"""
EVERY_WALK = {
    "newest": ContactFilter(),
    "members": ContactFilter(list_id=ListId(1)),
    "by_number": ContactFilter(numbers=("+4474000",)),
    "by_email": ContactFilter(email="mail1"),
    "by_first_name": ContactFilter(name="first 1"),
    "by_last_name": ContactFilter(name="last 1"),
}
INDEXES = {
    "newest": "contacts_pkey", "members": "memberships_pkey", "by_number": "identity",
    "by_email": "contacts_by_email", "by_first_name": "contacts_by_first_name",
    "by_last_name": "contacts_by_last_name",
}  # fmt: skip
SLOW = {"Seq Scan", "Bitmap Heap Scan", "Sort", "Hash Join", "Merge Join"}
CONDITIONS = {
    "none": ContactFilter(),
    "all": ContactFilter(
        list_id=ListId(1), channel=Channel.PHONE, consent=WantedConsent.OPTED_OUT,
        custom={"size": "1"},
    ),
}  # fmt: skip


@pytest.fixture
async def accounts(database: Database, account_id: AccountId) -> dict[str, AccountId]:
    """One account with a crowd and one without; the planner has looked at both."""
    async with connected(database.dsn("enlist_owner")) as owner:
        crowded, _ = await create_account(owner, "crowded")
    async with connected(database.superuser) as server:
        await server.execute("SET search_path = enlist")
        await server.execute(FILL, crowded, CROWD)
        for statement in (JOIN, OPT_OUT, "VACUUM ANALYZE contacts, memberships, consents"):
            await server.execute(statement)
    return {"crowded": crowded, "fresh": account_id}


async def plan(
    pool: asyncpg.Pool, account_id: AccountId, stretch: Stretch, wanted: ContactFilter
) -> list[dict[str, Any]]:
    """The nodes of the plan of a page of 50."""
    search = Search(account_id, wanted, (stretch,))
    arguments = *search._bounds(stretch, stretch.start), 51, *wanted.arguments, stretch.beyond
    async with account_transaction(pool, account_id) as connection:
        await connection.execute(SQL["plan_by_index"])
        question = f"EXPLAIN (ANALYZE, FORMAT JSON) {walked(stretch)}"
        text = await connection.fetchval(question, *arguments)
    return [*nodes(json.loads(text)[0]["Plan"])]


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", ()) for node in nodes(child))]


@pytest.mark.parametrize("account", ["crowded", "fresh"])
async def test_a_page_walks_one_index(
    ingest_pool: asyncpg.Pool, accounts: dict[str, AccountId], account: str
) -> None:
    """No sort, no scan of a table: a page costs what it shows, or what it may look at."""
    for walk, conditions in product(EVERY_WALK, CONDITIONS):
        wanted = EVERY_WALK[walk]
        stretch = next(each for each in stretches(wanted) if each.walk == walk)
        asked = replace(CONDITIONS[conditions], name=wanted.name)
        found = await plan(ingest_pool, accounts[account], stretch, asked)
        where = f"{walk}, conditions: {conditions}"
        assert {node["Node Type"] for node in found}.isdisjoint(SLOW), where
        assert INDEXES[walk] in {node.get("Index Name") for node in found}, where
        read = sum(node["Actual Rows"] * node["Actual Loops"] for node in found if "Alias" in node)
        assert read < 6_000, where


async def test_a_page_looks_at_no_more_than_its_budget(
    ingest_pool: asyncpg.Pool, accounts: dict[str, AccountId]
) -> None:
    """What no index finds comes in pages that may be empty, and misses nobody."""
    nobody = Search(accounts["crowded"], ContactFilter(custom={"size": "x"}), (newest(),), 10_000)
    few = Search(accounts["crowded"], ContactFilter(custom={"size": "8"}), (newest(),), 1_000)
    sizes: list[int] = []
    found: set[int] = set()
    async with account_transaction(ingest_pool, accounts["crowded"]) as connection:
        cursor: Cursor | None = Cursor()
        while cursor is not None:
            page = await nobody.page(connection, cursor, 50)
            sizes.append(len(page.rows))
            cursor = page.next
        cursor = Cursor()
        while cursor is not None:
            page = await few.page(connection, cursor, 200)
            found.update(row["contact_id"] for row in page.rows)
            cursor = page.next
    assert sizes == [0, 0, 0, 0, 0]
    assert len(found) == CROWD // 9
