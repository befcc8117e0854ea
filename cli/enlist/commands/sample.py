"""`enlist sample`: a contact file to try with."""

import io
import sys
from pathlib import Path
from typing import Annotated

import typer

from enlist.samples import write_sample


def sample(
    rows: Annotated[int, typer.Option(min=0, help="records")] = 1000,
    seed: Annotated[int, typer.Option(help="the same seed gives the same bytes")] = 1,
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, metavar="FILE", help="else standard output")
    ] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="14 clean columns, all numbers valid")
    ] = False,
    columns: Annotated[int | None, typer.Option(min=4, help="keep the first ones only")] = None,
) -> None:
    """Write a made-up CSV with the mess that real ones have."""
    if out is not None:
        with out.open("w", encoding="utf-8", newline="") as file:
            write_sample(file, rows, seed, plain=plain, columns=columns)
        return
    text = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=False)
    write_sample(text, rows, seed, plain=plain, columns=columns)
    text.flush()
    text.detach()
