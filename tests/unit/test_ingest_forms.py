"""The multipart form of an upload, read as it arrives."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist_ingest.api.forms import OPTIONS_BYTES, OVERHEAD_BYTES, UploadForm
from enlist_ingest.api.problems import Problem

HEADERS = {"content-type": "multipart/form-data; boundary=edge"}
FILE = ("file", 'filename="people.csv"', b"phone\r\n--edg\r\n+447700900100\r\n")
OPTIONS = ("options", "", b'{"lists":["A"]}')
Part = tuple[str, str, bytes]


def body_of(*parts: Part) -> bytes:
    """A form as a browser writes it."""
    written = [
        b'--edge\r\nContent-Disposition: form-data; name="%s"; %s\r\n\r\n%s\r\n'
        % (name.encode(), attributes.encode(), content)
        for name, attributes, content in parts
    ]
    return b"".join(written) + b"--edge--\r\n"


def read(blocks: Sequence[bytes]) -> tuple[bytes, bytes, str | None]:
    """The file, the options and the file's name."""
    form = UploadForm(HEADERS)
    file = b"".join(piece for block in blocks for piece in form.feed(block))
    form.finish()
    return file, form.take_options(), form.file_name


@pytest.mark.parametrize("parts", [(FILE, OPTIONS), (OPTIONS, FILE)])
@given(cuts=st.lists(st.integers(0, 400), max_size=20))
def test_blocks_and_order_make_no_difference(parts: tuple[Part, Part], cuts: list[int]) -> None:
    """However the bytes arrive and whichever part comes first, the same is read."""
    body = body_of(*parts)
    edges = [0, *sorted(cuts), len(body)]
    blocks = [body[start:end] for start, end in pairwise(edges)]
    assert read(blocks) == (FILE[2], OPTIONS[2], "people.csv")


def test_options_may_be_left_out() -> None:
    """A form with the file alone is whole."""
    assert read([body_of(FILE)]) == (FILE[2], b"", "people.csv")


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("..\\\\secret/people.csv", "people.csv"),
        ("line\x07break.csv", "linebreak.csv"),
        ("é" * 300, "é" * 255),
        ("", None),
    ],
)
def test_a_file_name_is_only_a_name(given_name: str, shown: str | None) -> None:
    """Folders, unprintable characters and excess length do not get in."""
    part = ("file", f'filename="{given_name}"', b"x")
    assert read([body_of(part)])[2] == shown


@pytest.mark.parametrize(
    "body",
    [
        body_of(OPTIONS),
        body_of(FILE, FILE),
        body_of(FILE, OPTIONS, OPTIONS),
        body_of(FILE, ("other", "", b"x")),
        body_of(FILE)[:-20],
        body_of(FILE, OPTIONS)[:-30],
        body_of(FILE).removesuffix(b"--\r\n") + b"\r\n",
        body_of(("options", "", b"x" * (OPTIONS_BYTES + 1)), FILE),
        body_of(("file", f'filename="{"x" * OVERHEAD_BYTES}"', b"x")),
        b"no form at all",
        b"",
    ],
    ids=[
        *("no file", "two files", "options twice", "another part", "cut in the file"),
        *("cut in the options", "no end", "large options", "large headers", "garbage", "nothing"),
    ],
)
def test_a_broken_form_is_malformed(body: bytes) -> None:
    """Whatever is wrong with a form, the answer is 400 `malformed`."""
    with pytest.raises(Problem) as problem:
        read([body])
    assert (problem.value.details.status, problem.value.details.code) == (400, "malformed")


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", "text/csv", ""])
def test_another_media_type_is_refused(kind: str) -> None:
    """What is no multipart form with a boundary is 415 `media_type`."""
    with pytest.raises(Problem) as problem:
        UploadForm({"content-type": kind})
    assert (problem.value.details.status, problem.value.details.code) == (415, "media_type")
