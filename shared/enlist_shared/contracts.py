"""Who says what to whom, under which key: `docs/events/` is generated from this and the models.

`tests/pipeline/test_contracts.py` holds what the services really say to it. Merge is a sender
of what its reconciler says again.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, TypeAlias

from pydantic import BaseModel

from enlist_shared import events
from enlist_shared.topics import Topic

Service: TypeAlias = Literal["ingest", "normalize", "merge"]
Outsider: TypeAlias = Literal["upstream services", "operations", "anyone"]


class Key(StrEnum):
    """What a message's key is made of; messages with one key keep their order."""

    ACCOUNT = "{account_id}"
    IMPORT = "{import_id}"
    CHUNK = "{import_id}:{chunk}"
    SHARD = "{import_id}:{shard}"
    ORIGINAL = "the key of the message it is about"

    def of(self, event: BaseModel) -> str:
        """The key of an event."""
        return self.format_map(event.model_dump(mode="json"))


@dataclass(frozen=True, slots=True)
class Contract:
    """What is promised of a topic."""

    event: type[BaseModel]
    key: Key
    senders: tuple[Service | Outsider, ...]
    listeners: tuple[Service | Outsider, ...]
    through: Literal["outbox", "directly"] = "outbox"

    @property
    def is_accepted(self) -> bool:
        """Others send it, so what they ever sent must be understood for ever."""
        return self.senders == ("upstream services",)


CONTRACTS: Final[dict[Topic, Contract]] = {
    Topic.UPLOAD_REQUESTED: Contract(
        events.UploadRequested, Key.ACCOUNT, ("upstream services",), ("ingest",), "directly"
    ),
    Topic.IMPORT_ACCEPTED: Contract(
        events.ImportAccepted, Key.ACCOUNT, ("ingest", "merge"), ("ingest", "anyone")
    ),
    Topic.CHUNK_READY: Contract(events.ChunkReady, Key.CHUNK, ("ingest", "merge"), ("normalize",)),
    Topic.CHUNK_READY_SMALL: Contract(
        events.ChunkReady, Key.CHUNK, ("ingest", "merge"), ("normalize",)
    ),
    Topic.CHUNK_NORMALIZED: Contract(
        events.ChunkNormalized, Key.IMPORT, ("normalize",), ("merge",), "directly"
    ),
    Topic.CHUNK_NORMALIZED_SMALL: Contract(
        events.ChunkNormalized, Key.IMPORT, ("normalize",), ("merge",), "directly"
    ),
    Topic.SHARD_READY: Contract(events.ShardReady, Key.SHARD, ("merge",), ("merge",)),
    Topic.IMPORT_PROGRESSED: Contract(
        events.ImportProgressed, Key.IMPORT, ("ingest", "merge"), ("operations",)
    ),
    Topic.IMPORT_COMPLETED: Contract(events.ImportCompleted, Key.ACCOUNT, ("merge",), ("anyone",)),
    Topic.IMPORT_FAILED: Contract(
        events.ImportFailed, Key.ACCOUNT, ("ingest", "merge"), ("anyone",)
    ),
    Topic.CONSENT_CHANGED: Contract(
        events.ConsentChanged, Key.ACCOUNT, ("ingest", "merge"), ("anyone",)
    ),
    Topic.SMS_RECEIVED: Contract(
        events.SmsReceived, Key.ACCOUNT, ("upstream services",), ("ingest",), "directly"
    ),
    Topic.DEAD_LETTER: Contract(
        events.DeadLettered,
        Key.ORIGINAL,
        ("ingest", "normalize", "merge"),
        ("operations",),
        "directly",
    ),
}
