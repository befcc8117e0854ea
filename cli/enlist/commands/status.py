"""`enlist status` and `cancel`: one import with its balance, or the newest ones."""

from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from enlist.balance import balance_table, failure_text
from enlist.client import Import
from enlist.connection import Connection, connects

_ROOMY: Final = 100  # characters


@connects
def status(
    connection: Connection,
    import_id: Annotated[str | None, typer.Argument(metavar="ID")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON, one import a line")] = False,
) -> None:
    """Show the import ID, or the newest imports."""
    with connection.client() as client:
        states = client.newest().imports if import_id is None else [client.find(import_id)]
    if as_json:
        for state in states:
            typer.echo(state.model_dump_json())
    elif import_id is None:
        console = Console()
        console.print(_overview(states, console.width))
    else:
        Console().print(balance_table(states[0]))
        if states[0].error is not None:
            typer.echo(failure_text(states[0]))


@connects
def cancel(
    connection: Connection,
    import_id: Annotated[str, typer.Argument(metavar="ID")],
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
) -> None:
    """End the import ID: what was merged stays, nothing more is."""
    with connection.client() as client:
        state = client.cancel(import_id)
    if as_json:
        typer.echo(state.model_dump_json())
    else:
        Console().print(balance_table(state))


def _overview(states: list[Import], width: int) -> Table:
    """One line an import; when it was accepted only where there is room for it."""
    roomy = width >= _ROOMY
    table = Table(box=None, pad_edge=False)
    for column in ("import", *(("accepted",) if roomy else ()), "status"):
        table.add_column(column, no_wrap=True)
    for column in ("records", "rejected"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("file", overflow="fold")
    for state in states:
        accepted = f"{state.accepted_at:%m-%d %H:%M}" if state.accepted_at else ""
        counts = (f"{state.counts.records:,}", f"{state.counts.rejected:,}")
        when = (accepted,) if roomy else ()
        name = state.file_name or ""
        table.add_row(state.import_id, *when, state.status.value, *counts, name)
    return table
