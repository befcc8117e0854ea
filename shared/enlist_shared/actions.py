"""Everything that a log line of Enlist can be about: `action` is one of these, for ever.

`docs/operations.md` says what each means; a test compares the two, and that each is used.
"""

from typing import Literal

Action = Literal[
    "api.failed",
    "broker.connected",
    "broker.unreachable",
    "bucket.made",
    "chunk.unrecordable",
    "delivery.breaker_open",
    "delivery.dead_lettered",
    "delivery.failed",
    "health.not_ready",
    "health.ready",
    "idempotency.not_pruned",
    "import.ended",
    "library",
    "observer.interrupted",
    "process.failed",
    "reconciler.interrupted",
    "reconciler.said_again",
    "relay.held",
    "relay.interrupted",
    "server.awaited",
    "shard.ended",
    "tasks.interrupted",
    "topics.made",
    "worker.stopping",
]
