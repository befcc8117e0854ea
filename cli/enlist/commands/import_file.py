"""`enlist import`: bring a file of contacts into the account, and see what became of it."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from enlist.balance import balance_table, failure_text
from enlist.client import Import
from enlist.connection import (
    DEFAULT_DATA_DIR,
    ApiKeyOption,
    DataDirOption,
    UrlOption,
    find_connection,
)
from enlist.following import follow, upload
from enlist_shared.options import Channel
from enlist_shared.states import Status


def import_file(  # noqa: PLR0913, PLR0917 - the options of the command
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)],
    lists: Annotated[
        list[str] | None,
        typer.Option("--list", metavar="NAME", help="list to join; made if new; may be repeated"),
    ] = None,
    region: Annotated[
        str | None, typer.Option(metavar="GB", help="region of national numbers")
    ] = None,
    convert_national: Annotated[
        bool, typer.Option("--convert-national", help="take 07… as +447…")
    ] = False,
    channel: Annotated[Channel, typer.Option(help="how they may be reached")] = Channel.PHONE,
    follow_it: Annotated[
        bool, typer.Option("--follow/--no-follow", help="wait for the end")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="only the import as JSON")] = False,
    url: UrlOption = None,
    api_key: ApiKeyOption = None,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Import FILE; exits 0 when it completed, 1 when it failed, 2 when it was called wrongly."""
    options = _options(lists, region, channel, convert_national)
    watching = Console(stderr=True)
    with find_connection(url, api_key, data_dir).client() as client:
        state = upload(client, file, options, watching)
        if follow_it:
            state = follow(client, state, watching)
    _show(state, as_json=as_json, followed=follow_it)
    if follow_it and state.status is not Status.COMPLETED:
        raise typer.Exit(1)


def _options(
    lists: list[str] | None, region: str | None, channel: Channel, convert_national: bool
) -> dict[str, Any]:
    """Only what was said; the API knows the defaults."""
    options: dict[str, Any] = {"channel": channel.value, "convert_national": convert_national}
    if lists:
        options["lists"] = lists
    if region is not None:
        options["default_region"] = region
    return options


def _show(state: Import, *, as_json: bool, followed: bool) -> None:
    if as_json:
        typer.echo(state.model_dump_json())
    elif not followed:
        typer.echo(f"import {state.import_id} is {state.status}: enlist status {state.import_id}")
    else:
        Console().print(balance_table(state))
        if state.status is not Status.COMPLETED:
            typer.echo(failure_text(state), err=True)
