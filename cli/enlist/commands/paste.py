"""`enlist numbers` and `enlist contacts`: what a person has copied from somewhere."""

import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from enlist.connection import Connection, connects
from enlist.ending import end
from enlist.flags import FollowOption, JsonOption, file_errors
from enlist.options import OF_CONTACTS, OF_NUMBERS, Options, takes

TextArgument = Annotated[
    Path | None, typer.Argument(metavar="FILE", help="else, or as -, standard input")
]
_SAID_BESIDE: Final = ("separator", "header")


@connects
@takes(OF_NUMBERS)
def numbers(
    options: Options,
    connection: Connection,
    file: TextArgument = None,
    followed: FollowOption = True,
    as_json: JsonOption = False,
) -> None:
    """Import numbers, one a line, from FILE or standard input.

    pbpaste | enlist numbers --convert-national --list Guests
    """
    body = {"numbers": _text(file, "numbers, one a line"), "options": options}
    with connection.client() as client:
        end(client, client.paste("numbers", body), followed=followed, as_json=as_json)


@connects
@takes(OF_CONTACTS)
def contacts(
    options: Options,
    connection: Connection,
    file: TextArgument = None,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,…", help="what each column is: a field, custom.<name>, name, lists, skip"
        ),
    ] = None,
    followed: FollowOption = True,
    as_json: JsonOption = False,
) -> None:
    """Import rows of details from FILE or standard input, with any separator, header or not.

    pbpaste | enlist contacts --separator tab --columns name,phone_number,email
    """
    body: dict[str, Any] = {"text": _text(file, "rows of details")}
    body |= {name: options.pop(name) for name in _SAID_BESIDE if name in options}
    if columns is not None:
        body["columns"] = [column.strip() or None for column in columns.split(",")]
    body["options"] = options
    with connection.client() as client:
        end(client, client.paste("contacts", body), followed=followed, as_json=as_json)


def _text(file: Path | None, what: str) -> str:
    data = _from_stdin(what) if file is None or file.name == "-" else _from_file(file)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise typer.BadParameter("the text is not UTF-8; for a file: enlist import") from None


def _from_stdin(what: str) -> bytes:
    if sys.stdin.isatty():
        typer.echo(f"{what}; end with Ctrl-D", err=True)
    return sys.stdin.buffer.read()


def _from_file(file: Path) -> bytes:
    with file_errors():
        return file.read_bytes()
