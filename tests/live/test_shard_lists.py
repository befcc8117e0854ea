"""Lists, consent and warnings of a shard's transaction."""

import asyncio
import json
from collections.abc import AsyncIterator

import asyncpg
import pytest
from tests.fixtures.database import Database
from tests.fixtures.ingest import announced
from tests.fixtures.ledger import counts_of, import_row
from tests.fixtures.pipeline import Pipeline, pipeline_of

from enlist_merge.lists import merge_plan
from enlist_shared.endings import ImportEndedError
from enlist_shared.ids import AccountId
from enlist_shared.settings import S3Settings

ONE, TWO, OTHER = "+447400000001", "+447400000002", "+447400000009"
OPT_OUT = """
INSERT INTO consents (account_id, number, channel, state, source, effective_at, seq)
VALUES ($1, $2, $3, 'opted_out', 'keyword', now(), 0)
"""


@pytest.fixture
async def pipeline(
    database: Database, s3_settings: S3Settings, account_id: AccountId
) -> AsyncIterator[Pipeline]:
    async with pipeline_of(account_id, database, s3_settings) as one:
        yield one


async def members(observer: asyncpg.Connection) -> set[tuple[str, str]]:
    rows = await observer.fetch(
        "SELECT l.name, c.phone_number FROM memberships m JOIN lists l USING (list_id) "
        "JOIN contacts c USING (contact_id)"
    )
    return {(row["name"], row["phone_number"]) for row in rows}


async def test_a_list_that_was_deleted_meanwhile(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """Only the records that were to join it are warned; nobody joins it."""
    body = f"phone,lists\n{ONE},News\n{TWO},old;News\n{OTHER},\n".encode()
    event, *_ = await pipeline.merging(body)
    await merge_plan(pipeline.merger.pool, event.account_id, event.import_id, 10)
    await observer.execute("UPDATE lists SET deleted_at = now() WHERE name = 'old'")
    await pipeline.merger.on_shard_ready(event)
    assert await members(observer) == {("News", ONE), ("News", TWO)}
    row = await import_row(observer, event.import_id)
    assert row["warning_reasons"] == {"list_gone": 1}
    assert await counts_of(observer, event.import_id) == {
        "records": 3, "created": 3, "listed": 2, "warnings": 1,
    }  # fmt: skip


async def test_a_list_of_the_option_that_was_deleted(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """Every record was to join it: each is warned, and what is left of the lists is joined."""
    event, *_ = await pipeline.merging(
        f"phone\n{ONE}\n{TWO}\n".encode(), {"lists": ["old", "News"]}
    )
    await merge_plan(pipeline.merger.pool, event.account_id, event.import_id, 10)
    await observer.execute("UPDATE lists SET deleted_at = now() WHERE name = 'old'")
    await pipeline.merger.on_shard_ready(event)
    assert await members(observer) == {("News", ONE), ("News", TWO)}
    assert (await import_row(observer, event.import_id))["warning_reasons"] == {"list_gone": 2}


async def test_lists_are_made_once_by_whoever_is_first(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """Shards that start together agree on the ids; a name's spellings are one list."""
    body = f"phone,lists\n{ONE},VIP;news\n{TWO},vip\n".encode()
    event, *_ = await pipeline.merging(body, {"lists": ["News"]})
    ids = event.account_id, event.import_id
    plans = await asyncio.gather(
        *(merge_plan(pipeline.merger.pool, *ids, new_lists=2) for _ in range(4))
    )
    assert all(plan == plans[0] for plan in plans)
    rows = await observer.fetch("SELECT name, name_key, list_id, created_import FROM lists")
    assert {(row["name"], row["name_key"]) for row in rows} == {("News", "news"), ("VIP", "vip")}
    assert {row["created_import"] for row in rows} == {event.import_id}
    frozen = (await import_row(observer, event.import_id))["list_ids"]
    assert frozen == sorted(row["list_id"] for row in rows)


async def test_a_cancelled_import_makes_no_lists(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """An import that ended between claim and plan leaves no list behind."""
    event, *_ = await pipeline.merging(f"phone\n{ONE}\n".encode(), {"lists": ["News"]})
    await observer.execute("UPDATE imports SET status = 'cancelled'")
    with pytest.raises(ImportEndedError):
        await merge_plan(pipeline.merger.pool, event.account_id, event.import_id, 10)
    assert await observer.fetchval("SELECT count(*) FROM lists") == 0


@pytest.mark.parametrize(
    ("number", "consent_channel", "channel", "suppressed"),
    [
        (ONE, "phone", "phone", 1),
        (ONE, "whatsapp", "phone", 0),
        (OTHER, "phone", "phone", 0),
        (ONE, "whatsapp", "whatsapp", 0),
        (OTHER, "whatsapp", "whatsapp", 1),
        (TWO, "whatsapp", "whatsapp", 1),
    ],
)
async def test_an_opted_out_number_is_suppressed(
    pipeline: Pipeline,
    observer: asyncpg.Connection,
    number: str,
    consent_channel: str,
    channel: str,
    suppressed: int,
) -> None:
    """Opted out on the import's channel counts by the effective number; merged all the same."""
    body = f"phone,whatsapp\n{ONE},{OTHER}\n{TWO},\n".encode()
    await observer.execute(OPT_OUT, pipeline.account_id, number, consent_channel)
    for counts in ({"created": 2}, {"unchanged": 2}):
        import_id = await pipeline.import_file(body, {"channel": channel})
        expected = {"records": 2} | counts | ({"suppressed": 1} if suppressed else {})
        assert await counts_of(observer, import_id) == expected


async def test_a_custom_field_may_be_called_anything(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """A warning about a field whose name holds commas and colons is one warning of its code."""
    body = f'phone,"Notes, public: yes"\n{ONE},{"x" * 300}\n'.encode()
    import_id = await pipeline.import_file(body, {"over_limit": "truncate"})
    row = await import_row(observer, import_id)
    assert (row["status"], row["warning_reasons"]) == ("completed", {"truncated": 1})
    custom = await observer.fetchval("SELECT custom FROM contacts")
    assert json.loads(custom) == {"Notes, public: yes": "x" * 255}
    topic, _, event = (await announced(observer))[-1]
    assert (topic, event["warning_reasons"]) == ("enlist.import.completed.v1", {"truncated": 1})
