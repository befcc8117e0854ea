"""`enlist lists`, `make-list`, `rename-list`, `delete-list`."""

from typing import Annotated, Final

import typer

from enlist.connection import Connection, connects
from enlist.filters import ListArgument, list_id
from enlist.flags import FollowOption, JsonOption
from enlist.showing import pages, show_json, show_rows
from enlist.tasks import followed_task, show_task

_ALL: Final = 1_000_000
NameArgument = Annotated[str, typer.Argument(metavar="NAME")]


@connects
def lists(connection: Connection, as_json: JsonOption = False) -> None:
    """Show all lists, with how many contacts are on each."""
    with connection.api() as api:
        found = list(pages(api, "/v1/lists", "lists", {}, _ALL))
    if as_json:
        show_json({"lists": found})
    else:
        rows = [(str(each["list_id"]), each["name"], each["contacts"]) for each in found]
        show_rows(("list_id", "name", "contacts"), rows)


@connects
def make_list(connection: Connection, name: NameArgument, as_json: JsonOption = False) -> None:
    """Make a list; names are one per account, whatever their case."""
    with connection.api() as api:
        made = api.post("/v1/lists", lambda: {"json": {"name": name}})
    if as_json:
        show_json(made)
    else:
        typer.echo(f"list {made['list_id']}: {made['name']}")


@connects
def rename_list(
    connection: Connection, named: ListArgument, name: NameArgument, as_json: JsonOption = False
) -> None:
    """Give LIST another NAME."""
    with connection.api() as api:
        said = api.change("PATCH", f"/v1/lists/{list_id(api, named)}", {"name": name})
    if as_json:
        show_json(said)
    else:
        typer.echo(f"list {said['list_id']}: {said['name']}")


@connects
def delete_list(
    connection: Connection,
    named: ListArgument,
    with_contacts: Annotated[
        bool, typer.Option("--with-contacts", help="and its contacts that are on no other list")
    ] = False,
    followed: FollowOption = True,
    as_json: JsonOption = False,
) -> None:
    """Delete LIST: it is gone at once, its memberships go in the background."""
    with connection.api() as api:
        contacts = "delete" if with_contacts else "keep"
        path = f"/v1/lists/{list_id(api, named)}?contacts={contacts}"
        task = api.change("DELETE", path)
        show_task(followed_task(api, task) if followed else task, as_json=as_json)
