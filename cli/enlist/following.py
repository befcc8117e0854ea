"""An upload and what follows it, with a bar to watch."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from enlist.client import Client, Import


def upload(client: Client, file: Path, options: dict[str, Any], console: Console) -> Import:
    """Send the file and return the accepted import."""
    with _bar(console) as bar, bar.open(file, "rb", description="upload") as content:
        return client.upload(content, file.name, options)


def follow(client: Client, accepted: Import, console: Console) -> Import:
    """Watch until the import is final."""
    state = accepted
    with _bar(console) as bar:
        task = bar.add_task(state.status, total=None)
        for state in client.follow(accepted.import_id):
            done, total = _units(state)
            bar.update(task, description=state.status, completed=done, total=total)
    return state


def _units(state: Import) -> tuple[int, int | None]:
    """Units done, of how many; chunks and shards alike. None while nobody knows."""
    units = state.progress
    total = units.chunks + units.shards
    return units.chunks_normalized + units.shards_merged, total or None


@contextmanager
def _bar(console: Console) -> Iterator[Progress]:
    """A bar; on a terminal it goes away when its work is done, elsewhere its end is kept."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<12}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=console.is_terminal) as bar:
        yield bar
