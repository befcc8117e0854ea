"""How a command that imports ends: it follows, shows the balance, and says how it went."""

import typer
from rich.console import Console

from enlist.balance import balance_table, failure_text
from enlist.client import Client, Import
from enlist.following import follow
from enlist_shared.states import Status


def end(client: Client, state: Import, *, followed: bool, as_json: bool) -> None:
    """Show the import as it was accepted, or as it ended; exits 1 if it did not complete."""
    if followed:
        state = follow(client, state, Console(stderr=True))
    _show(state, as_json=as_json, followed=followed)
    if followed and state.status is not Status.COMPLETED:
        raise typer.Exit(1)


def _show(state: Import, *, as_json: bool, followed: bool) -> None:
    if as_json:
        typer.echo(state.model_dump_json())
    elif not followed:
        typer.echo(f"import {state.import_id} is {state.status}: enlist status {state.import_id}")
    else:
        Console().print(balance_table(state))
        if state.status is not Status.COMPLETED:
            typer.echo(failure_text(state), err=True)
        elif state.counts.rejected:
            typer.echo(f"the rejected records: enlist rejects {state.import_id} -o rejects.csv")
