"""The promise: opted-out stays opted-out, whatever imports, hands and redeliveries do afterwards.

`ENLIST_TEST_PEOPLE` says how many take part; `make test-promise` has 100,000 of them.
"""

import os
import random
import time
from typing import Final

import asyncpg
import pytest
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import api_client, ingest_settings
from tests.fixtures.pipeline import pipeline_of
from tests.promise.people import people
from tests.promise.steps import STEPS
from tests.promise.world import World

from enlist_ingest.messages import Messages
from enlist_shared.accounts import create_account
from enlist_shared.settings import S3Settings

PEOPLE: Final = int(os.environ.get("ENLIST_TEST_PEOPLE", "2000"))


@pytest.mark.timeout(600)
async def test_nobody_who_opted_out_comes_back(
    database: Database,
    s3_settings: S3Settings,
    observer: asyncpg.Connection,
    ingest_pool: asyncpg.Pool,
) -> None:
    """Everybody meets an opt-out and then an import; after every step exactly those are out who
    said so last, and at the end nobody may be texted."""
    async with connected(database.dsn("enlist_owner")) as owner:
        account_id, key = await create_account(owner, "test")
    settings = ingest_settings(database.settings("enlist_ingest"), s3_settings)
    async with (
        pipeline_of(account_id, database, s3_settings) as pipeline,
        api_client(settings, key) as http,
    ):
        messages, seed = Messages(ingest_pool), random.randrange(10**6)
        everybody, chance = people(PEOPLE), random.Random(seed)
        world = World(pipeline, http, messages, observer, everybody, chance)
        print(f"\n{PEOPLE:,} people, {len(STEPS)} steps, seed {seed}")
        for number, step in enumerate(STEPS, start=1):
            began = time.monotonic()
            await step(world)
            await world.agree()
            took = time.monotonic() - began
            print(f"{number:3} {step.__doc__}: {len(world.out):,} are out ({took:.1f} s)")
        everybody_list = await observer.fetchval(
            "SELECT list_id FROM lists WHERE name = 'Everybody'"
        )
        print(f"{len(world.met):,} met an opt-out followed by an import; none came back")
        assert world.met == world.out == {*everybody}
        assert await world.recipients(everybody_list) == 0
