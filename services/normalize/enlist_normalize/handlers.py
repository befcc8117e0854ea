"""What a normaliser does with the one event it listens to."""

import asyncio
from dataclasses import dataclass

from enlist_normalize.chunk import normalize_chunk
from enlist_shared.broker import Publish
from enlist_shared.claims import Answer, Claim, Claims, Unit
from enlist_shared.events import ChunkNormalized, ChunkReady
from enlist_shared.failpoints import failpoint
from enlist_shared.failures import Code, PermanentFailure
from enlist_shared.ids import ObjectKey
from enlist_shared.keys import chunk_manifest_key
from enlist_shared.manifests import ImportManifest
from enlist_shared.metrics import Stage, timed
from enlist_shared.objectstore import ObjectMissingError, ObjectStore
from enlist_shared.states import UnitKind
from enlist_shared.topics import Lane


@dataclass(frozen=True, slots=True)
class Normalizer:
    """Normalises chunks of one lane."""

    claims: Claims
    store: ObjectStore
    publish: Publish
    lane: Lane

    async def on_chunk_ready(self, event: ChunkReady) -> None:
        """Normalise the chunk once; whoever asks again is told where the result lies."""
        unit = Unit(event.account_id, event.import_id, UnitKind.CHUNK, event.chunk)
        claim = await self.claims.claim(unit)
        if claim.answer is Answer.GO:
            await self._normalize(event, claim)
        elif claim.answer is Answer.DONE:
            await self._announce(event, claim.key, None)
        elif claim.answer is Answer.QUARANTINED:
            await self._announce(event, None, Code.CHUNK_UNREADABLE)

    async def _normalize(self, event: ChunkReady, claim: Claim) -> None:
        try:
            async with self.claims.hold(claim):
                with timed(Stage.CHUNK):
                    key = await self._write(event)
                finished = await self.claims.finish(claim, key)
        except PermanentFailure as failure:
            await self._announce(event, None, failure.code)
            return
        if finished:
            failpoint("normalize.finished", event.chunk)
            await self._announce(event, key, None)

    async def _write(self, event: ChunkReady) -> ObjectKey:
        manifest = ImportManifest.of(await self._read(event.manifest_key))
        plan = manifest.chunks[event.chunk]
        data = await self._read(manifest.source_key, plan.start, plan.end)
        if len(data) != plan.end - plan.start:
            raise PermanentFailure(Code.SOURCE_CHANGED, "the upload is shorter than it was")
        failpoint("normalize.read", event.chunk)
        chunk = await asyncio.to_thread(normalize_chunk, manifest, event.chunk, data)
        body = chunk.manifest.model_dump_json().encode()
        key = chunk_manifest_key(event.account_id, event.import_id, event.chunk, body)
        # Nobody knows of either before both are there, so they may go side by side.
        await asyncio.gather(self.store.put(chunk.key, chunk.body), self.store.put(key, body))
        failpoint("normalize.written", event.chunk)
        return key

    async def _read(self, key: ObjectKey, start: int = 0, end: int | None = None) -> bytes:
        try:
            return await self.store.get(key, start, end)
        except ObjectMissingError as error:
            raise PermanentFailure(Code.SOURCE_MISSING) from error

    async def _announce(self, event: ChunkReady, key: ObjectKey | None, code: Code | None) -> None:
        normalized = ChunkNormalized(
            account_id=event.account_id,
            import_id=event.import_id,
            chunk=event.chunk,
            result="done" if key else "failed",
            key=key,
            code=code,
        )
        await self.publish(self.lane.chunk_normalized, str(event.import_id), normalized)
