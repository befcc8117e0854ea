"""The tables that the measures become, each figure beside its goal."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final

from tests.bench.measures import Large
from tests.bench.memory import Peaks
from tests.bench.processes import Held
from tests.bench.report import Section

MEGABYTE: Final = 1e6
GOALS: Final = {
    "api": "PSS ≤ 200 MB",
    "split": "PSS ≤ 200 MB",
    "normalize": "PSS ≤ 400, RSS < 500 MB",
    "merge": "PSS ≤ 400, RSS < 500 MB",
}
POSTGRES: Final = "postgres"


def import_section(runs: Sequence[Large], size: int) -> Section:
    """Time of a large import, whole and by stage; the fastest of the runs."""
    best = fastest(runs)
    rows = [
        ("first byte uploaded to confirmation read", f"{best.seconds:.2f} s", "≤ 20 s"),
        *((f"… {name}", f"{seconds:.2f} s", "") for name, seconds in best.stages.items()),
        ("records a second", f"{best.records / best.seconds:,.0f}", "≥ 60,000"),
        ("CPU of the whole tree", f"{sum(best.cpu.values()):.2f} s", ""),
        *((f"… {name}", f"{used:.2f} s", "") for name, used in by_most(best.cpu) if used >= 0.01),
    ]
    note = (
        f"{best.records:,} records, {size / MEGABYTE:.1f} MB, into an empty account, one list. "
        f"{_runs([run.seconds for run in runs])}"
    )
    return Section("import", ("a large import", "measured", "goal"), rows, note)


def floor_section(runs: Sequence[Large], floors: Sequence[float]) -> Section:
    """The import beside the floor."""
    seconds, least = fastest(runs).seconds, min(floors)
    rows = [
        ("Enlist", f"{seconds:.2f} s", f"{seconds / least:.2f}", "≤ 1.40"),
        ("the floor", f"{least:.2f} s", "1.00", ""),
    ]
    note = f"On the same PostgreSQL, before and after. {_runs(floors)}"
    return Section("floor", ("the same file", "measured", "ratio", "goal"), rows, note)


def memory_section(idle: Mapping[str, Held], peaks: Peaks) -> Section:
    """Memory of each program: after the start, and at most while a large import ran."""
    rows = [
        (
            name,
            _megabytes(idle[name].pss) if name in idle else "",
            _megabytes(most.pss),
            "" if name == POSTGRES else _megabytes(most.rss),
            GOALS.get(name.partition("-")[0], ""),
        )
        for name, most in peaks.programs.items()
    ]
    at_rest = _megabytes(sum(held.pss for held in idle.values()))
    rows.append(("the whole tree", at_rest, _megabytes(peaks.tree), "", "PSS ≤ 700 MB, ≤ 2,500 MB"))
    note = (
        f"In 10⁶ bytes; {peaks.samples} samples, of an import of its own. The processes of "
        "PostgreSQL share their buffers, so that only their PSS add up."
    )
    head = ("program", "idle PSS", "peak PSS", "peak RSS", "goal")
    return Section("memory", head, rows, note)


def latency_section(
    name: str, seconds: Sequence[float], goals: tuple[str, str], what: str = "a file of ten records"
) -> Section:
    """Half, and all but one in a hundred by nearest rank, were confirmed within."""
    ordered = sorted(seconds)
    nearest = ordered[-(-99 * len(ordered) // 100) - 1]
    rows = [
        ("p50", f"{median(ordered) * 1000:.0f} ms", goals[0]),
        ("p99", f"{nearest * 1000:.0f} ms", goals[1]),
    ]
    note = f"{len(ordered)} one after another, each from request to confirmation read."
    return Section(name, (what, "measured", "goal"), rows, note)


def fastest(runs: Sequence[Large]) -> Large:
    return min(runs, key=lambda run: run.seconds)


def by_most(used: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(used.items(), key=lambda item: -item[1])


def _runs(seconds: Sequence[float]) -> str:
    if len(seconds) == 1:
        return "One run."
    return f"Runs: {', '.join(f'{each:.2f} s' for each in seconds)}; the fastest counts."


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:,.0f} MB"
