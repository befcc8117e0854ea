"""The states of an import and of its units, and the moves that are allowed.

The same table stands in `deploy/database/schema.sql` as a trigger; a test compares the two.
"""

from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """Where an import stands."""

    RECEIVING = "receiving"
    ACCEPTED = "accepted"
    SPLITTING = "splitting"
    NORMALIZING = "normalizing"
    FORECASTING = "forecasting"
    AWAITING_APPROVAL = "awaiting_approval"
    MERGING = "merging"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNDOING = "undoing"
    UNDONE = "undone"


MOVES: Final[dict[Status, frozenset[Status]]] = {
    Status.RECEIVING: frozenset(
        {Status.ACCEPTED, Status.NORMALIZING, Status.FAILED, Status.CANCELLED}
    ),
    Status.ACCEPTED: frozenset({Status.SPLITTING, Status.FAILED, Status.CANCELLED}),
    Status.SPLITTING: frozenset({Status.NORMALIZING, Status.FAILED, Status.CANCELLED}),
    Status.NORMALIZING: frozenset(
        {
            Status.FORECASTING,
            Status.MERGING,
            Status.COMPLETED,
            Status.FAILED,
            Status.CANCELLED,
        }
    ),
    Status.FORECASTING: frozenset({Status.AWAITING_APPROVAL, Status.FAILED, Status.CANCELLED}),
    Status.AWAITING_APPROVAL: frozenset({Status.MERGING, Status.FAILED, Status.CANCELLED}),
    Status.MERGING: frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED}),
    Status.COMPLETED: frozenset({Status.UNDOING}),
    Status.FAILED: frozenset({Status.NORMALIZING, Status.MERGING, Status.UNDOING}),
    Status.CANCELLED: frozenset({Status.UNDOING}),
    Status.UNDOING: frozenset({Status.UNDONE}),
    Status.UNDONE: frozenset(),
}

FINAL: Final = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED, Status.UNDONE})


class UnitKind(StrEnum):
    """A kind of work that is claimed before it is done."""

    SPLIT = "split"
    CHUNK = "chunk"
    FORECAST_SHARD = "forecast_shard"
    SHARD = "shard"
    UNDO_SHARD = "undo_shard"
