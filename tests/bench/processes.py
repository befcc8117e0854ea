"""The processes of a stack as /proc knows them: what they hold, what they have used."""

import os
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import psutil

TICKS: Final = os.sysconf("SC_CLK_TCK")
SUPERVISOR: Final = "supervisor"
GONE: Final = (FileNotFoundError, ProcessLookupError, psutil.NoSuchProcess)


class Held(NamedTuple):
    """Bytes. RSS counts shared pages in full, PSS by share: of several processes only the PSS
    add up."""

    rss: int
    pss: int


class Tree:
    """A supervisor and everything below it, by name of program; PostgreSQL is one program."""

    def __init__(self, supervisor: int) -> None:
        self._supervisor = psutil.Process(supervisor)
        self._names: dict[int, str] = {}
        self.look()

    def look(self) -> None:
        """See which processes there are now."""
        pids = [self._supervisor.pid, *(p.pid for p in self._supervisor.children(recursive=True))]
        self._names = {pid: self._names.get(pid) or self._name(pid) for pid in pids}

    def held(self) -> dict[str, Held]:
        """What each program holds now."""
        sums: defaultdict[str, list[Held]] = defaultdict(list)
        for pid, name in self._names.items():
            with suppress(*GONE):
                sums[name].append(_held(pid))
        return {n: Held(*map(sum, zip(*each, strict=True))) for n, each in sums.items()}

    def cpu(self) -> dict[int, float]:
        """CPU seconds of each process since it began."""
        seconds = {}
        for pid in self._names:
            with suppress(*GONE):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                seconds[pid] = (int(fields[11]) + int(fields[12])) / TICKS
        return seconds

    def used_since(self, before: Mapping[int, float]) -> dict[str, float]:
        """CPU seconds of each kind of program since `cpu` gave `before`."""
        self.look()
        used: defaultdict[str, float] = defaultdict(float)
        for pid, seconds in self.cpu().items():
            kind = self._names[pid].rstrip("-0123456789")
            used[kind] += seconds - before.get(pid, 0.0)
        return dict(used)

    def _name(self, pid: int) -> str:
        """The supervisor gives each program a log of its name."""
        if pid == self._supervisor.pid:
            return SUPERVISOR
        with suppress(*GONE):
            return Path(f"/proc/{pid}/fd/1").readlink().stem
        return "other"


def _held(pid: int) -> Held:
    values = {"Rss:": 0, "Pss:": 0}  # of a process that is ending nothing is told
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:3]:
        name, kilobytes, _ = line.split()
        values[name] = int(kilobytes) * 1024
    return Held(values["Rss:"], values["Pss:"])
