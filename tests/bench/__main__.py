"""Measures Enlist on a stack of its own and prints tables; docs/performance.md explains them."""

import argparse
import asyncio
import shlex
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.bench import figures, measures, workbook_figures, workbooks
from tests.bench.processes import Tree
from tests.bench.report import Section, circumstances, write
from tests.bench.stack import Stack, running_stack
from tests.bench.topics import Topics, listening

from enlist.commands.up import until_told_to_stop
from enlist.samples import write_sample

USUAL: Final = ("import", "floor", "memory", "latency", "paste", "beside", "paste-beside")
PARTS: Final = (*USUAL, "workbook")
PASTE: Final = "ten pasted numbers"
WARMING_UP: Final = 6  # small imports before the first figure: no worker is new to its work


@dataclass(frozen=True, slots=True)
class Bench:
    """A stack, what its topics say, the large file, and how often to measure."""

    stack: Stack
    topics: Topics
    file: Path
    rounds: int
    uploads: int

    async def run(self, parts: Collection[str]) -> list[Section]:
        """The sections of these parts."""
        at, sections = (self.stack, self.topics), []
        await measures.small_imports(*at, WARMING_UP)
        idle = Tree(self.stack.pid).held()
        if "latency" in parts:
            seconds = await measures.small_imports(*at, self.uploads)
            goals = ("≤ 100 ms", "≤ 300 ms")
            sections.append(figures.latency_section("latency", seconds, goals))
        if "paste" in parts:
            seconds = await measures.small_imports(*at, self.uploads, measures.paste_small)
            goals = ("≤ 150 ms", "")
            sections.append(figures.latency_section("paste", seconds, goals, PASTE))
        if "import" in parts:
            sections += await self._large(with_floor="floor" in parts)
        if "memory" in parts:
            peaks = await measures.peaks_of_large(*at, self.file)
            sections.append(figures.memory_section(idle, peaks))
        if "beside" in parts:
            seconds = await measures.small_beside_large(*at, self.file)
            sections.append(figures.latency_section("beside", seconds, ("", "≤ 1,000 ms")))
        if "paste-beside" in parts:
            seconds = await measures.small_beside_large(*at, self.file, measures.paste_small)
            goals = ("≤ 150 ms", "≤ 1,000 ms")
            sections.append(figures.latency_section("paste-beside", seconds, goals, PASTE))
        if "workbook" in parts:
            sections.append(await self._workbook())
        return sections

    async def _workbook(self) -> Section:
        """The large file as a workbook, beside the same as CSV."""
        file = self.file.with_suffix(".xlsx")
        await asyncio.to_thread(workbooks.write_workbook_of, self.file, file)
        reader, child = await asyncio.to_thread(workbooks.measured_apart, file)
        of_text = await measures.large_import(self.stack, self.topics, self.file)
        of_sheet = await measures.large_import(self.stack, self.topics, file)
        assert of_sheet.created == of_text.created
        size = file.stat().st_size
        return workbook_figures.workbook_section(of_sheet, of_text, reader, child, size)

    async def _large(self, *, with_floor: bool) -> list[Section]:
        runs, floors = [], []
        if with_floor:
            floors.append(await measures.floor(self.stack, self.file))
        for _ in range(self.rounds):
            runs.append(await measures.large_import(self.stack, self.topics, self.file))
            if with_floor:
                floors.append(await measures.floor(self.stack, self.file))
        made = {run.created for run in runs} | {contacts for _, contacts in floors}
        assert len(made) == 1, f"Enlist and the floor did not create the same contacts: {made}"
        sections = [figures.import_section(runs, self.file.stat().st_size)]
        if with_floor:
            sections.append(figures.floor_section(runs, [seconds for seconds, _ in floors]))
        return sections


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=720_000, help="records of the large file")
    parser.add_argument("--seed", type=int, default=1, help="of the large file")
    parser.add_argument("--workers", type=int, default=2, help="of each kind")
    parser.add_argument("--rounds", type=int, default=1, help="of large import and floor")
    parser.add_argument("--uploads", type=int, default=30, help="small imports")
    parser.add_argument(
        "--parts", nargs="+", choices=PARTS, default=USUAL, help="if not said, all but workbook"
    )
    parser.add_argument("--write", action="store_true", help="into docs/performance.md too")
    return parser.parse_args()


async def measure(chosen: argparse.Namespace) -> None:
    """Make the sample, start a stack, measure, print; leave nothing behind."""
    measured = circumstances(shlex.join(["python", "-m", "tests.bench", *sys.argv[1:]]))
    print(measured, flush=True)
    with TemporaryDirectory(prefix="enlist-bench-") as folder:
        file = Path(folder) / "contacts.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            await asyncio.to_thread(write_sample, out, chosen.rows, chosen.seed, plain=True)
        async with (
            running_stack(Path(folder), chosen.workers) as stack,
            listening(stack.ready.kafka) as topics,
        ):
            bench = Bench(stack, topics, file, chosen.rounds, chosen.uploads)
            sections = await bench.run(chosen.parts)
    for section in sections:
        print(f"\n{section.markdown()}", flush=True)
    if chosen.write:
        write(sections, measured)


def main() -> None:
    chosen, finished = arguments(), []

    async def work() -> None:
        await measure(chosen)
        finished.append(True)

    until_told_to_stop(work)
    if not finished:
        sys.exit("stopped before the last figure; nothing was written")


if __name__ == "__main__":
    main()
