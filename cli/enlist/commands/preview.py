"""`enlist preview`: how the API would read a file, before anything is imported."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console

from enlist.balance import codes_table
from enlist.columns import Column, columns_table, detected_text
from enlist.connection import Connection, connects
from enlist.flags import JsonOption
from enlist.options import ALL, Options, takes
from enlist.profiles import ProfileOption, with_profile
from enlist_rules.code_texts import FILE_CODES
from enlist_rules.layout import HEAD_BYTES

_UNKNOWN: Final = "?"


@connects
@takes(ALL)
def preview(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)],
    options: Options,
    connection: Connection,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how FILE would be read: its first megabyte is sent, and nothing is kept.

    enlist preview kunden.csv --separator ';' --mapping Handy=phone_number

    Exits 1 when the columns have to be named first. Without a stack: enlist check.
    """
    with file.open("rb") as source:
        head = source.read(HEAD_BYTES)
    size = file.stat().st_size
    with connection.client() as client:
        said = client.preview(head, size, file.name, with_profile(client, profile, options))
    if as_json:
        Console(soft_wrap=True).print_json(data=said, indent=None, highlight=False)
    else:
        _show(file.name, said)
    if said["error"] is not None:
        raise typer.Exit(1)


def _show(name: str, said: Mapping[str, Any]) -> None:
    console = Console(highlight=False, markup=False)
    console.print(detected_text(said["detected"]))
    console.print()
    console.print(columns_table(_columns(said)))
    console.print()
    counts = said["counts"]
    of_what = "all of it" if said["whole"] else "its first megabyte"
    console.print(
        f"{name}, {of_what}: {counts['records']:,} records, {counts['forwarded']:,} to merge "
        f"({counts['duplicate']:,} of them duplicates), {counts['rejected']:,} rejected, "
        f"{counts['warnings']:,} with warnings"
    )
    console.print(codes_table(said["reasons"], said["warning_reasons"]))
    for line in _remarks(said):
        console.print(line)
    if said["error"] is not None:
        remedy = FILE_CODES[said["error"]["code"]][1]
        typer.echo(f"{said['error']['message']} {remedy} --mapping COLUMN=FIELD does.", err=True)


def _columns(said: Mapping[str, Any]) -> Iterator[Column]:
    for column in said["columns"]:
        yield column["column"], column["field"] or _UNKNOWN, column["samples"]


def _remarks(said: Mapping[str, Any]) -> Iterator[str]:
    if (profile := said["profile"]) is not None:
        yield f"a saved profile has this header: --profile '{profile['name']}'"
    if (seen := said["seen_before"]) is not None:
        yield f"the same content was imported at {seen['at']}: enlist status {seen['import_id']}"
