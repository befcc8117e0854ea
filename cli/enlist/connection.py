"""Which API a command talks to, and as whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from enlist.client import Client
from enlist.embedded.data_directory import DataDirectory
from enlist.embedded.ready_file import Ready
from enlist.flags import flag, gives
from enlist.http import Http

DEFAULT_DATA_DIR: Final = Path("~/.local/share/enlist")

DataDirOption = Annotated[
    Path,
    typer.Option(
        "--data-dir", envvar="ENLIST_DATA_DIR", metavar="DIR", help="folder of the local stack"
    ),
]
UrlOption = Annotated[
    str | None,
    typer.Option("--url", envvar="ENLIST_URL", help="address of the API; else the local stack's"),
]
ApiKeyOption = Annotated[
    str | None,
    typer.Option(
        "--api-key", envvar="ENLIST_API_KEY", show_envvar=True, help="key of your account"
    ),
]


@dataclass(frozen=True, slots=True)
class Connection:
    """An address and the key to use there."""

    url: str
    api_key: str

    def client(self) -> Client:
        """What imports are made and followed with."""
        return Client(self.url, self.api_key)

    def api(self) -> Http:
        """The API as it is; close it by leaving its block."""
        return Http(self.url, self.api_key)


def find_connection(url: str | None, api_key: str | None, data_dir: Path) -> Connection:
    """From flags or variables; what they leave open, from the local stack that is running."""
    if url is not None and api_key is not None:
        return Connection(url, api_key)
    ready = Ready.read(DataDirectory.at(data_dir).ready)
    if ready is None:
        raise typer.BadParameter(
            f"no stack is running on {data_dir}: start one with `enlist up`, "
            "or give --url and --api-key"
        )
    if url is not None and url != ready.api:
        raise typer.BadParameter(f"--url {url} needs --api-key with it")
    return Connection(ready.api, api_key or ready.api_key)


def _found(said: Mapping[str, Any]) -> Connection:
    return find_connection(said["url"], said["api_key"], said["data_dir"])


# Gives a command the flags above; it gets its argument `connection`.
connects = gives(
    "connection",
    (
        flag("url", UrlOption),
        flag("api_key", ApiKeyOption),
        flag("data_dir", DataDirOption, DEFAULT_DATA_DIR),
    ),
    _found,
)
