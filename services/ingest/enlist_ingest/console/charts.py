"""What the drawings of an import show, as numbers: the templates put them into SVG."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from enlist_ingest.api.views import ImportView
from enlist_shared.events import Counts
from enlist_shared.states import Status

MEANINGS: Final = {
    "created": "new contacts",
    "updated": "contacts that something changed in",
    "unchanged": "contacts that had it all already",
    "duplicate": "folded into another record of the same import",
    "rejected": "not taken, each with its reason",
    "unprocessed": "not got to",
}
OF_OPT_OUTS: Final = MEANINGS | {
    "created": "numbers that are opted out now",
    "updated": "none: an opt-out changes no contact",
    "unchanged": "numbers that were opted out already",
}
WIDTH: Final = 1000.0
"""Of a drawing, in its own units; it is stretched to the page."""

_UPLOADED: Final = frozenset(Status) - {Status.RECEIVING}


@dataclass(frozen=True, slots=True)
class Segment:
    """An outcome's part of the balance: a share of the bar, and a row of the table."""

    outcome: str
    records: int
    meaning: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A code, how many records carry it, and how long its bar is beside the longest."""

    code: str
    records: int
    width: float


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of an import: how much of it is done, from 0 to 1."""

    name: str
    done: float
    says: str


def balance(counts: Counts, meanings: Mapping[str, str] = MEANINGS) -> list[Segment]:
    """The outcomes in their order; their widths fill the bar, as their records sum to `records`."""
    segments, start = [], 0.0
    for outcome, meaning in meanings.items():
        records = getattr(counts, outcome)
        width = WIDTH * records / counts.records if counts.records else 0.0
        segments.append(Segment(outcome, records, meaning, start, width))
        start += width
    return segments


def reasons(counted: Mapping[str, int]) -> list[Bar]:
    """Codes, most frequent first."""
    most = max(counted.values(), default=0)
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [Bar(code, records, WIDTH * records / most) for code, records in ranked]


def steps(view: ImportView) -> list[Step]:
    """Uploading, normalising, merging: the one bar that a person follows."""
    progress, completed = view.progress, view.status is Status.COMPLETED
    return [
        Step("Upload", float(view.status in _UPLOADED), ""),
        _step("Normalise", progress.chunks_normalized, progress.chunks, "parts", completed),
        _step("Merge", progress.shards_merged, progress.shards, "parts", completed),
    ]


def _step(name: str, done: int, of: int, unit: str, completed: bool) -> Step:
    share = 1.0 if completed else done / of if of else 0.0
    return Step(name, share, f"{done} of {of} {unit}" if of > 1 else "")
