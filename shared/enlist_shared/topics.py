"""Every topic of the pipeline, in the order in which an import meets them.

    upload.requested → import.accepted → chunk.ready → chunk.normalized → shard.ready
      → import.completed | failed

Other services ask for an import with `upload.requested`; over HTTP it begins with the next one.
Small imports take the lane of their own (`…small`), so that ten pasted numbers never wait
behind another account's file. `import.progressed` runs beside. What people text comes in by
`sms.received`; `consent.changed` says whose consent is another now. `dead-letter` takes what no
handler can ever process.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final


class Topic(StrEnum):
    """A Kafka topic; the trailing version changes only with an incompatible event."""

    UPLOAD_REQUESTED = "enlist.upload.requested.v1"
    IMPORT_ACCEPTED = "enlist.import.accepted.v1"
    CHUNK_READY = "enlist.chunk.ready.v1"
    CHUNK_READY_SMALL = "enlist.chunk.ready.small.v1"
    CHUNK_NORMALIZED = "enlist.chunk.normalized.v1"
    CHUNK_NORMALIZED_SMALL = "enlist.chunk.normalized.small.v1"
    SHARD_READY = "enlist.shard.ready.v1"
    IMPORT_PROGRESSED = "enlist.import.progressed.v1"
    IMPORT_COMPLETED = "enlist.import.completed.v1"
    IMPORT_FAILED = "enlist.import.failed.v1"
    CONSENT_CHANGED = "enlist.consent.changed.v1"
    SMS_RECEIVED = "enlist.sms.received.v1"
    DEAD_LETTER = "enlist.dead-letter.v1"


FOREIGN: Final = frozenset({Topic.UPLOAD_REQUESTED, Topic.SMS_RECEIVED})
"""What others publish: any number of bad events may come, and no ledger knows what was lost."""

RETENTION: Final = {Topic.SMS_RECEIVED: timedelta(days=3)}
"""How long a topic keeps what is personal; the others as long as the broker does."""


class Lane(StrEnum):
    """Which of the twin chunk topics an import travels on."""

    MAIN = "main"
    SMALL = "small"

    @property
    def chunk_ready(self) -> Topic:
        return Topic.CHUNK_READY_SMALL if self is Lane.SMALL else Topic.CHUNK_READY

    @property
    def chunk_normalized(self) -> Topic:
        return Topic.CHUNK_NORMALIZED_SMALL if self is Lane.SMALL else Topic.CHUNK_NORMALIZED
