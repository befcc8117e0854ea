"""`enlist consent`, `opt-out`, `opt-in`, `opt-outs`: what is known of numbers, and how it came."""

from typing import Annotated, Any, Final

import typer

from enlist.connection import Connection, connects
from enlist.flags import JsonOption
from enlist.showing import LimitOption, pages, show_json, show_rows
from enlist_shared.consent import ConsentState
from enlist_shared.options import Channel

_EVENT: Final = ("effective_at", "channel", "state", "source", "evidence")
NumberArgument = Annotated[str, typer.Argument(metavar="NUMBER", help="in any spelling")]
ChannelOption = Annotated[Channel, typer.Option("--channel", help="phone or whatsapp")]


@connects
def consent(connection: Connection, number: NumberArgument, as_json: JsonOption = False) -> None:
    """Show where NUMBER stands on each channel, and what was ever said about it, latest first."""
    with connection.api() as api:
        said = api.get("/v1/consents", params={"number": number, "limit": 200})
    if as_json:
        show_json(said)
        return
    known = {each["channel"]: each["state"] for each in said["consents"]}
    states = (f"{channel}: {known.get(channel, 'unknown')}" for channel in Channel)
    typer.echo(f"{said['number']}, {', '.join(states)}")
    show_rows(_EVENT, [tuple(map(event.get, _EVENT)) for event in said["events"]])


@connects
def opt_out(
    connection: Connection,
    number: NumberArgument,
    channel: ChannelOption = Channel.PHONE,
    evidence: Annotated[
        str | None, typer.Option("--evidence", metavar="TEXT", help="how you know; kept with it")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Opt NUMBER out by hand; no import brings it back. Many: enlist numbers --purpose opt_out.

    enlist opt-out '07400 123456' --evidence 'rang us on Monday'
    """
    body = {"number": number, "channel": channel, "state": ConsentState.OPTED_OUT}
    body |= {"evidence": evidence} if evidence else {}
    _say(connection, "/v1/consents/by-hand", body, as_json=as_json)


@connects
def opt_in(
    connection: Connection,
    number: NumberArgument,
    evidence: Annotated[str, typer.Option("--evidence", metavar="TEXT", help="what proves it")],
    channel: ChannelOption = Channel.PHONE,
    as_json: JsonOption = False,
) -> None:
    """Say, with evidence, that the person opted in: a consent call, which may undo an opt-out.

    enlist opt-in '07400 123456' --evidence 'signed form 4711'
    """
    state = ConsentState.OPTED_IN
    body = {"number": number, "channel": channel, "state": state, "evidence": evidence}
    _say(connection, "/v1/consents", body, as_json=as_json)


@connects
def opt_outs(
    connection: Connection,
    channel: Annotated[
        Channel | None, typer.Option("--channel", help="on this channel alone")
    ] = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """Show who has opted out, the latest first."""
    asked = {"channel": channel} if channel else {}
    with connection.api() as api:
        found = list(pages(api, "/v1/opt-outs", "opt_outs", asked, limit))
    if as_json:
        show_json({"opt_outs": found})
    else:
        columns = ("number", *(name for name in _EVENT if name != "state"))
        show_rows(columns, [tuple(map(each.get, columns)) for each in found])


def _say(connection: Connection, path: str, body: dict[str, Any], *, as_json: bool) -> None:
    with connection.api() as api:
        said = api.post(path, lambda: {"json": body})
    if as_json:
        show_json(said)
    else:
        typer.echo(f"{said['number']} is {said['state']} on {said['channel']}")
