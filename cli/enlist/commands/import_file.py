"""`enlist import`: bring a file of contacts into the account, and see what became of it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from enlist.connection import Connection, connects
from enlist.ending import end
from enlist.flags import FollowOption, JsonOption
from enlist.following import upload
from enlist.options import ALL, Options, takes
from enlist.profiles import ProfileOption, with_profile


@connects
@takes(ALL)
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)],
    options: Options,
    connection: Connection,
    profile: ProfileOption = None,
    followed: FollowOption = True,
    as_json: JsonOption = False,
) -> None:
    """Import FILE; exits 0 when it completed, 1 when it failed, 2 when it was called wrongly.

    enlist import contacts.csv --list Newsletter --convert-national --region GB

    enlist import kunden.csv --encoding windows-1252 --separator ';' --mapping Handy=phone_number

    A connection that is cut is made again, and nothing is imported twice.
    """
    with connection.client() as client:
        state = upload(client, file, with_profile(client, profile, options), Console(stderr=True))
        end(client, state, followed=followed, as_json=as_json)
