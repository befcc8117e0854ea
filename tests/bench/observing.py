"""What metrics and ids of logs cost: `python -m tests.bench.observing`.

An import of 10 MB is three chunks and two shards: so many stages, steps and messages are counted.
"""

from collections.abc import Callable
from time import process_time
from timeit import timeit
from typing import Final
from uuid import uuid4

from prometheus_client import generate_latest

from enlist_shared.metrics import DELIVERIES, REGISTRY, Delivered, Stage, Step, timed
from enlist_shared.telemetry import bind_ids, own_ids
from enlist_shared.topics import Topic

TURNS: Final = 20_000
CHUNKS, SHARDS = 3, 2
MESSAGES: Final = 1 + CHUNKS + CHUNKS + SHARDS  # accepted, ready, normalized, shard ready


def measure() -> None:
    with timed(Stage.SHARD), timed(Step.LOCK):
        pass


def deliver() -> None:
    with own_ids():
        bind_ids(account_id=ACCOUNT, import_id=ACCOUNT)
        bind_ids(account_id=ACCOUNT, import_id=ACCOUNT, unit="chunk:7")
        DELIVERIES.labels(Topic.CHUNK_READY, Delivered.HANDLED).inc()


def scrape() -> None:
    generate_latest(REGISTRY)


ACCOUNT: Final = uuid4()


def microseconds(work: Callable[[], None], turns: int = TURNS) -> float:
    """Processor time of one call."""
    return timeit(work, number=turns, timer=process_time) / turns * 1e6


def main() -> None:
    two, message, page = microseconds(measure), microseconds(deliver), microseconds(scrape, 200)
    stages = 2 + CHUNKS + SHARDS * (1 + len(Step))
    cost = two / 2 * stages + message * MESSAGES
    print(f"a stage or step {two / 2:.1f} µs, a message {message:.1f} µs, a scrape {page:.0f} µs")
    print(f"10 MB: {stages} stages and steps, {MESSAGES} messages: {cost / 1000:.2f} ms in all")


if __name__ == "__main__":
    main()
