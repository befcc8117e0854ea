"""`enlist join` and `enlist leave`: many contacts onto a list, or off it."""

from typing import Annotated, Any

import typer

from enlist.connection import Connection, connects
from enlist.filters import ListArgument, Wanted, filters, list_id, with_list
from enlist.flags import FollowOption, JsonOption
from enlist.tasks import followed_task, show_task

IdsArgument = Annotated[
    list[int] | None, typer.Argument(metavar="[ID]...", help="contacts; else say which")
]
EverybodyOption = Annotated[bool, typer.Option("--everybody", help="all contacts of the account")]


@connects
@filters
def join(
    wanted: Wanted,
    connection: Connection,
    named: ListArgument,
    ids: IdsArgument = None,
    everybody: EverybodyOption = False,
    followed: FollowOption = True,
    as_json: JsonOption = False,
) -> None:
    """Put contacts on LIST: these IDs, or all for whom everything holds that is said.

    enlist join VIP --list Autumn --consent opted_in
    """
    _move("add", connection, named, _whom(ids, wanted, everybody=everybody), followed, as_json)


@connects
@filters
def leave(
    wanted: Wanted,
    connection: Connection,
    named: ListArgument,
    ids: IdsArgument = None,
    everybody: EverybodyOption = False,
    followed: FollowOption = True,
    as_json: JsonOption = False,
) -> None:
    """Take contacts off LIST: these IDs, or all for whom everything holds that is said.

    enlist leave VIP 4711 4712
    """
    _move("remove", connection, named, _whom(ids, wanted, everybody=everybody), followed, as_json)


def _whom(ids: list[int] | None, wanted: Wanted, *, everybody: bool) -> dict[str, Any]:
    if sum(map(bool, (ids, wanted, everybody))) != 1:
        raise typer.BadParameter("say whom: IDs, or a filter, or --everybody")
    return {"contact_ids": ids} if ids else {"filter": wanted}


def _move(
    how: str,
    connection: Connection,
    named: str,
    whom: dict[str, Any],
    followed: bool,
    as_json: bool,
) -> None:
    with connection.api() as api:
        body = {"filter": with_list(api, whom["filter"])} if "filter" in whom else whom
        path = f"/v1/lists/{list_id(api, named)}/{how}"
        task = api.post(path, lambda: {"json": body})
        show_task(followed_task(api, task) if followed else task, as_json=as_json)
