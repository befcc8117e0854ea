"""Which contacts are meant, as flags of every command that takes some of them."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import typer

from enlist.flags import flag, gives
from enlist.http import ApiError, Http
from enlist_rules.identity import name_key
from enlist_shared.consent import ConsentState
from enlist_shared.options import Channel

PANEL: Final = "Which contacts"
_STATES: Final = ("unknown", *ConsentState)
Wanted = dict[str, Any]
ListArgument = Annotated[str, typer.Argument(metavar="LIST", help="its name or its id")]


def _flag(kind: Any, name: str, metavar: str, about: str) -> Any:  # noqa: ANN401 - an annotation
    option = typer.Option(name, metavar=metavar, rich_help_panel=PANEL, help=about)
    return Annotated[kind | None, option]


_FLAGS: Final = {
    "number": _flag(str, "--number", "TEXT", "in any spelling, or its beginning"),
    "name": _flag(str, "--name", "TEXT", "how first, last or both names begin"),
    "email": _flag(str, "--email", "TEXT", "how it begins"),
    "list": _flag(str, "--list", "LIST", "who is on it: its name or its id"),
    "channel": _flag(Channel, "--channel", "HOW", "who is reached by phone or whatsapp"),
    "consent": _flag(str, "--consent", "STATE", "unknown, opted_in or opted_out, on the channel"),
    "custom": _flag(list[str], "--custom", "NAME=VALUE", "a custom field; may be repeated"),
}


def _gathered(said: Mapping[str, Any]) -> Wanted:
    """Only what was said, in the words of the API."""
    if said["consent"] not in (None, *_STATES):
        raise typer.BadParameter(f"--consent {said['consent']}: one of {', '.join(_STATES)}")
    wanted = {name: value for name, value in said.items() if value not in (None, [])}
    if "custom" in wanted:
        wanted["custom"] = dict(map(pair, wanted["custom"]))
    return wanted


# Gives a command the flags above; it gets its argument `wanted`.
filters = gives("wanted", (flag(name, kind) for name, kind in _FLAGS.items()), _gathered)


def pair(text: str) -> tuple[str, str]:
    """NAME=VALUE; the value may be blank and hold further equals signs."""
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise typer.BadParameter(f"{text}: say NAME=VALUE")
    return name, value


def with_list(api: Http, wanted: Wanted) -> Wanted:
    """The same with the id of its list."""
    return wanted | ({"list": list_id(api, wanted["list"])} if "list" in wanted else {})


def in_query(wanted: Wanted) -> Wanted:
    """The same as it stands in a URL."""
    custom = {f"custom.{name}": value for name, value in wanted.get("custom", {}).items()}
    return {name: value for name, value in wanted.items() if name != "custom"} | custom


def list_id(api: Http, named: str) -> int:
    """The id of a list that was named, whatever its case, or whose id was said."""
    key, cursor = name_key(named), None
    while True:
        said = api.get("/v1/lists", params={"limit": 200} | ({"cursor": cursor} if cursor else {}))
        for each in said["lists"]:
            if name_key(each["name"]) == key:
                found: int = each["list_id"]
                return found
        cursor = said["next_cursor"]
        if cursor is None:
            break
    if not named.isdecimal():
        raise ApiError(404, "No such list", "not_found", named)
    return int(named)
