"""What it costs to check a file without a stack: seconds, CPU and memory of `enlist check`.

.venv/bin/python -m tests.bench.checking [--rows 720000] [--messy] [FILE]
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from tests.bench.report import circumstances, table

from enlist.samples import write_sample


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.checking", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, help="else a sample is made")
    parser.add_argument("--rows", type=int, default=720_000, help="records of the sample")
    parser.add_argument("--messy", action="store_true", help="a sample with every kind of mess")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


@contextmanager
def checked_file(chosen: argparse.Namespace) -> Iterator[Path]:
    """The file that was named, or a sample for the length of a block."""
    with TemporaryDirectory(prefix="enlist-bench-") as folder:
        file = chosen.file or Path(folder) / "contacts.csv"
        if chosen.file is None:
            with file.open("w", encoding="utf-8", newline="") as out:
                write_sample(out, chosen.rows, seed=1, plain=not chosen.messy)
        yield file


def run(file: Path, rejects: Path) -> tuple[float, float, float, float]:
    """Seconds of the whole command, seconds that it names, CPU seconds, megabytes at most."""
    command = ["enlist", "check", str(file), "--convert-national", "--json", "--rejects", rejects]
    program = [str(Path(sys.executable).with_name("enlist")), *map(str, command[1:])]
    begun = monotonic()
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        said = json.load(process.stdout)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said
    seconds = monotonic() - begun
    return seconds, said["seconds"], used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6


def main() -> None:
    chosen = arguments()
    print(circumstances(" ".join(["python", "-m", "tests.bench.checking", *sys.argv[1:]])))
    with checked_file(chosen) as file, TemporaryDirectory() as folder:
        runs = [run(file, Path(folder) / "rejects.csv") for _ in range(chosen.rounds)]
        seconds, inside, cpu, memory = min(runs)
        rows = [
            ("the whole command", f"{seconds:.2f} s", "≤ 8 s"),
            ("… without starting Python", f"{inside:.2f} s", "≤ 4 s"),
            ("CPU", f"{cpu:.2f} s", ""),
            ("peak RSS", f"{memory:.0f} MB", ""),
        ]
        head = (f"enlist check, {file.stat().st_size / 1e6:.1f} MB", "measured", "goal")
    print("\n".join(table([head, *rows])))


if __name__ == "__main__":
    main()
