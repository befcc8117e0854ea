"""How a command shows what the API says: a table for people, or JSON; and page after page of it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from enlist.http import Http

PAGE: Final = 200
"""The most that the API gives at once."""
LimitOption = Annotated[int, typer.Option("--limit", min=1, help="show at most so many")]


def show_json(said: object) -> None:
    """One JSON object on a line."""
    typer.echo(json.dumps(said, ensure_ascii=False))


def show_rows(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A row a line; numbers stand to the right, what is missing is blank."""
    kept = list(rows)
    table = Table(box=None, pad_edge=False)
    for at, column in enumerate(columns):
        counts = bool(kept) and all(isinstance(row[at], int) for row in kept)
        table.add_column(column, justify="right" if counts else "left", overflow="fold")
    for row in kept:
        table.add_row(*map(_cell, row))
    Console(highlight=False, markup=False).print(table)


def pages(
    api: Http, path: str, key: str, asked: Mapping[str, Any], limit: int
) -> Iterator[dict[str, Any]]:
    """What the API lists there under `key`, page after page, at most `limit` of it."""
    cursor: str | None = None
    while limit > 0:
        parameters = {**asked, "limit": min(limit, PAGE)} | ({"cursor": cursor} if cursor else {})
        said = api.get(path, params=parameters)
        yield from said[key]
        limit -= len(said[key])
        cursor = said["next_cursor"]
        if cursor is None:
            return


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else str(value)
