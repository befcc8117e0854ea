"""The most that a stack's programs hold, sampled while something runs.

Sampling costs a good part of a core: what is sampled is not timed.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from tests.bench.processes import Held, Tree

EVERY: Final = 0.1  # seconds between two samples
LOOK_AGAIN: Final = 1.0  # seconds between two looks for new processes


@dataclass(slots=True)
class Peaks:
    """The most bytes that each program held; `tree` is the most PSS of all at one moment."""

    programs: dict[str, Held] = field(default_factory=dict)
    tree: int = 0
    samples: int = 0

    def add(self, sample: dict[str, Held]) -> None:
        self.samples += 1
        self.tree = max(self.tree, sum(held.pss for held in sample.values()))
        for name, held in sample.items():
            before = self.programs.get(name, held)
            most = Held(max(before.rss, held.rss), max(before.pss, held.pss))
            self.programs[name] = most


@contextmanager
def sampled(tree: Tree) -> Iterator[Peaks]:
    """The tree's peaks within the block; complete when it has ended."""
    peaks, enough = Peaks(), threading.Event()
    thread = threading.Thread(target=_sample, args=(tree, peaks, enough), name="sampler")
    thread.start()
    try:
        yield peaks
    finally:
        enough.set()
        thread.join()


def _sample(tree: Tree, peaks: Peaks, enough: threading.Event) -> None:
    looked = 0.0
    while not enough.wait(EVERY):
        if time.monotonic() - looked > LOOK_AGAIN:
            tree.look()
            looked = time.monotonic()
        peaks.add(tree.held())
