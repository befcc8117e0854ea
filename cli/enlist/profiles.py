"""Profiles: options that the account has saved for files with a certain header."""

from typing import Annotated

import typer

from enlist.client import Client
from enlist.options import Options

ProfileOption = Annotated[
    str | None,
    typer.Option("--profile", metavar="NAME", help="take the options of a saved profile"),
]


def with_profile(client: Client, name: str | None, options: Options) -> Options:
    """The options of the profile, then those of the flags, which win."""
    if name is None:
        return options
    profiles = {profile["name"]: profile["options"] for profile in client.profiles()}
    if name not in profiles:
        known = ", ".join(sorted(profiles)) or "there are none yet"
        raise typer.BadParameter(f"no profile is called {name}; {known}")
    saved: Options = profiles[name]
    mapping = (saved.get("mapping") or {}) | (options.get("mapping") or {})
    return saved | options | ({"mapping": mapping} if mapping else {})
