"""EXPLAIN guards: a shard's statements find contacts by index, whatever the statistics say."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from tests.fixtures.database import Database, connected
from tests.fixtures.pipeline import Pipeline, pipeline_of

from enlist_merge.consent import SQL as CONSENT
from enlist_merge.lists import merge_plan
from enlist_merge.merging import APPLY, CLASSIFY, ShardMerge
from enlist_merge.observer import SQL as OBSERVER
from enlist_merge.opting_out import SQL as OPT_OUT
from enlist_merge.reconciler import SQL as RECONCILER
from enlist_merge.staging import STAGED, csv_blocks, read_shard, with_list_ids
from enlist_rules.options import Duplicates
from enlist_shared.accounts import create_account
from enlist_shared.claims import Unit
from enlist_shared.ids import AccountId, ListId
from enlist_shared.postgres import Connection, account_transaction
from enlist_shared.settings import S3Settings
from enlist_shared.states import UnitKind

CROWD = 50_000
BODY = b"phone,first name,lists\n" + b"".join(
    b"+447400%06d,Ann %d,vip\n" % (number * 7, number % 3) for number in range(2_000)
)
FILL = """
INSERT INTO contacts (account_id, contact_id, phone_number, first_key, channels, created_seq,
  changed_seq)
SELECT $1, nextval('contact_ids'), '+447400' || lpad(n::text, 6, '0'), '', 1, 0, 0
FROM generate_series(1, $2::int) AS n
"""
JOIN = """
INSERT INTO memberships (account_id, list_id, contact_id, added_seq)
SELECT account_id, 1, contact_id, 0 FROM contacts
"""
OUT = """
INSERT INTO consents (account_id, number, channel, state, source, effective_at, seq)
SELECT account_id, phone_number, 'phone', 'opted_out', 'keyword', now(), 0 FROM contacts
"""
CROWDED = {"contacts", "memberships", "consents"}
SLICES = """
SELECT rows_key, slice_offsets[1], slice_lengths[1] FROM chunks
WHERE import_id = $1 AND slice_lengths[1] > 0 ORDER BY chunk
"""


@pytest.fixture
async def pipeline(
    database: Database, s3_settings: S3Settings, account_id: AccountId
) -> AsyncIterator[Pipeline]:
    async with pipeline_of(account_id, database, s3_settings) as one:
        yield one


async def fill(database: Database, account_id: AccountId) -> None:
    """The account has a crowd of contacts, and the planner has looked at it."""
    async with connected(database.superuser) as server:
        await server.execute("SET search_path = enlist")
        await server.execute(FILL, account_id, CROWD)
        for statement in (JOIN, OUT, "ANALYZE contacts, memberships, consents"):
            await server.execute(statement)


async def a_shard(pipeline: Pipeline, observer: asyncpg.Connection) -> ShardMerge:
    options = {"lists": ["news"], "consent": {"source": "fair", "evidence": "signed"}}
    event, *_ = await pipeline.merging(BODY, options, shard_records=10_000)
    merger = pipeline.merger
    unit = Unit(event.account_id, event.import_id, UnitKind.SHARD, 0)
    plan = await merge_plan(merger.pool, unit.account_id, unit.import_id, 10)
    rows = await observer.fetch(SLICES, unit.import_id)
    shard = await read_shard(merger.store, [tuple(row) for row in rows], plan)
    return ShardMerge(merger.pool, merger.store, await merger.claims.claim(unit), plan, shard)


async def explained(
    connection: Connection, merge: ShardMerge, live: list[ListId]
) -> dict[str, dict[str, Any]]:
    """The plans of the hot statements, each made where the transaction runs it."""
    account_id, import_id = merge.claim.unit.account_id, merge.claim.unit.import_id
    option, write, join = merge.plan.option_lists, (1, 7), (account_id, import_id, 7)
    classify = (account_id, 1, "phone", option, live, merge.plan.duplicates, True)
    plans = {"classify": await explain(connection, CLASSIFY["classify"], *classify)}
    for duplicates in Duplicates:
        whatsapp = (account_id, 2, "whatsapp", option, live, duplicates, True)
        plans[f"on whatsapp {duplicates}"] = await explain(
            connection, CLASSIFY["classify"], *whatsapp
        )
    await merge._classify(connection, live)
    for name in ("create_contacts", "merge_contacts", "add_channels"):
        plans[name] = await explain(connection, APPLY[name], account_id, import_id, *write)
    plans["join_list"] = await explain(connection, APPLY["join_list"], *join, option[0])
    plans["join_lists"] = await explain(connection, APPLY["join_lists"], *join, option, live)
    consent = (account_id, import_id, "phone")
    plans["differing"] = await explain(connection, CONSENT["differing"], *consent)
    plans["outcomes"] = await explain(connection, OPT_OUT["outcomes"], account_id, "whatsapp")
    plans["opt_in"] = await explain(connection, CONSENT["opt_in"], *consent, 7, "signed")
    return plans


async def explain(connection: Connection, statement: str, *arguments: object) -> dict[str, Any]:
    text = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *arguments)
    plan: dict[str, Any] = json.loads(text)[0]["Plan"]
    return plan


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def faults(plan: dict[str, Any]) -> list[str]:
    """Scans of a whole account or table, and joins that read one."""
    return [
        f"{node['Node Type']} on {node.get('Relation Name')}: {node.get('Index Cond')}"
        for node in nodes(plan)
        if node["Node Type"] in {"Hash Join", "Merge Join"}
        or (node["Node Type"].endswith("Scan") and node.get("Relation Name") in CROWDED
            and not by_index(node))
    ]  # fmt: skip


def by_index(node: dict[str, Any]) -> bool:
    condition = node.get("Index Cond", "")
    own = ("phone_number", "contact_id", "number =")
    return node["Node Type"].startswith("Index") and any(column in condition for column in own)


@pytest.mark.parametrize("filled", ["another account", "its own account"])
async def test_contacts_are_found_by_index(
    pipeline: Pipeline, database: Database, observer: asyncpg.Connection, filled: str
) -> None:
    """No statement scans a table or an account, for a fresh account or a full one."""
    crowded = pipeline.account_id
    if filled == "another account":
        async with connected(database.dsn("enlist_owner")) as owner:
            crowded, _ = await create_account(owner, "crowded")
    await fill(database, crowded)
    merge = await a_shard(pipeline, observer)
    staged = with_list_ids(merge.shard.folded.rows, merge.plan.list_names)
    async with account_transaction(merge.pool, pipeline.account_id) as connection:
        await connection.copy_to_table(
            "staged", source=csv_blocks(staged), columns=STAGED, format="csv"
        )
        assert merge.consent is not None
        await merge.consent.stage(connection)
        live, _ = await merge._lock(connection)
        plans = await explained(connection, merge, live)
    assert [fault for plan in plans.values() for fault in faults(plan)] == []
    assert {n["Relation Name"] for n in nodes(plans["classify"]) if "Relation Name" in n} >= CROWDED


HISTORY = (
    """
    INSERT INTO imports (account_id, status, source, purpose, lane, channel, default_region,
      options)
    SELECT $1, CASE WHEN n % 1000 = 0 THEN 'merging' ELSE 'completed' END, 'file', 'contacts',
      'main', 'phone', 'GB', '{}'
    FROM generate_series(1, 20000) AS n
    """,
    """
    INSERT INTO units (account_id, import_id, kind, number, state)
    SELECT account_id, import_id, kind, 0, 'finished'
    FROM imports, unnest(ARRAY['chunk', 'shard']) AS kind WHERE account_id = $1
    """,
    """
    INSERT INTO chunks (account_id, import_id, chunk, split_records, records, unprocessed, recorded)
    SELECT account_id, import_id, 0, 0, 0, 0, true FROM imports WHERE account_id = $1
    """,
    """
    INSERT INTO shards (account_id, import_id, shard, forwarded, unprocessed, merged)
    SELECT account_id, import_id, 0, 0, 0, true FROM imports WHERE account_id = $1
    """,
)
LEDGER = {"imports", "units", "chunks", "shards"}


async def test_reconciler_and_observer_read_unfinished_imports_alone(
    database: Database, observer: asyncpg.Connection, account_id: AccountId
) -> None:
    """Among many imports that have ended, what is overdue is found without reading those."""
    for statement in HISTORY:
        await observer.execute(statement, account_id)
    await observer.execute("ANALYZE imports, units, chunks, shards")
    async with connected(database.dsn("enlist_system")) as system:
        for name, statement, *arguments in (
            ("overdue", RECONCILER["overdue"], timedelta(seconds=30)),
            ("abandoned", RECONCILER["abandoned"], timedelta(seconds=30)),
            ("units", OBSERVER["units"]),
        ):
            plan = await explain(system, statement, *arguments)
            scans = [
                (node["Node Type"], node["Relation Name"])
                for node in nodes(plan)
                if node.get("Relation Name") in LEDGER
            ]
            indexes = {node["Index Name"] for node in nodes(plan) if "Index Name" in node}
            assert "imports_unfinished" in indexes, name
            assert [scan for scan in scans if scan[0] == "Seq Scan"] == [], name
