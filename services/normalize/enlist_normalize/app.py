"""Builds a normaliser: pool, object store and broker, opened in order and owned here."""

from enlist_normalize.handlers import Normalizer
from enlist_normalize.settings import NormalizeSettings
from enlist_shared.broker import make_broker, publisher
from enlist_shared.claims import Claims
from enlist_shared.delivery import Delivery, subscribe
from enlist_shared.endpoint import make_endpoint, serve
from enlist_shared.events import ChunkReady
from enlist_shared.health import Health, bucket_answers, consumers_joined, database_answers
from enlist_shared.objectstore import open_objectstore
from enlist_shared.postgres import open_pool
from enlist_shared.topics import Lane
from enlist_shared.worker import run_worker


async def run(settings: NormalizeSettings) -> None:
    """Normalise chunks of both lanes until told to stop."""
    async with (
        open_pool(settings.postgres, "normalize") as pool,
        open_objectstore(settings.s3) as store,
    ):
        broker = make_broker(settings.kafka, Delivery)
        claims = Claims(pool, settings.lease_seconds)
        for lane in Lane:
            normalizer = Normalizer(claims, store, publisher(broker), lane)
            subscribe(
                broker,
                settings.kafka,
                f"normalize.{lane}",
                lane.chunk_ready,
                ChunkReady,
                normalizer.on_chunk_ready,
            )
        health = Health(database_answers(pool), bucket_answers(store), consumers_joined(broker))
        await run_worker(broker, serve(settings.http, make_endpoint(health)))
