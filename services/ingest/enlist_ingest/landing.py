"""How an upload of unknown length reaches S3: in parts, while it arrives, with bounded memory.

One part fills while the one before it is on its way; a sender that is faster has to wait.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from enlist_rules.codes import Code, PermanentFailure
from enlist_shared.ids import ObjectKey
from enlist_shared.objectstore import ObjectStore

PART_BYTES: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Landed:
    """An upload that has arrived whole; `body` is there when all of it was held in memory."""

    size: int
    sha256: bytes
    body: bytes | None


class Landing:
    """Takes the blocks of one upload; `open_landing` makes it and clears up after it."""

    def __init__(self, objects: ObjectStore, key: ObjectKey, max_bytes: int) -> None:
        self.size = 0
        self._objects = objects
        self._key = key
        self._max_bytes = max_bytes
        self._digest = sha256()
        self._blocks: list[bytes] = []
        self._held = 0
        self._upload: str | None = None
        self._tags: list[str] = []
        self._sending: asyncio.Task[None] | None = None

    async def write(self, block: bytes) -> None:
        """Take the next bytes, of any length.

        Raises:
            PermanentFailure: `too_large`.
        """
        self.size += len(block)
        if self.size > self._max_bytes:
            raise PermanentFailure(Code.TOO_LARGE, f"the limit is {self._max_bytes:,} bytes")
        self._blocks.append(block)
        self._held += len(block)
        if self._held >= PART_BYTES:
            await self._send_held()

    async def finish(self) -> Landed:
        """The upload is whole: make it one object, which is there when it is `stored`."""
        if self._upload is None:
            return await self._finish_in_memory()
        if self._blocks:
            await self._send_held()
        await self._sent()
        await self._objects.complete(self._key, self._upload, self._tags)
        self._upload = None
        return Landed(self.size, self._digest.digest(), None)

    async def stored(self) -> None:
        """Wait until the object is there."""
        await self._sent()

    async def discard(self) -> None:
        """Leave nothing of an upload that did not become whole."""
        with suppress(Exception):
            await self._sent()
        if self._upload is not None:
            await self._objects.abort(self._key, self._upload)

    async def _finish_in_memory(self) -> Landed:
        body = b"".join(self._blocks)
        await asyncio.to_thread(self._digest.update, body)
        self._sending = asyncio.create_task(self._objects.put(self._key, body))
        return Landed(self.size, self._digest.digest(), body)

    async def _send_held(self) -> None:
        part = b"".join(self._blocks)
        self._blocks.clear()
        self._held = 0
        if self._upload is None:
            self._upload = await self._objects.begin(self._key)
        await self._sent()
        self._sending = asyncio.create_task(self._send(self._upload, part))

    async def _send(self, upload: str, part: bytes) -> None:
        await asyncio.to_thread(self._digest.update, part)
        number = len(self._tags) + 1
        self._tags.append(await self._objects.put_part(self._key, upload, number, part))

    async def _sent(self) -> None:
        sending, self._sending = self._sending, None
        if sending is not None:
            await sending


@asynccontextmanager
async def open_landing(
    objects: ObjectStore, key: ObjectKey, max_bytes: int
) -> AsyncIterator[Landing]:
    """A landing that leaves nothing in S3 when the block is left by an exception."""
    landing = Landing(objects, key, max_bytes)
    try:
        yield landing
    except BaseException:
        with suppress(Exception):
            await landing.discard()
        raise
