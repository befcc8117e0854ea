"""What this process counts and measures, for Prometheus; the names are a closed list.

The counts belong to the process, as its log does: nothing is opened here. No label ever holds
an id, nor anything else that a person or an account could be found by.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from time import perf_counter
from typing import Any, Final

import asyncpg
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY: Final = CollectorRegistry()
OUTCOMES: Final = ("created", "updated", "unchanged", "duplicate", "rejected", "unprocessed")
_SECONDS: Final = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300)


class Metric(StrEnum):
    """Every name under which Prometheus finds something; `docs/operations.md` explains each."""

    STAGE_SECONDS = "enlist_stage_seconds"
    SHARD_STEP_SECONDS = "enlist_shard_step_seconds"
    IMPORT_SECONDS = "enlist_import_seconds"
    RECORDS = "enlist_records_total"
    REJECTED = "enlist_rejected_total"
    DELIVERIES = "enlist_deliveries_total"
    LEASES_LOST = "enlist_leases_lost_total"
    DATABASE_CONNECTIONS = "enlist_database_connections"
    UNITS = "enlist_units"
    UNIT_OLDEST = "enlist_unit_oldest_seconds"
    OUTBOX_EVENTS = "enlist_outbox_events"
    OUTBOX_OLDEST = "enlist_outbox_oldest_seconds"
    CPU = "process_cpu_seconds_total"
    RESIDENT_MEMORY = "process_resident_memory_bytes"
    VIRTUAL_MEMORY = "process_virtual_memory_bytes"
    OPEN_FILES = "process_open_fds"
    MOST_FILES = "process_max_fds"
    STARTED = "process_start_time_seconds"


class Stage(StrEnum):
    """What an import goes through; each is a unit of work, but for the upload."""

    UPLOAD = "upload"
    SPLIT = "split"
    CHUNK = "chunk"
    SHARD = "shard"


class Step(StrEnum):
    """What merging a shard consists of, in this order; all but the first in its transaction."""

    READ = "read"
    STAGE = "stage"
    LOCK = "lock"
    CLASSIFY = "classify"
    APPLY = "apply"
    RECORD = "record"


class Delivered(StrEnum):
    """What became of a message."""

    HANDLED = "handled"
    FAILED = "failed"
    DEAD_LETTERED = "dead_lettered"
    HELD_BACK = "held_back"


ProcessCollector(registry=REGISTRY)
_STAGES: Final = Histogram(
    Metric.STAGE_SECONDS, "Time that a stage took", ["stage"], buckets=_SECONDS, registry=REGISTRY
)
_STEPS: Final = Histogram(
    Metric.SHARD_STEP_SECONDS,
    "Time that a step of merging a shard took",
    ["step"],
    buckets=(0.001, 0.003, *_SECONDS),
    registry=REGISTRY,
)
_IMPORTS: Final = Histogram(
    Metric.IMPORT_SECONDS,
    "Time from accepted to the end of an import",
    ["status"],
    buckets=(*_SECONDS[2:], 1000, 3000),
    registry=REGISTRY,
)
_RECORDS: Final = Counter(
    Metric.RECORDS, "Records of imports that ended", ["outcome"], registry=REGISTRY
)
_REJECTED: Final = Counter(Metric.REJECTED, "Rejected records", ["code"], registry=REGISTRY)
DELIVERIES: Final = Counter(
    Metric.DELIVERIES, "Messages that arrived", ["topic", "result"], registry=REGISTRY
)
LEASES_LOST: Final = Counter(
    Metric.LEASES_LOST, "Claims that had gone to another worker", ["kind"], registry=REGISTRY
)
_CONNECTIONS: Final = Gauge(
    Metric.DATABASE_CONNECTIONS, "Connections of a pool", ["pool", "state"], registry=REGISTRY
)
# These four are read from the ledger, by one merge process at a time.
UNITS: Final = Gauge(
    Metric.UNITS, "Units of unfinished imports", ["kind", "state"], registry=REGISTRY
)
UNIT_OLDEST: Final = Gauge(
    Metric.UNIT_OLDEST, "Age of the oldest unit that nobody works on", ["kind"], registry=REGISTRY
)
OUTBOX_EVENTS: Final = Gauge(
    Metric.OUTBOX_EVENTS, "Events to be published", ["topic"], registry=REGISTRY
)
OUTBOX_OLDEST: Final = Gauge(
    Metric.OUTBOX_OLDEST, "Age of the oldest of them", ["topic"], registry=REGISTRY
)


@contextmanager
def timed(what: Stage | Step) -> Iterator[None]:
    """Measure the body, unless it fails."""
    started = perf_counter()
    yield
    durations = _STAGES if isinstance(what, Stage) else _STEPS
    durations.labels(what).observe(perf_counter() - started)


def count_ended(row: Mapping[str, Any] | asyncpg.Record) -> None:
    """An import has ended, and this is its row: its time, its balance, its codes."""
    took = (row["completed_at"] - row["accepted_at"]).total_seconds()
    _IMPORTS.labels(row["status"]).observe(max(0.0, took))
    for outcome in OUTCOMES:
        _RECORDS.labels(outcome).inc(row[outcome])
    for code, records in row["reasons"].items():
        _REJECTED.labels(code).inc(records)


@contextmanager
def observed(pool: asyncpg.Pool, name: str) -> Iterator[None]:
    """Show how many connections the pool has while it is open."""
    _CONNECTIONS.labels(name, "open").set_function(pool.get_size)
    _CONNECTIONS.labels(name, "idle").set_function(pool.get_idle_size)
    try:
        yield
    finally:
        _CONNECTIONS.remove(name, "open")
        _CONNECTIONS.remove(name, "idle")
