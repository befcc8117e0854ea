"""The options of an import as flags, said once for every command that takes them."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from enlist.flags import Command, flag, gives
from enlist_rules.options import Duplicates, Header, OverLimit, Unmapped
from enlist_shared.options import Channel, ListMode, Purpose

PANEL: Final = "Options of the import"
SEPARATORS: Final = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}
Options = dict[str, Any]


def _flag(kind: Any, *names: str, **about: Any) -> Any:  # noqa: ANN401 - an annotation
    return Annotated[kind | None, typer.Option(*names, rich_help_panel=PANEL, **about)]


_FLAGS: Final[dict[str, Any]] = {
    "convert_national": _flag(bool, "--convert-national", help="take 07… as +447…"),
    "default_region": _flag(str, "--region", metavar="GB", help="region of national numbers"),
    "lists": _flag(
        list[str], "--list", metavar="NAME", help="list to join; made if new; may be repeated"
    ),
    "list_ids": _flag(list[int], "--list-id", metavar="N", help="the same, by id"),
    "list_mode": _flag(
        ListMode, "--list-mode", metavar="MODE", help="add, or replace: others leave the lists"
    ),
    "max_unlisted_ratio": _flag(
        float, "--max-unlisted-ratio", metavar="0.2", help="of a replaced list, who may leave it"
    ),
    "channel": _flag(Channel, "--channel", metavar="HOW", help="phone or whatsapp"),
    "duplicates": _flag(
        Duplicates,
        "--duplicates",
        metavar="RULE",
        help="records of the same person: merge, merge_by_number or skip",
    ),
    "over_limit": _flag(
        OverLimit,
        "--over-limit",
        metavar="RULE",
        help="a field that is too long: reject the record, truncate or blank the field",
    ),
    "number_types": _flag(
        list[str],
        "--number-type",
        metavar="MOBILE",
        help="type of number that may be stored; may be repeated",
    ),
    "mapping": _flag(
        list[str],
        "--mapping",
        metavar="COLUMN=FIELD",
        help="what a column is, by its name or its index from 0: a field, custom.<name>, name, "
        "lists or skip; may be repeated",
    ),
    "header": _flag(
        Header, "--header", metavar="WHICH", help="a header row: auto, present or absent"
    ),
    "separator": _flag(
        str, "--separator", metavar="CHAR", help=f"one character, or {', '.join(SEPARATORS)}"
    ),
    "encoding": _flag(str, "--encoding", metavar="NAME", help="such as utf-8 or windows-1252"),
    "sheet": _flag(str, "--sheet", metavar="NAME", help="of a workbook; else the first visible"),
    "unmapped": _flag(
        Unmapped, "--unmapped", metavar="RULE", help="columns without a field: custom or skip"
    ),
    "purpose": _flag(
        Purpose,
        "--purpose",
        metavar="WHAT",
        help="contacts, or opt_out: all of them have opted out",
    ),
    "consent_source": _flag(
        str, "--consent-source", metavar="TEXT", help="these people opted in: where"
    ),
    "consent_evidence": _flag(
        str, "--consent-evidence", metavar="TEXT", help="and what proves it; say both"
    ),
    "parent_import_id": _flag(
        str, "--parent", metavar="ID", help="the import whose rejects these are"
    ),
    "correlation_id": _flag(
        str, "--correlation-id", metavar="TEXT", help="said again in every event"
    ),
    "options_file": _flag(
        Path,
        "--options",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="any options as a JSON object; flags win",
    ),
}
LAYOUT: Final = ("mapping", "header", "separator", "encoding", "sheet", "unmapped")
ALL: Final = tuple(_FLAGS)
_CONSENT: Final = ("source", "evidence")
_PUT_TOGETHER: Final = frozenset(
    {"options_file", "lists", "list_ids", "mapping", "separator"}
    | {f"consent_{part}" for part in _CONSENT}
)
OF_NUMBERS: Final = tuple(name for name in ALL if name not in LAYOUT)
OF_CONTACTS: Final = tuple(name for name in ALL if name not in {"encoding", "sheet"})


def takes(names: Sequence[str]) -> Callable[[Command], Command]:
    """Give a command these flags; it gets what was said as its argument `options`."""
    return gives("options", (flag(name, _FLAGS[name]) for name in names), gathered)


def gathered(said: Mapping[str, Any]) -> Options:
    """Only what was said, as the API wants it: it knows the defaults."""
    options = _from_file(said.get("options_file"))
    options |= {
        name: value
        for name, value in said.items()
        if name not in _PUT_TOGETHER and value not in (None, [])
    }
    if lists := [*(said.get("lists") or ()), *(said.get("list_ids") or ())]:
        options["lists"] = lists
    if said.get("mapping"):
        options["mapping"] = (options.get("mapping") or {}) | dict(map(_choice, said["mapping"]))
    if said.get("separator"):
        options["separator"] = _character(said["separator"])
    if consent := {
        part: said[f"consent_{part}"] for part in _CONSENT if said.get(f"consent_{part}")
    }:
        options["consent"] = (options.get("consent") or {}) | consent
    return options


def _from_file(file: Path | None) -> Options:
    if file is None:
        return {}
    try:
        options = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise typer.BadParameter(f"{file} is no JSON: {error}") from None
    if not isinstance(options, dict):
        raise typer.BadParameter(f'{file} holds no JSON object such as {{"lists": ["News"]}}')
    return options


def _choice(text: str) -> tuple[str, str]:
    column, equals, field = text.rpartition("=")
    if not (column and equals and field):
        raise typer.BadParameter(f"--mapping {text}: say COLUMN=FIELD, such as Handy=phone_number")
    return column, field


def _character(text: str) -> str:
    character = SEPARATORS.get(text.lower(), "\t" if text == "\\t" else text)
    if len(character) != 1:
        raise typer.BadParameter(f"--separator {text}: one character, or {', '.join(SEPARATORS)}")
    return character
