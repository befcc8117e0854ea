"""The splitter's side of S3: the blocks of a source, and the manifest that splitting leaves."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from enlist_ingest.division import Source
from enlist_rules.codes import Code, PermanentFailure
from enlist_shared.ids import ObjectKey
from enlist_shared.keys import import_manifest_key
from enlist_shared.manifests import ImportManifest
from enlist_shared.objectstore import ObjectMissingError, ObjectStore

BLOCK_BYTES: Final = 8 * 1024 * 1024


async def read_source(objects: ObjectStore, source: Source) -> AsyncIterator[bytes]:
    """The bytes of a source in blocks; while one is worked on, the next one is read.

    Raises:
        PermanentFailure: `source_missing`, or `source_changed` when it has another size.
    """
    coming: asyncio.Task[bytes] | None = None
    try:
        for start in range(0, source.size, BLOCK_BYTES):
            block = await (coming or _read(objects, source, start))
            following = start + BLOCK_BYTES
            coming = (
                asyncio.create_task(_read(objects, source, following))
                if following < source.size
                else None
            )
            yield block
    finally:
        if coming is not None:
            coming.cancel()


async def _read(objects: ObjectStore, source: Source, start: int) -> bytes:
    """A block of the size it must have; the last one asks for a byte that must not be there."""
    length = min(BLOCK_BYTES, source.size - start)
    is_last = start + length == source.size
    try:
        block = await objects.get(source.key, start, start + length + is_last)
    except ObjectMissingError as error:
        raise PermanentFailure(Code.SOURCE_MISSING) from error
    if len(block) != length:
        raise PermanentFailure(Code.SOURCE_CHANGED)
    return block


async def put_manifest(objects: ObjectStore, manifest: ImportManifest) -> ObjectKey:
    """Store a manifest under its content's key."""
    body = manifest.model_dump_json().encode()
    key = import_manifest_key(manifest.account_id, manifest.import_id, body)
    await objects.put(key, body)
    return key
