"""A workbook of many rows, and what it costs to read one without a stack around it.

.venv/bin/python -m tests.bench.workbooks [--rows N] [FILE]

Makes FILE from the sample of so many rows if it is not there, as Excel writes it: each text once,
cells pointing at it. Prints what the reader alone takes, and the child that the services start.
"""

import argparse
import csv
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, run
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Final
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from tests.workbooks import made

from enlist.samples import write_sample
from enlist_shared.workbooks.limits import Limits
from enlist_shared.workbooks.reading import open_sheet

COLUMNS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ROWS_AT_ONCE: Final = 2_000
READER: Final = "import sys, python_calamine as p; f = open(sys.argv[1], 'rb'); \
w = p.CalamineWorkbook.from_filelike(f); w.get_sheet_by_index(0)"


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of a clock and of processors; the most bytes of memory."""

    seconds: float
    cpu: float
    peak: int

    def __str__(self) -> str:
        return f"{self.seconds:6.2f} s {self.cpu:6.2f} s CPU {self.peak / 1e6:6,.0f} MB at most"


def write_workbook(rows: Iterable[Sequence[str]], out: Path) -> None:
    """One sheet of texts, with at most 26 columns."""
    strings: dict[str, int] = {}
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in made.AROUND.items():
            archive.writestr(name, content)
        with archive.open(made.SHEET, "w", force_zip64=True) as part:
            _write_part(part, made.sheet_of("|"), _row_elements(rows, strings))
        with archive.open(made.STRINGS, "w", force_zip64=True) as part:
            items = (f"<si><t>{escape(text)}</t></si>" for text in strings)
            _write_part(part, made.strings_of("|"), items)


def _row_elements(rows: Iterable[Sequence[str]], strings: dict[str, int]) -> Iterator[str]:
    for number, row in enumerate(rows, 1):
        cells = (
            f'<c r="{column}{number}" t="s"><v>{strings.setdefault(text, len(strings))}</v></c>'
            for column, text in zip(COLUMNS, row, strict=False)
            if text
        )
        yield f'<row r="{number}" spans="1:{len(row)}">{"".join(cells)}</row>'


def _write_part(part: IO[bytes], frame: str, elements: Iterator[str]) -> None:
    """The elements, where the frame has its mark."""
    before, _, after = frame.partition("|")
    part.write(before.encode())
    waiting: list[str] = []
    for element in elements:
        waiting.append(element)
        if len(waiting) == ROWS_AT_ONCE:
            part.write("".join(waiting).encode())
            waiting.clear()
    part.write(f"{''.join(waiting)}{after}".encode())


def write_workbook_of(text: Path, out: Path) -> None:
    """The rows of a CSV file, as texts."""
    with text.open(encoding="utf-8", newline="") as rows:
        write_workbook(csv.reader(rows), out)


def write_sample_workbook(out: Path, rows: int) -> None:
    """The sample of the other measures, as a workbook of so many rows with its header."""
    with TemporaryFile("w+", encoding="utf-8", newline="") as text:
        write_sample(text, rows - 1, seed=1, plain=True)
        text.seek(0)
        write_workbook(csv.reader(text), out)


def reader_alone(file: Path) -> Cost:
    """The library's own read, in a process that does nothing else."""
    return _measured(lambda: run([sys.executable, "-c", READER, str(file)], check=True))


def child_alone(file: Path) -> Cost:
    """The confined child, its text thrown away."""
    return _measured(lambda: _read_all(file))


def measured_apart(file: Path) -> tuple[Cost, Cost]:
    """`reader_alone` and `child_alone`, each from a process of its own, so that no peak is
    another's."""
    command = [sys.executable, "-m", "tests.bench.workbooks", "--plain"]
    found = [
        run([*command, what, str(file)], check=True, stdout=PIPE, text=True).stdout
        for what in ("reader", "child")
    ]
    reader, child = (
        Cost(float(seconds), float(cpu), int(peak)) for seconds, cpu, peak in map(str.split, found)
    )
    return reader, child


def _read_all(file: Path) -> None:
    with file.open("rb") as workbook, open_sheet(workbook, None, Limits()) as sheet:
        for _ in sheet.blocks:
            pass


def _measured(action: Callable[[], object]) -> Cost:
    started = time.monotonic()
    action()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds, cpu = time.monotonic() - started, used.ru_utime + used.ru_stime
    return Cost(seconds, cpu, used.ru_maxrss * 1024)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.workbooks", description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", help="is made if it is not there")
    parser.add_argument("--rows", type=int, default=600_000, help="1048576 is all that Excel has")
    parser.add_argument("--plain", choices=("reader", "child"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.plain:
        cost = reader_alone(chosen.file) if chosen.plain == "reader" else child_alone(chosen.file)
        print(cost.seconds, cost.cpu, cost.peak)
        return
    with TemporaryDirectory(prefix="enlist-bench-") as folder:
        file = chosen.file or Path(folder) / "contacts.xlsx"
        if not file.exists():
            write_sample_workbook(file, chosen.rows)
        reader, child = measured_apart(file)
        print(f"{file.name}, {file.stat().st_size / 1e6:.1f} MB")
        print(f"the reader alone {reader}\nthe child        {child}")


if __name__ == "__main__":
    main()
