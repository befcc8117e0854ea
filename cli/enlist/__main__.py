"""The `enlist` command."""

import sys
from typing import Final

import typer

from enlist.commands.check import check_file
from enlist.commands.demo import demo
from enlist.commands.import_file import import_file
from enlist.commands.paste import contacts, numbers
from enlist.commands.preview import preview
from enlist.commands.rejects import rejects
from enlist.commands.sample import sample
from enlist.commands.status import status
from enlist.commands.up import up
from enlist.embedded.data_directory import InUseError
from enlist.embedded.program import NotStartedError
from enlist.http import ApiError, UnreachableError

FAILED: Final = 1
CALLED_WRONGLY: Final = 2
OF_THE_CALLER: Final = frozenset({400, 401, 403, 404, 422})

app = typer.Typer(
    help="Import contacts at scale.", no_args_is_help=True, pretty_exceptions_enable=False
)
app.command("up")(up)
app.command("import")(import_file)
app.command("check")(check_file)
app.command("preview")(preview)
app.command("numbers")(numbers)
app.command("contacts")(contacts)
app.command("status")(status)
app.command("rejects")(rejects)
app.command("sample")(sample)
app.command("demo")(demo)


def main() -> None:
    """Run a command; what the person can mend is one line, not a traceback."""
    try:
        app()
    except ApiError as error:
        _leave(str(error), CALLED_WRONGLY if error.status in OF_THE_CALLER else FAILED)
    except InUseError as error:
        _leave(str(error), CALLED_WRONGLY)
    except (UnreachableError, NotStartedError) as error:
        _leave(str(error), FAILED)


def _leave(message: str, status: int) -> None:
    typer.echo(f"enlist: {message}", err=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
