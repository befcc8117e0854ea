"""Damages workbooks at random and has them read: `make fuzz`, or for longer

.venv/bin/python -m tests.workbooks.fuzz --minutes 30 [--seed 1] [FOLDER of more workbooks]

Each must be read or refused with a code of a file, whatever its reader dies of, and what was read
must be a text that the rules can take; nobody is left behind, and this process does not grow. What
breaks that is kept in build/fuzz, named by its seed; the status is then 1.
"""

import argparse
import resource
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random
from typing import Final

from tests.workbooks.asking import read, readers
from tests.workbooks.mutation import mutant
from tests.workbooks.readable import READABLE

from enlist_ingest.previewed import beginning_of, look_at
from enlist_rules.codes import Code, PermanentFailure
from enlist_shared.options import ImportOptions
from enlist_shared.workbooks.limits import Limits

KEPT: Final = Path("build/fuzz")
SEED_BYTES: Final = 200_000
"""Workbooks that are larger take too long to be damaged often."""
LIMITS: Final = Limits(memory_bytes=1_000_000_000, cpu_seconds=20, seconds=60)
GROWTH_BYTES: Final = 200_000_000
WHOLE: Final = "read"
ALLOWED: Final = {
    *(Code.BOMB, Code.XML_DTD, Code.ENCRYPTED, Code.CORRUPT, Code.ARCHIVE),
    *(Code.UNSUPPORTED, Code.EMPTY),
}


def verdict(workbook: bytes) -> str:
    """What became of a workbook: that it was read, or its code."""
    try:
        text = read(workbook, limits=LIMITS).text
    except PermanentFailure as refused:
        if refused.code not in ALLOWED:
            raise
        return refused.code
    try:
        look_at(beginning_of(text, len(text)), ImportOptions(), "GB")
    except PermanentFailure as refused:
        return f"read, then {refused.code}"
    return WHOLE


def corpus(folder: Path | None) -> list[bytes]:
    """What is damaged: the small ones of the cases that are read, and of a folder."""
    made = [workbook.make() for workbook in READABLE.values()]
    found = [file.read_bytes() for file in sorted(folder.iterdir())] if folder else []
    return [workbook for workbook in (*made, *found) if 0 < len(workbook) <= SEED_BYTES]


def fuzz(minutes: float, first_seed: int, workbooks: list[bytes]) -> int:
    """How many mutants broke a promise."""
    verdicts: Counter[str] = Counter()
    before = _most_memory()
    broken, seed, until = 0, first_seed, time.monotonic() + 60 * minutes
    while time.monotonic() < until:
        damaged = mutant(Random(seed), workbooks)
        try:
            verdicts[verdict(damaged)] += 1
            assert readers() == [], "a reader was left behind"
        except Exception:  # whatever it is, it is what is looked for
            broken += 1
            _keep(damaged, seed)
        seed += 1
    grown = _most_memory() - before
    print(f"{seed - first_seed:,} workbooks, seeds {first_seed} to {seed - 1}; {broken} broke it")
    for what, times in verdicts.most_common():
        print(f"{times:8,} {what}")
    print(f"this process grew by {grown / 1e6:,.0f} MB")
    return broken + (grown > GROWTH_BYTES)


def _keep(damaged: bytes, seed: int) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"{seed}.bin").write_bytes(damaged)
    print(f"seed {seed}, kept as {KEPT / f'{seed}.bin'}:\n{traceback.format_exc()}", flush=True)


def _most_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.workbooks.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1, help="of the first mutant; then 1 more each")
    parser.add_argument("folder", type=Path, nargs="?", help="of more workbooks to damage")
    chosen = parser.parse_args()
    sys.exit(min(fuzz(chosen.minutes, chosen.seed, corpus(chosen.folder)), 1))


if __name__ == "__main__":
    main()
