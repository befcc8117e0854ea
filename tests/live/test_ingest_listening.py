"""The splitter as a process would run it: on a real broker, and without one."""

import gc
from hashlib import sha256
from uuid import uuid4

import asyncpg
import httpx2
import pytest
from tests.fixtures.database import Database
from tests.fixtures.ingest import TEN, ingest_settings

from enlist.embedded.waiting import wait_for
from enlist_ingest.app import build_split, open_ingest
from enlist_ingest.settings import IngestSettings
from enlist_ingest.upload import Caller, Upload
from enlist_shared.broker import make_broker, publisher
from enlist_shared.events import ImportAccepted
from enlist_shared.ids import AccountId, ImportId
from enlist_shared.keys import source_key
from enlist_shared.settings import KafkaSettings, S3Settings
from enlist_shared.topics import Topic


async def accepted(settings: IngestSettings, account_id: AccountId) -> ImportAccepted:
    """An import that waits to be split."""
    import_id = ImportId(uuid4())
    key = source_key(account_id, import_id)
    async with open_ingest(settings) as (ingest, _):
        await ingest.objects.put(key, TEN)
        _, now = await ingest.store.begin_import()
        caller, digest = Caller(account_id, "GB"), sha256(TEN).digest()
        upload = Upload(caller, import_id, now, key, size=len(TEN), sha256=digest)
        await ingest.store.accept(upload)
    return ImportAccepted(account_id=account_id, import_id=import_id)


async def test_an_event_on_the_topic_is_split(
    database: Database,
    s3_settings: S3Settings,
    kafka_settings: KafkaSettings,
    account_id: AccountId,
    observer: asyncpg.Connection,
) -> None:
    """What is published as accepted is split by whoever listens."""
    settings = ingest_settings(database.settings("enlist_ingest"), s3_settings)
    settings = settings.model_copy(update={"kafka": kafka_settings})
    event = await accepted(settings, account_id)
    app = build_split(settings)
    async with app.router.lifespan_context(app), make_broker(kafka_settings) as broker:
        await broker.start()
        await publisher(broker)(Topic.IMPORT_ACCEPTED, str(account_id), event)

        async def split() -> bool:
            return bool(await observer.fetchval("SELECT status = 'normalizing' FROM imports"))

        await wait_for(split, 30)
    assert await observer.fetchval("SELECT records FROM imports") == 10


# aiokafka forgets to close a producer that never connected; it is collected in this test.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_splitter_lives_without_a_broker(
    database: Database, s3_settings: S3Settings
) -> None:
    """An absent broker does not keep the splitter from starting; it lives, and is not ready."""
    app = build_split(ingest_settings(database.settings("enlist_ingest"), s3_settings))
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://split") as client,
    ):
        assert (await client.get("/health/live")).status_code == 204
        assert (await client.get("/health/ready")).status_code == 503
        assert (await client.get("/v1/imports")).status_code == 404
    gc.collect()
