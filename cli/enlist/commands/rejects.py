"""`enlist rejects`: the records that were not taken, in the file's own columns, with reasons."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from enlist.connection import Connection, connects
from enlist.flags import file_errors


@connects
def rejects(
    connection: Connection,
    import_id: Annotated[str, typer.Argument(metavar="ID")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", dir_okay=False, metavar="FILE", help="else standard output"),
    ] = None,
    warnings: Annotated[
        bool, typer.Option("--warnings", help="the records that were kept with a warning")
    ] = False,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="as a workbook")] = False,
) -> None:
    """Fetch the rejected records of the import ID. Corrected, the file can be imported again.

    enlist rejects 01a20574-88a4-7e46-a875-17632649e68c -o rejects.csv
    """
    document = f"{'warnings' if warnings else 'rejects'}.{'xlsx' if xlsx else 'csv'}"
    if xlsx and out is None and sys.stdout.isatty():
        raise typer.BadParameter(f"a workbook is nothing to look at here: -o {document}")
    with connection.client() as client:
        if out is not None:
            with file_errors():
                size = client.save(import_id, document, out)
            typer.echo(f"{size:,} bytes in {out}", err=True)
            return
        for block in client.blocks(import_id, document):
            sys.stdout.buffer.write(block)
        sys.stdout.buffer.flush()
