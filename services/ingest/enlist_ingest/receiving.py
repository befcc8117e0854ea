"""One upload, from its first byte until it is an import: accepted, or refused with a code."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from time import monotonic
from typing import Final

from enlist_ingest.division import Divider, Division
from enlist_ingest.landing import Landing, open_landing
from enlist_ingest.service import Ingest
from enlist_ingest.settings import IngestSettings
from enlist_ingest.sources import put_manifest
from enlist_ingest.store import MovedOnError
from enlist_ingest.upload import Caller, Upload
from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.kinds import HEAD_BYTES, is_workbook
from enlist_shared.endings import Ending
from enlist_shared.ids import ImportId
from enlist_shared.keys import source_key
from enlist_shared.metrics import Stage, timed
from enlist_shared.options import ImportOptions
from enlist_shared.options import Source as Way
from enlist_shared.states import Status
from enlist_shared.telemetry import bind_ids

SHOW_EVERY: Final = 1.0
"""Seconds between two notes in the ledger that a long upload goes on."""


class Receiving:
    """Takes the blocks of one upload; `open_receiving` makes it and clears up after it."""

    def __init__(self, ingest: Ingest, upload: Upload, landing: Landing) -> None:
        self._ingest = ingest
        self._upload = upload
        self._landing = landing
        self._shown_at: float | None = None

    def describe(self, file_name: str | None, options: ImportOptions | None) -> None:
        """What is known by now; options that nobody sent are the defaults."""
        self._upload = replace(
            self._upload, file_name=file_name, options=options or self._upload.options
        )

    async def take(self, block: bytes) -> None:
        """Take the next bytes; once there are more than one chunk's, the import shows them.

        Raises:
            PermanentFailure: `too_large`.
        """
        await self._landing.write(block)
        if self._landing.size > self._ingest.settings.chunk_bytes:
            await self._show()

    async def accept(self) -> ImportId:
        """All of it is here: from now on it is an import; one that ended meanwhile stays so."""
        landed = await self._landing.finish()
        upload = replace(self._upload, size=landed.size, sha256=landed.sha256)
        body = landed.body if self._shown_at is None else None
        if body is not None and not is_workbook(body[:HEAD_BYTES]):
            await self._accept_small(upload, body)
        else:
            await self._landing.stored()
            with suppress(MovedOnError):
                await self._ingest.store.accept(upload)
        return upload.import_id

    async def end(self, ending: Ending, code: Code | None = None, detail: str = "") -> None:
        """The upload will not become whole: nothing stays that could be seen as under way."""
        if self._shown_at is not None:
            key = self._upload.caller.account_id, self._upload.import_id
            with suppress(Exception):
                await self._ingest.store.end(*key, ending, code, detail)

    async def _show(self) -> None:
        now = monotonic()
        if self._shown_at is None or now - self._shown_at >= SHOW_EVERY:
            await self._ingest.store.receive(replace(self._upload, size=self._landing.size))
            self._shown_at = now

    async def _accept_small(self, upload: Upload, body: bytes) -> None:
        settings, store = self._ingest.settings, self._ingest.store
        try:  # while the bytes are on their way to S3
            division = await asyncio.to_thread(_divide, upload, body, settings)
        except PermanentFailure as failure:
            await self._landing.stored()
            await store.accept_refused(upload, failure.code, failure.detail)
        else:
            manifest_key = await put_manifest(self._ingest.objects, division.manifest)
            await self._landing.stored()
            await store.accept_split(upload, division, manifest_key)


@asynccontextmanager
async def open_receiving(
    ingest: Ingest, caller: Caller, way: Way = Way.FILE
) -> AsyncIterator[Receiving]:
    """An upload of which nothing is kept when the block is left by an exception."""
    import_id, received_at = await ingest.store.begin_import()
    bind_ids(import_id=import_id)
    key = source_key(caller.account_id, import_id)
    upload = Upload(caller, import_id, received_at, key, way=way)
    async with open_landing(ingest.objects, key, ingest.settings.max_bytes) as landing:
        receiving = Receiving(ingest, upload, landing)
        try:
            with timed(Stage.UPLOAD):
                yield receiving
        except PermanentFailure as failure:
            await receiving.end(Status.FAILED, failure.code, failure.detail)
            raise
        except BaseException:
            await receiving.end(Status.CANCELLED)
            raise


def _divide(upload: Upload, body: bytes, settings: IngestSettings) -> Division:
    divider = Divider(upload.source, settings)
    divider.feed(body)
    return divider.finish()
