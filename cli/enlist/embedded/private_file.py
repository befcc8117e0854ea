"""Small files that hold secrets: whole or absent, and readable by their owner only."""

import os
import secrets
from pathlib import Path


def write_private(file: Path, text: str) -> None:
    """Put `text` in place of the file in one step, with mode 0600."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(file)


def kept_secret(file: Path) -> str:
    """The secret in the file; made up and written at the first call."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        write_private(file, secrets.token_urlsafe(24))
    return file.read_text(encoding="utf-8")
