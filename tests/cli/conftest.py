"""The `enlist` command as its entry point runs it, beside an API that answers what is scripted."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.scripted_api import (
    DONE,
    EVENTS,
    LOOK,
    UPLOAD,
    Done,
    Enlist,
    ScriptedApi,
    as_json,
    events,
    serving,
    shown,
)

from enlist.__main__ import main


@pytest.fixture
def api() -> Iterator[ScriptedApi]:
    """An API that has accepted an import and ends it."""
    with serving() as api:
        api.script[UPLOAD] = [as_json(shown("accepted"), 202)]
        api.script[LOOK] = [as_json(shown("accepted"))]
        api.script[EVENTS] = [events(shown("merging"), DONE)]
        yield api


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Something to upload."""
    file = tmp_path / "contacts.csv"
    file.write_bytes(b"phone\r\n+447700900123\r\n")
    return file


@pytest.fixture
def enlist(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Enlist:
    """The command, as its entry point runs it."""
    monkeypatch.setenv("ENLIST_URL", api.url)
    monkeypatch.setenv("ENLIST_API_KEY", "enl_key")
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["enlist", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
        assert isinstance(left.value.code, int)
        return Done(left.value.code, *capsys.readouterr())

    return run
