"""`enlist demo`: everything once, in a folder of its own that goes away again."""

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import typer
from rich.console import Console

from enlist.balance import balance_table, failure_text
from enlist.client import Import
from enlist.commands.up import until_told_to_stop
from enlist.connection import Connection
from enlist.embedded.ready_file import Ready
from enlist.embedded.stack import running_stack
from enlist.following import follow, upload
from enlist.samples import write_sample
from enlist_shared.states import Status

WORKERS: Final = 1  # of each kind: one chunk is one worker's work, and processes take time to start


def demo(
    rows: Annotated[int, typer.Option(min=1, help="records of the sample")] = 12_000,
    seed: Annotated[int, typer.Option(help="of the sample")] = 2026,
) -> None:
    """Start the stack, import a messy sample, show the balance, stop and clean up."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    ended: list[Import] = []

    async def show() -> None:
        with TemporaryDirectory(prefix="enlist-demo-") as folder:
            sample = Path(folder) / "contacts.csv"
            with sample.open("w", encoding="utf-8", newline="") as file:
                write_sample(file, rows, seed)
            started = time.monotonic()
            console.print("starting PostgreSQL, an S3 server, a broker and the services")
            async with running_stack(
                Path(folder) / "data", console.print, workers=WORKERS
            ) as ready:
                console.print(f"up after {time.monotonic() - started:.1f} s: {ready.api}")
                console.print(f"look at it while it lasts: {ready.console}", soft_wrap=True)
                ended.append(await asyncio.to_thread(_import, ready, sample, console))
                _report(ended[-1], ready, console)
                console.print("stopping")
        console.print("stopped; nothing is left")

    until_told_to_stop(show)
    if not ended or ended[-1].status is not Status.COMPLETED:
        raise typer.Exit(1)


def _import(ready: Ready, sample: Path, console: Console) -> Import:
    console.print(f"importing {sample.name}, {sample.stat().st_size / 1e6:.1f} MB")
    options = {"lists": ["Demo"], "convert_national": True}
    with Connection(ready.api, ready.api_key).client() as client:
        return follow(client, upload(client, sample, options, console), console)


def _report(state: Import, ready: Ready, console: Console) -> None:
    console.print()
    console.print(balance_table(state))
    if state.status is not Status.COMPLETED:
        console.print(failure_text(state))
    console.print()
    console.print("the confirmation:")
    console.print_json(state.model_dump_json(), indent=None)
    console.print(f"the API was at {ready.api}/v1, its documentation at {ready.api}/docs")
