"""The `enlist` command."""

import sys
from importlib import import_module
from typing import Final

import typer

from enlist.embedded.data_directory import InUseError
from enlist.embedded.program import NotStartedError
from enlist.http import ApiError, UnreachableError

FAILED: Final = 1
CALLED_WRONGLY: Final = 2
OF_THE_CALLER: Final = frozenset({400, 401, 403, 404, 422})
# Module and function of each command. A module is imported when its command is called: the
# embedded stack takes long to import, and to check a file should not.
COMMANDS: Final = {
    "up": "up:up",
    "import": "import_file:import_file",
    "check": "check:check_file",
    "preview": "preview:preview",
    "numbers": "paste:numbers",
    "contacts": "paste:contacts",
    "status": "status:status",
    "cancel": "status:cancel",
    "rejects": "rejects:rejects",
    "find": "contacts:find",
    "contact": "contacts:contact",
    "add": "contacts:add",
    "change": "contacts:change",
    "delete": "contacts:delete",
    "export": "files:export",
    "audience": "files:audience",
    "lists": "lists:lists",
    "make-list": "lists:make_list",
    "rename-list": "lists:rename_list",
    "delete-list": "lists:delete_list",
    "join": "members:join",
    "leave": "members:leave",
    "consent": "consent:consent",
    "opt-out": "consent:opt_out",
    "opt-in": "consent:opt_in",
    "opt-outs": "consent:opt_outs",
    "keywords": "keywords:keywords",
    "add-keyword": "keywords:add_keyword",
    "remove-keyword": "keywords:remove_keyword",
    "sample": "sample:sample",
    "demo": "demo:demo",
}


def application(wanted: str | None = None) -> typer.Typer:
    """The command with the subcommand that is wanted, or with all of them."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
    app.callback(help="Import contacts at scale.")(lambda: None)
    for name in [wanted] if wanted in COMMANDS else COMMANDS:
        module, _, function = COMMANDS[name].partition(":")
        app.command(name)(getattr(import_module(f"enlist.commands.{module}"), function))
    return app


def main() -> None:
    """Run a command; what the person can mend is one line, not a traceback."""
    try:
        application(next(iter(sys.argv[1:]), None))()
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
