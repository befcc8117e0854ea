"""What a worker answers over HTTP: it lives while its loop turns, and is ready when it can work."""

import asyncio
import gc
from contextlib import suppress

import asyncpg
import httpx2
import pytest
from tests.fixtures.ingest import NO_BROKER

from enlist.embedded.waiting import answers, free_port, wait_for
from enlist_shared.broker import keep_connected, make_broker
from enlist_shared.endpoint import Application, make_endpoint, serve
from enlist_shared.health import Health, bucket_answers, consumers_joined, database_answers
from enlist_shared.objectstore import ObjectStore, open_objectstore
from enlist_shared.settings import HttpSettings, KafkaSettings, S3Settings

PATHS = ("/health/live", "/health/ready", "/metrics", "/", "/health")


async def asked(endpoint: Application, method: str = "GET") -> list[int]:
    """The status of every path."""
    transport = httpx2.ASGITransport(app=endpoint)
    async with httpx2.AsyncClient(transport=transport, base_url="http://worker") as client:
        return [(await client.request(method, path)).status_code for path in PATHS]


# aiokafka forgets to close a producer that never connected; it is collected in this test.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_without_a_broker_a_worker_lives_and_is_not_ready(
    merge_pool: asyncpg.Pool, objectstore: ObjectStore
) -> None:
    """The supervisor lets it wait for the broker instead of starting it again."""
    broker = make_broker(NO_BROKER)
    servers = database_answers(merge_pool), bucket_answers(objectstore)
    endpoint = make_endpoint(Health(*servers, consumers_joined(broker)))
    connecting = asyncio.create_task(keep_connected(broker))
    assert await asked(endpoint) == [204, 503, 200, 404, 404]
    connecting.cancel()
    await broker.stop()
    gc.collect()


async def test_ready_means_that_every_server_answers(
    merge_pool: asyncpg.Pool,
    objectstore: ObjectStore,
    s3_settings: S3Settings,
    kafka_settings: KafkaSettings,
) -> None:
    """Each of the three is looked at whenever somebody asks; nothing can be changed over HTTP."""
    broker = make_broker(kafka_settings)
    joined = consumers_joined(broker)
    assert await asked(make_endpoint(Health(joined))) == [204, 503, 200, 404, 404]
    async with broker:
        await broker.start()
        whole = Health(database_answers(merge_pool), bucket_answers(objectstore), joined)
        assert await asked(make_endpoint(whole)) == [204, 204, 200, 404, 404]
        assert await asked(make_endpoint(whole), "POST") == [404] * 5
        wrong = s3_settings.model_copy(update={"bucket": "no-such-bucket"})
        async with open_objectstore(wrong) as bucketless:
            for check in (bucket_answers(bucketless), database_answers(await _closed(merge_pool))):
                assert await asked(make_endpoint(Health(check, joined))) == [
                    204,
                    503,
                    200,
                    404,
                    404,
                ]
    assert await asked(make_endpoint(Health(joined))) == [204, 503, 200, 404, 404]


async def _closed(pool: asyncpg.Pool) -> asyncpg.Pool:
    await pool.close()
    return pool


async def test_the_endpoint_ends_with_its_task() -> None:
    """While it serves a worker's own signals stay its own; cancelled, it frees the port."""
    port = free_port()
    serving = asyncio.create_task(serve(HttpSettings(port=port), make_endpoint(Health())))

    async def ready() -> bool:
        return await answers(port, "/health/ready")

    await wait_for(ready, 10)
    assert not await answers(port, "/nothing")
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving
    assert not await ready()
