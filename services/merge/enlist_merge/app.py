"""Builds a merger: pools, object store and broker, opened in order and owned here."""

from functools import partial
from typing import Final

from enlist_merge.handlers import Merger
from enlist_merge.merging import STAGE
from enlist_merge.observer import Observer
from enlist_merge.reconciler import Reconciler
from enlist_merge.settings import MergeSettings
from enlist_shared.broker import make_broker
from enlist_shared.claims import Claims
from enlist_shared.delivery import Delivery, subscribe
from enlist_shared.endpoint import make_endpoint, serve
from enlist_shared.events import ChunkNormalized, ShardReady
from enlist_shared.health import Health, bucket_answers, consumers_joined, database_answers
from enlist_shared.objectstore import open_objectstore
from enlist_shared.postgres import open_pool
from enlist_shared.relay import Relay
from enlist_shared.topics import Topic
from enlist_shared.worker import run_worker

# A shard is staged in memory: with the default of 8 MB it would go through temporary files.
SESSION: Final = {"temp_buffers": "48MB"}


async def run(settings: MergeSettings) -> None:
    """Record chunks and merge shards, relay and reconcile, until told to stop."""
    tables = (STAGE["create_staged"], STAGE["create_classified"])
    async with (
        open_pool(settings.postgres, "merge", tables, SESSION) as pool,
        open_pool(settings.system_postgres, "reconciler") as system_pool,
        open_objectstore(settings.s3) as store,
    ):
        broker = make_broker(settings.kafka, Delivery)
        merger = Merger(pool, store, Claims(pool, settings.lease_seconds), settings.new_lists)
        join = partial(subscribe, broker, settings.kafka)
        join("merge.chunks", Topic.CHUNK_NORMALIZED, ChunkNormalized, merger.on_chunk_normalized)
        join(
            "merge.small",
            Topic.CHUNK_NORMALIZED_SMALL,
            ChunkNormalized,
            merger.on_small_chunk_normalized,
        )
        join("merge.shards", Topic.SHARD_READY, ShardReady, merger.on_shard_ready)
        relay = Relay(settings.system_postgres.dsn.get_secret_value(), settings.kafka)
        reconciler = Reconciler(system_pool, pool, settings.stalled_after, settings.abandoned_after)
        databases = database_answers(pool), database_answers(system_pool)
        health = Health(*databases, bucket_answers(store), consumers_joined(broker))
        serving = serve(settings.http, make_endpoint(health))
        observer = Observer(system_pool)
        await run_worker(broker, relay.run(), reconciler.run(), observer.run(), serving)
