"""`enlist keywords`, `add-keyword`, `remove-keyword`: what a text does that begins with a word."""

from typing import Annotated, Any, Final

import typer

from enlist.connection import Connection, connects
from enlist.flags import JsonOption
from enlist.showing import show_json, show_rows
from enlist_rules.keywords import Effect

_COLUMNS: Final = ("keyword_id", "keyword", "number", "effect", "list_id")


@connects
def keywords(connection: Connection, as_json: JsonOption = False) -> None:
    """Show the account's words, and those that always hold."""
    with connection.api() as api:
        said = api.get("/v1/keywords")
    if as_json:
        show_json(said)
        return
    found = [{**each, "number": each["number"] or "any"} for each in said["keywords"]]
    show_rows(_COLUMNS, [_row(each) for each in found])
    typer.echo(f"always: {', '.join(said['reserved'])}")


@connects
def add_keyword(
    connection: Connection,
    keyword: Annotated[str, typer.Argument(metavar="WORD")],
    number: Annotated[
        str | None, typer.Option("--number", metavar="NUMBER", help="that is texted; else any")
    ] = None,
    named: Annotated[
        str | None, typer.Option("--list", metavar="NAME", help="list to join; made if new")
    ] = None,
    effect: Annotated[
        Effect, typer.Option("--effect", help="join a list, stop or start")
    ] = Effect.JOIN,
    as_json: JsonOption = False,
) -> None:
    """Add a word: whoever texts it joins a list, or opts out (stop) or in (start).

    enlist add-keyword PIZZA --number 60066 --list Hungry
    """
    body: dict[str, Any] = {"keyword": keyword, "effect": effect}
    body |= {name: text for name, text in (("number", number), ("list", named)) if text}
    with connection.api() as api:
        said = api.post("/v1/keywords", lambda: {"json": body})
    if as_json:
        show_json(said)
    else:
        show_rows(_COLUMNS, [_row(said)])


@connects
def remove_keyword(
    connection: Connection,
    keyword_id: Annotated[str, typer.Argument(metavar="ID")],
    as_json: JsonOption = False,
) -> None:
    """Remove a word; who has joined its list stays."""
    with connection.api() as api:
        api.change("DELETE", f"/v1/keywords/{keyword_id}")
    if as_json:
        show_json({"keyword_id": keyword_id})
    else:
        typer.echo(f"keyword {keyword_id} was removed")


def _row(each: dict[str, Any]) -> tuple[str | None, ...]:
    cells = map(each.get, _COLUMNS)
    return tuple(None if cell is None else str(cell) for cell in cells)
