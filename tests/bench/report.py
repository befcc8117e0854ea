"""Figures as Markdown: printed to read, and written into docs/performance.md."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psutil

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "performance.md"
Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Section:
    """A table of figures; `name` is its place in the document."""

    name: str
    head: Row
    rows: Sequence[Row]
    note: str = ""

    def markdown(self) -> str:
        lines = table([self.head, *self.rows])
        return "\n".join([*lines, "", self.note] if self.note else lines)


def table(rows: Sequence[Row]) -> list[str]:
    """The rows, the first being the head, in columns as wide as they need."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rule = [
        f"{'-' * width}" if n == 0 else f"{'-' * (width - 1)}:" for n, width in enumerate(widths)
    ]
    return [_line(row, widths) for row in (rows[0], rule, *rows[1:])]


def _line(row: Row, widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    return f"| {' | '.join(cells)} |"


def circumstances(command: str) -> str:
    """When, with what and on what the figures were measured."""
    cores, memory = len(os.sched_getaffinity(0)), psutil.virtual_memory().total / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, `{command}`, {cores} × {_processor()}, {memory:.0f} GiB, "
        f"Linux {platform.release()}, Python {platform.python_version()}; "
        f"load {os.getloadavg()[0]:.1f} before the first figure"
    )


def write(sections: Sequence[Section], measured: str) -> None:
    """Put each section into its place in the document; what else stands there stays."""
    text = DOCUMENT.read_text(encoding="utf-8")
    for section in sections:
        begin, end = f"<!-- bench: {section.name} -->\n", "<!-- end -->"
        before, found, rest = text.partition(begin)
        if not found:
            raise LookupError(f"{DOCUMENT} has no place for {section.name}")
        after = rest.partition(end)[2]
        text = f"{before}{begin}{section.markdown()}\n\nMeasured {measured}.\n{end}{after}"
    DOCUMENT.write_text(text, encoding="utf-8")


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
