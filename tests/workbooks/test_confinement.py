"""What a child can do, which is nothing, and how its end is told."""

import resource
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from signal import SIGABRT, SIGKILL, SIGSEGV
from tempfile import TemporaryFile
from typing import Final

import pytest
from tests.workbooks.asking import read, readers
from tests.workbooks.made import STRINGS, book, strings_of

from enlist_rules.codes import Code, PermanentFailure
from enlist_shared.workbooks.limits import Limits
from enlist_shared.workbooks.reading import open_sheet

LIMITS: Final = Limits()
LARGE: Final = book(rows='<row r="110000"><c r="A1"><v>1</v></c><c r="Z110000"><v>1</v></c></row>')
SHARED: Final = book(  # a string of 32 KB, 20,000 times
    {STRINGS: strings_of(f"<si><t>{'a' * 32_000}</t></si>")},
    rows="".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 20_001)),
)
TRIES: Final = """
import os, socket, sys
from enlist_shared.workbooks.confinement import confine
from enlist_shared.workbooks.limits import Limits
confine(Limits())
def attempt(what):
    try:
        what()
    except OSError as error:
        return type(error).__name__
    return "done"
print(
    attempt(lambda: open("/etc/hostname")),
    attempt(lambda: open(sys.argv[1], "w")),
    attempt(lambda: socket.create_connection(("127.0.0.1", int(sys.argv[2])))),
    attempt(lambda: os.popen("true")),
    attempt(lambda: os.close(0) or os.dup(1)),
    sorted(os.environ),
)
"""


def refusal(workbook: bytes, limits: Limits) -> Code:
    with pytest.raises(PermanentFailure) as refused:
        read(workbook, limits=limits)
    return refused.value.code


def test_a_confined_process_can_open_nothing(tmp_path: Path) -> None:
    """Neither a file nor a socket nor a program, not even in place of what it closes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = str(tmp_path / "written"), str(server.getsockname()[1])
        command = [sys.executable, "-I", "-c", TRIES, *place]
        ran = subprocess.run(command, capture_output=True, text=True, check=True, env={})
    assert ran.stdout.split(maxsplit=5)[:5] == ["OSError"] * 5
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("workbook", "limits"),
    [
        (LARGE, replace(LIMITS, memory_bytes=100_000_000)),
        (SHARED, replace(LIMITS, cpu_seconds=1)),
        (LARGE, replace(LIMITS, seconds=0)),
        (SHARED, replace(LIMITS, text_bytes=10_000_000)),
    ],
    ids=["memory", "processor", "clock", "text"],
)
def test_a_limit_ends_the_child_alone(workbook: bytes, limits: Limits) -> None:
    """Each limit is `bomb`; the caller's own limits are as before."""
    before = [resource.getrlimit(what) for what in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE)]
    assert refusal(workbook, limits) == Code.BOMB
    assert before == [
        resource.getrlimit(what) for what in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE)
    ]


@pytest.mark.parametrize(
    ("signal", "code"), [(SIGKILL, Code.BOMB), (SIGSEGV, Code.CORRUPT), (SIGABRT, Code.CORRUPT)]
)
def test_a_child_that_dies_is_never_taken_for_whole(signal: int, code: Code) -> None:
    """However a child dies, the text that it began is refused."""
    with TemporaryFile() as file:
        file.write(SHARED)
        with open_sheet(file, None, LIMITS) as sheet:
            next(sheet.blocks)
            [child] = readers()
            child.send_signal(signal)
            with pytest.raises(PermanentFailure) as refused:
                list(sheet.blocks)
    assert refused.value.code == code
    assert readers() == []


def test_a_child_is_gone_when_nobody_wants_it() -> None:
    """Who stops reading leaves no process behind."""
    with TemporaryFile() as file:
        file.write(SHARED)
        with open_sheet(file, None, LIMITS) as sheet:
            next(sheet.blocks)
        assert readers() == []
