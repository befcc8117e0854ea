"""`enlist up`: the whole stack in the foreground."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from enlist.connection import DEFAULT_DATA_DIR, DataDirOption
from enlist.embedded.own_servers import OwnServers
from enlist.embedded.ready_file import Ready
from enlist.embedded.stack import DEFAULT_WORKERS, running_stack
from enlist_shared.settings import PREFIX

KafkaOption = Annotated[
    str | None,
    typer.Option(metavar="HOST:PORT", help="your own brokers; else $ENLIST_KAFKA__…"),
]
S3Option = Annotated[
    str | None, typer.Option(metavar="URL", help="your own S3 server; else $ENLIST_S3__…")
]
PostgresOption = Annotated[
    str | None,
    typer.Option(
        metavar="DSN",
        help="your own PostgreSQL, as an administrator or enlist_owner; "
        "else $ENLIST_POSTGRES__DSN or …_FILE",
    ),
]


def up(
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="of the API; else a free one")
    ] = None,
    ready_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="written when ready: addresses and keys")
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="normalize and merge processes, each")
    ] = DEFAULT_WORKERS,
    kafka: KafkaOption = None,
    s3: S3Option = None,
    postgres: PostgresOption = None,
) -> None:
    """Run PostgreSQL, an S3 server, a broker and the services until Ctrl-C or SIGTERM.

    Of the three servers, those that you name are used in place of the embedded ones. The bucket,
    credentials, SASL and TLS are said by the variables that the services read (docs/settings.md).
    """
    own = _own_servers(kafka, s3, postgres)

    async def serve() -> None:
        async with running_stack(data_dir, say, port, workers, own) as ready:
            try:
                _announce(ready, data_dir, ready_file)
                await asyncio.Event().wait()
            finally:
                say("stopping")
                if ready_file is not None:
                    ready_file.unlink(missing_ok=True)

    until_told_to_stop(serve)
    say("stopped")


def _own_servers(kafka: str | None, s3: str | None, postgres: str | None) -> OwnServers:
    try:
        return OwnServers.named(kafka, s3, postgres)
    except ValidationError as error:
        raise typer.BadParameter("; ".join(map(_in_words, error.errors()))) from None
    except SettingsError as error:
        raise typer.BadParameter(str(error)) from None


def _in_words(error: ErrorDetails) -> str:
    """A setting by its variable, and what is wrong with it; never its value."""
    return f"{PREFIX}{'__'.join(map(str, error['loc'])).upper()}: {error['msg']}"


def say(line: str) -> None:
    """Print a line at once; a reader that went away must not take the stack with it."""
    with suppress(BrokenPipeError):
        print(line, flush=True)


def until_told_to_stop(work: Callable[[], Awaitable[None]]) -> None:
    """Run until it ends, or until the first SIGINT, SIGTERM or SIGHUP ends it tidily."""

    async def main() -> None:
        task = asyncio.ensure_future(work())
        loop = asyncio.get_running_loop()
        told: list[int] = []

        def stop(number: int) -> None:
            if not told:  # a second one must not interrupt the tidying up
                task.cancel()
            told.append(number)

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, stop, number)
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()

    asyncio.run(main())


def _announce(ready: Ready, data_dir: Path, ready_file: Path | None) -> None:
    if ready_file is not None:
        ready.write(ready_file)
    say(f"Enlist is up: {ready.api} (documentation: {ready.api}/docs)")
    say(f"console: {ready.console}")
    say(f"data in {data_dir}, logs in {data_dir / 'logs'}; Ctrl-C stops it")
