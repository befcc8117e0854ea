"""When the topics said what about an import: the clock of every figure ends here."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, Final

from aiokafka import AIOKafkaConsumer

from enlist_shared.states import FINAL, Status
from enlist_shared.topics import Topic

ENDS: Final = {Topic.IMPORT_COMPLETED: Status.COMPLETED, Topic.IMPORT_FAILED: Status.FAILED}
HEARD: Final = (Topic.IMPORT_PROGRESSED, *ENDS)


class Topics:
    """Listens in no group; remembers when each import was first heard to be in each state.

    The final states are those of the confirmation, not of the progress that is told beside it.
    """

    def __init__(self) -> None:
        self._heard: defaultdict[str, dict[Status, float]] = defaultdict(dict)
        self._confirmations: dict[str, dict[str, Any]] = {}
        self._more = asyncio.Condition()

    async def confirmation(self, import_id: str, seconds: float) -> dict[str, Any]:
        """The confirmation's data once it was read; AssertionError when the import failed."""
        async with asyncio.timeout(seconds), self._more:
            await self._more.wait_for(lambda: import_id in self._confirmations)
        said = self._confirmations[import_id]
        assert Status.COMPLETED in self._heard[import_id], said
        return said

    def heard(self, import_id: str) -> dict[Status, float]:
        """By state, the monotonic time in seconds at which it was first heard."""
        return self._heard[import_id]

    async def listen(self, consumer: AIOKafkaConsumer) -> None:
        async for message in consumer:
            at, data = monotonic(), json.loads(message.value)
            status = ENDS.get(message.topic) or Status(data["status"])
            if message.topic in ENDS:
                self._confirmations[data["import_id"]] = data
            elif status in FINAL:
                continue
            self._heard[data["import_id"]].setdefault(status, at)
            async with self._more:
                self._more.notify_all()


@asynccontextmanager
async def listening(bootstrap: str) -> AsyncIterator[Topics]:
    """Topics that are listened to, from their beginning, for the length of a block."""
    consumer = AIOKafkaConsumer(
        *HEARD,
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        fetch_max_wait_ms=50,  # as the services: less would keep the broker busy
    )
    topics = Topics()
    await consumer.start()
    task = asyncio.create_task(topics.listen(consumer))
    try:
        yield topics
    finally:
        task.cancel()
        await asyncio.wait([task])
        await consumer.stop()
