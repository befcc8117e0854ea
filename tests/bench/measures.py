"""What is measured: a large import, the floor, small imports alone and beside a large one."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from io import BytesIO, StringIO
from itertools import pairwise
from pathlib import Path
from subprocess import PIPE
from time import monotonic
from typing import Final

from tests.bench.memory import Peaks, sampled
from tests.bench.processes import Tree
from tests.bench.stack import Stack
from tests.bench.topics import Topics

from enlist.client import Client, Import
from enlist.samples import write_sample
from enlist_shared.states import Status

PATIENCE: Final = 900.0  # seconds for a confirmation
OPTIONS: Final = {"lists": ["Bench"]}
SMALL_ROWS: Final = 10


Send = Callable[[Client, int], Import]


def upload_small(client: Client, seed: int) -> Import:
    """Upload a file of ten records; another seed, other records."""
    text = StringIO(newline="")
    write_sample(text, SMALL_ROWS, 1000 + seed, plain=True)
    return client.upload(BytesIO(text.getvalue().encode()), "contacts.csv", OPTIONS)


def paste_small(client: Client, seed: int) -> Import:
    """Paste ten numbers; another seed, other numbers."""
    numbers = [f"+4474{seed * SMALL_ROWS + place:08}" for place in range(SMALL_ROWS)]
    return client.paste("numbers", {"numbers": "\n".join(numbers), "options": OPTIONS})


@dataclass(frozen=True, slots=True)
class Large:
    """A large import: seconds in all and by stage, CPU seconds by kind of program."""

    records: int
    created: int
    seconds: float
    stages: dict[str, float]
    cpu: dict[str, float]


async def large_import(stack: Stack, topics: Topics, file: Path) -> Large:
    """Import the file into an empty account, with one list."""
    await stack.settle()
    tree = Tree(stack.pid)
    with await stack.client() as client:
        before, started = tree.cpu(), monotonic()
        import_id = await asyncio.to_thread(_upload, client, file)
        uploaded = monotonic()
        counts = (await topics.confirmation(import_id, PATIENCE))["counts"]
        cpu = tree.used_since(before)
    heard = topics.heard(import_id)
    marks = {
        "upload": uploaded,
        "split": heard.get(Status.NORMALIZING, uploaded),
        "normalize": heard.get(Status.MERGING, uploaded),
        "merge": heard[Status.COMPLETED],
    }
    seconds, stages = heard[Status.COMPLETED] - started, _stages(started, marks)
    return Large(counts["records"], counts["created"], seconds, stages, cpu)


def _stages(started: float, marks: dict[str, float]) -> dict[str, float]:
    """Seconds between marks; their sum is the whole. A stage may end before its forerunner."""
    ends = [started]
    for mark in marks.values():
        ends.append(max(mark, ends[-1]))
    return dict(zip(marks, (end - begin for begin, end in pairwise(ends)), strict=True))


async def floor(stack: Stack, file: Path) -> tuple[float, int]:
    """Seconds of the floor on the stack's PostgreSQL, and the contacts it made."""
    await stack.settle()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.floor", stack.ready.postgres, str(file)), stdout=PIPE
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    seconds, contacts = output.split()
    return float(seconds), int(contacts)


async def peaks_of_large(stack: Stack, topics: Topics, file: Path) -> Peaks:
    """What the stack's programs hold at most while the file is imported."""
    content = await asyncio.to_thread(file.read_bytes)
    with await stack.client() as client, sampled(Tree(stack.pid)) as peaks:
        await _round_trip(client, topics, content)
    return peaks


async def small_imports(
    stack: Stack, topics: Topics, times: int, send: Send = upload_small
) -> list[float]:
    """Seconds of each import of ten records, sent when the one before is confirmed."""
    with await stack.client() as client:
        return [await _small(client, topics, send, seed) for seed in range(times)]


async def small_beside_large(
    stack: Stack, topics: Topics, file: Path, send: Send = upload_small
) -> list[float]:
    """Small imports of one account for as long as a large one of another account runs."""
    seconds: list[float] = []
    content = await asyncio.to_thread(file.read_bytes)
    with await stack.client() as other, await stack.client() as client:
        large = asyncio.create_task(_round_trip(other, topics, content))
        try:
            while not large.done():
                seconds.append(await _small(client, topics, send, len(seconds)))
        finally:
            large.cancel()
            with suppress(asyncio.CancelledError):
                await large
    return seconds


async def _small(client: Client, topics: Topics, send: Send, seed: int) -> float:
    return await _confirmed(topics, partial(send, client, seed))


async def _round_trip(client: Client, topics: Topics, content: bytes) -> float:
    return await _confirmed(
        topics, lambda: client.upload(BytesIO(content), "contacts.csv", OPTIONS)
    )


async def _confirmed(topics: Topics, send: Callable[[], Import]) -> float:
    """Seconds from the request to the confirmation read from the topic."""
    started = monotonic()
    accepted = await asyncio.to_thread(send)
    await topics.confirmation(accepted.import_id, PATIENCE)
    return topics.heard(accepted.import_id)[Status.COMPLETED] - started


def _upload(client: Client, file: Path) -> str:
    with file.open("rb") as content:
        return client.upload(content, file.name, OPTIONS).import_id
