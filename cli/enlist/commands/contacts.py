"""`enlist find`, `contact`, `add`, `change`, `delete`: contacts one by one."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import typer

from enlist.connection import Connection, connects
from enlist.filters import Wanted, filters, in_query, pair, with_list
from enlist.flags import JsonOption, flag, gives
from enlist.showing import LimitOption, pages, show_json, show_rows
from enlist_rules.fields import CUSTOM_PREFIX
from enlist_shared.options import Channel

_COLUMNS: Final = ("phone_number", "first_name", "last_name", "email", "company_name", "city")
ContactArgument = Annotated[int, typer.Argument(metavar="ID", min=1, help="the contact's id")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="a field or custom.<name>; may be repeated"),
]
Reading = dict[str, Any]


def _said(flags: Mapping[str, Any]) -> Reading:
    return {name: value for name, value in flags.items() if value}


# Gives a command these flags; it gets its argument `reading`.
reads = gives(
    "reading",
    (
        flag(
            "convert_national",
            Annotated[bool, typer.Option("--convert-national", help="take 07… as +447…")],
            False,
        ),
        flag(
            "default_region",
            Annotated[
                str | None,
                typer.Option("--region", metavar="GB", help="region of national numbers"),
            ],
        ),
    ),
    _said,
)


@connects
@filters
def find(
    wanted: Wanted, connection: Connection, limit: LimitOption = 50, as_json: JsonOption = False
) -> None:
    """Find contacts for whom all holds that is said.

    enlist find --number '07400 123456'

    enlist find --list VIP --consent opted_in --custom colour=red
    """
    with connection.api() as api:
        asked = in_query(with_list(api, wanted))
        found = list(pages(api, "/v1/contacts", "contacts", asked, limit))
    if as_json:
        show_json({"contacts": found})
    else:
        columns = ("contact_id", *_COLUMNS)
        named = [(str(each["contact_id"]), *map(each.get, _COLUMNS)) for each in found]
        show_rows(columns, named)


@connects
def contact(
    connection: Connection, contact_id: ContactArgument, as_json: JsonOption = False
) -> None:
    """Show a contact, its lists, and where its numbers stand; its history: enlist consent."""
    with connection.api() as api:
        said = api.get(f"/v1/contacts/{contact_id}")
    _show(said, as_json=as_json)


@connects
@reads
def add(
    connection: Connection,
    reading: Reading,
    number: Annotated[str, typer.Argument(metavar="NUMBER")],
    fields: SetOption = None,
    lists: Annotated[
        list[str] | None,
        typer.Option("--list", metavar="NAME", help="list to join; made if new; may be repeated"),
    ] = None,
    channel: Annotated[
        Channel, typer.Option("--channel", help="how it is reached")
    ] = Channel.PHONE,
    as_json: JsonOption = False,
) -> None:
    """Add a contact by the rules of an import: what is known already is not added twice.

    enlist add '07400 123456' --convert-national --set first_name=Ann --list VIP
    """
    said = {"phone_number": number, "channel": channel, "lists": lists or []}
    body = said | _typed(fields) | reading
    with connection.api() as api:
        edited = api.post("/v1/contacts", lambda: {"json": body})
    if as_json:
        show_json(edited)
        return
    ids = ", ".join(str(each["contact_id"]) for each in edited["contacts"])
    beside = [word for word in ("listed", "suppressed") if edited[word]]
    typer.echo(", ".join((f"{edited['outcome']}: contact {ids}", *beside)))
    for warning in edited["warnings"]:
        typer.echo(f"{warning['code']}: {warning['message']}", err=True)


@connects
@reads
def change(
    connection: Connection,
    reading: Reading,
    contact_id: ContactArgument,
    fields: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change fields of a contact and nothing else; a blank value erases.

    enlist change 4711 --set city=Bath --set custom.colour=
    """
    if not fields:
        raise typer.BadParameter("say what is to change: --set FIELD=VALUE")
    body = _typed(fields) | reading
    with connection.api() as api:
        said = api.change("PATCH", f"/v1/contacts/{contact_id}", body)
    _show(said, as_json=as_json)


@connects
def delete(
    connection: Connection, contact_id: ContactArgument, as_json: JsonOption = False
) -> None:
    """Delete a contact for good; what is known of the consent of its numbers stays."""
    with connection.api() as api:
        api.change("DELETE", f"/v1/contacts/{contact_id}")
    if as_json:
        show_json({"contact_id": contact_id})
    else:
        typer.echo(f"contact {contact_id} was deleted")


def _typed(fields: list[str] | None) -> dict[str, Any]:
    """Fields as the API wants them, custom ones apart."""
    said = dict(map(pair, fields or ()))
    custom = {name: text for name, text in said.items() if name.startswith(CUSTOM_PREFIX)}
    plain = {name: text for name, text in said.items() if name not in custom}
    named = {name.removeprefix(CUSTOM_PREFIX): text for name, text in custom.items()}
    return {**plain, "custom": named} if named else plain


def _show(said: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(said)
        return
    beside = {"custom", "channels", "lists", "consents"}
    rows = [(name, value) for name, value in said.items() if name not in beside and value]
    rows += [(CUSTOM_PREFIX + name, value) for name, value in said["custom"].items()]
    rows += [("channels", ", ".join(said["channels"]))]
    rows += [("list", each["name"]) for each in said["lists"]]
    for each in said["consents"]:
        state, number = each["state"], each["number"]
        rows.append(("consent", f"{state} on {each['channel']}, {number}, by {each['source']}"))
    show_rows(("field", "value"), [(name, str(value)) for name, value in rows])
