"""`enlist export` and `enlist audience`: contacts as files."""

import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import typer

from enlist.connection import Connection, connects
from enlist.filters import ListArgument, Wanted, filters, in_query, list_id, with_list
from enlist.flags import file_errors
from enlist.http import Http
from enlist_shared.options import Channel

OutOption = Annotated[
    Path | None,
    typer.Option("--out", "-o", dir_okay=False, metavar="FILE", help="else standard output"),
]


@connects
@filters
def export(
    wanted: Wanted,
    connection: Connection,
    out: OutOption = None,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="as a workbook")] = False,
) -> None:
    """Write contacts as a file that can be imported again.

    enlist export --list VIP -o vip.csv
    """
    if xlsx and out is None and sys.stdout.isatty():
        raise typer.BadParameter("a workbook is nothing to look at here: -o contacts.xlsx")
    with connection.api() as api:
        asked = in_query(with_list(api, wanted))
        query = f"?{urlencode(asked)}" if asked else ""
        kind = "xlsx" if xlsx else "csv"
        # By its own address a list comes in its own order, from its own index.
        alone = asked.keys() == {"list"}
        of_list = f"/v1/lists/{asked['list']}/export.{kind}" if alone else None
        _write(api, of_list or f"/v1/contacts/export.{kind}{query}", out)


@connects
def audience(
    connection: Connection,
    named: ListArgument,
    channel: Annotated[
        Channel, typer.Option("--channel", help="phone or whatsapp")
    ] = Channel.PHONE,
    out: OutOption = None,
) -> None:
    """Write whom to text of a LIST: each number once, nobody who has opted out.

    enlist audience VIP --channel phone -o vip.ndjson

    One JSON object a line. The last has the counts: without it something was cut off.
    """
    with connection.api() as api:
        path = f"/v1/lists/{list_id(api, named)}/audience?channel={channel}"
        _write(api, path, out)


def _write(api: Http, path: str, out: Path | None) -> None:
    if out is not None:
        with file_errors():
            size = api.save(path, out)
        typer.echo(f"{size:,} bytes in {out}", err=True)
        return
    for block in api.blocks(path):
        sys.stdout.buffer.write(block)
    sys.stdout.buffer.flush()
