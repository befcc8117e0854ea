"""The two processes of ingest, built here and nowhere else; nothing is opened at import."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI
from faststream.kafka import KafkaBroker

from enlist_ingest.api.application import make_application
from enlist_ingest.api.dependencies import KeyRing
from enlist_ingest.audience import Audiences
from enlist_ingest.consents import Consents
from enlist_ingest.console.sessions import Sessions
from enlist_ingest.contacts_edits import Edits
from enlist_ingest.contacts_reads import Reads
from enlist_ingest.exports import Exports
from enlist_ingest.handlers import request_import, split_import
from enlist_ingest.idempotency import IdempotencyKeys
from enlist_ingest.keywords import Keywords
from enlist_ingest.lists import Lists
from enlist_ingest.messages import Messages
from enlist_ingest.profiles import Profiles
from enlist_ingest.requests import Requests
from enlist_ingest.results import ResultStore
from enlist_ingest.service import Ingest
from enlist_ingest.settings import IngestSettings
from enlist_ingest.store import Store
from enlist_ingest.tasks import Tasks
from enlist_ingest.upload_events import UploadEvent
from enlist_shared.broker import keep_connected, make_broker
from enlist_shared.claims import Claims
from enlist_shared.delivery import Delivery, subscribe
from enlist_shared.events import ImportAccepted, SmsReceived
from enlist_shared.health import Health, bucket_answers, consumers_joined, database_answers
from enlist_shared.objectstore import open_objectstore
from enlist_shared.postgres import open_pool
from enlist_shared.topics import Topic


def build_api(settings: IngestSettings) -> FastAPI:
    """The API; it needs Postgres and S3, and no broker: events leave through the outbox."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_ingest(settings) as (ingest, pool):
            app.state.ingest, app.state.keys = ingest, KeyRing(ingest.store)
            app.state.sessions, app.state.reads = Sessions(pool), ingest.reads
            app.state.health = Health(database_answers(pool), bucket_answers(ingest.objects))
            app.state.workbook_previews = asyncio.Semaphore(settings.workbook_previews)
            pruning = asyncio.create_task(ingest.idempotency.keep_pruned())
            working = asyncio.create_task(ingest.tasks.keep_working())
            yield
            pruning.cancel()
            working.cancel()

    return make_application(lifespan, with_imports=True)


def build_split(settings: IngestSettings) -> FastAPI:
    """The splitter: listens to accepted imports, and answers only for its health."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with (
            open_ingest(settings) as (ingest, pool),
            listening(settings, ingest, pool) as broker,
        ):
            servers = database_answers(pool), bucket_answers(ingest.objects)
            app.state.health = Health(*servers, consumers_joined(broker))
            yield

    return make_application(lifespan, with_imports=False)


@asynccontextmanager
async def open_ingest(settings: IngestSettings) -> AsyncIterator[tuple[Ingest, asyncpg.Pool]]:
    """The ledger and the bucket, for the length of a process."""
    async with (
        open_pool(settings.postgres, "enlist-ingest") as pool,
        open_objectstore(settings.s3) as objects,
    ):
        keys = IdempotencyKeys(pool, settings.lease_seconds)
        ingest = Ingest(
            settings=settings,
            store=Store(pool),
            objects=objects,
            idempotency=keys,
            requests=Requests(pool),
            profiles=Profiles(pool),
            results=ResultStore(pool, objects),
            consents=Consents(pool),
            keywords=Keywords(pool),
            messages=Messages(pool),
            audiences=Audiences(pool),
            reads=Reads(pool),
            edits=Edits(pool),
            lists=Lists(pool),
            tasks=Tasks(pool),
            exports=Exports(pool),
        )
        yield ingest, pool


@asynccontextmanager
async def listening(
    settings: IngestSettings, ingest: Ingest, pool: asyncpg.Pool
) -> AsyncIterator[KafkaBroker]:
    """Take in what is requested, split what is accepted; at the end, finish what is under way."""
    broker = make_broker(settings.kafka, Delivery)
    claims = Claims(pool, settings.lease_seconds)

    async def split(event: ImportAccepted) -> None:
        await split_import(event, ingest, claims)

    async def request(event: UploadEvent) -> None:
        await request_import(event, ingest, claims)

    kafka = settings.kafka
    subscribe(broker, kafka, "upload", Topic.UPLOAD_REQUESTED, UploadEvent, request)
    subscribe(broker, kafka, "split", Topic.IMPORT_ACCEPTED, ImportAccepted, split)
    subscribe(broker, kafka, "messages", Topic.SMS_RECEIVED, SmsReceived, ingest.messages.hear)
    connecting = asyncio.create_task(keep_connected(broker))
    try:
        yield broker
    finally:
        connecting.cancel()
        await broker.stop()
