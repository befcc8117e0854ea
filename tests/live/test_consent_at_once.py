"""Everybody speaks at once about the same few numbers: nothing is lost, nobody waits in a ring."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from tests.fixtures.database import Database
from tests.fixtures.pipeline import Pipeline, pipeline_of

from enlist_ingest.consents import Consents
from enlist_ingest.keywords import Keyword, Keywords
from enlist_ingest.messages import Messages
from enlist_rules.keywords import Effect
from enlist_shared.consent import ConsentState
from enlist_shared.events import SmsReceived
from enlist_shared.ids import AccountId
from enlist_shared.options import Channel
from enlist_shared.settings import S3Settings

NUMBERS = [f"+4474000000{number:02}" for number in range(6)]
BODY = "phone\n" + "".join(f"{number}\n" for number in NUMBERS)
STATED = {"consent": {"source": "spring fair", "evidence": "signed sheet 12"}, "lists": ["Pizza"]}
# What follows from the history alone: the latest strong word, a tie is out; else what was stated.
FOLLOWS = """
SELECT number, coalesce(
  (array_agg(state ORDER BY effective_at DESC, state DESC)
    FILTER (WHERE state = 'opted_out' OR source NOT IN ('import', 'hand')))[1], 'opted_in') AS state
FROM consent_events WHERE channel = 'phone' GROUP BY number
"""


@pytest.fixture
async def pipeline(
    database: Database, s3_settings: S3Settings, account_id: AccountId
) -> AsyncIterator[Pipeline]:
    async with pipeline_of(account_id, database, s3_settings) as one:
        yield one


def message(account_id: AccountId, body: str, number: str) -> SmsReceived:
    received_at = datetime.now(UTC) - timedelta(seconds=random.randrange(3))
    return SmsReceived(
        account_id=account_id,
        message_id=str(uuid4()),
        sender=number,
        to="60777",
        body=body,
        received_at=received_at.replace(microsecond=0),
    )


async def test_the_state_follows_from_the_history(
    pipeline: Pipeline, ingest_pool: asyncpg.Pool, observer: asyncpg.Connection
) -> None:
    """Messages, keywords, calls, hands and imports at once: each number is what was said last."""
    account_id = pipeline.account_id
    consents, messages = Consents(ingest_pool), Messages(ingest_pool)
    word = Keyword("60777", "pizza", "pizza", Effect.JOIN, "Pizza")
    await Keywords(ingest_pool).add(account_id, word)
    prepared = [
        shard
        for options in (STATED, {"purpose": "opt_out"}, STATED)
        for shard in await pipeline.merging(BODY.encode(), options, chunk_bytes=40, shard_records=2)
    ]
    spoken: list[Any] = [
        messages.hear(message(account_id, random.choice(["stop", "start", "pizza"]), number))
        for number in NUMBERS * 8
    ]
    spoken += [
        consents.call(account_id, number, Channel.PHONE, random.choice([*ConsentState]), "call 7")
        for number in NUMBERS * 3
    ]
    spoken += [
        consents.by_hand(account_id, number, Channel.PHONE, ConsentState.OPTED_OUT, None)
        for number in NUMBERS
    ]
    spoken += [pipeline.merger.on_shard_ready(shard) for shard in prepared * 2]
    random.shuffle(spoken)
    async with asyncio.timeout(60):
        await asyncio.gather(*spoken)
    follows = {tuple(row) for row in await observer.fetch(FOLLOWS)}
    found = {tuple(row) for row in await observer.fetch("SELECT number, state FROM consents")}
    assert found == follows
    assert len(found) == len(NUMBERS)
    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    assert await observer.fetchval(deadlocks) == 0
