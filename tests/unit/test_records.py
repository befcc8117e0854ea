"""Rows of a block."""

import csv
import io
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.row_machine import rows_of

from enlist_rules.records import Scan, scan

SOUP = st.lists(
    st.sampled_from(
        [
            "a",
            '"',
            '"',
            ",",
            ",",
            "\n",
            "\r",
            ";",
            " ",
            "\x1a",
            "é",
            "\xa0",
            "\u2003",
            "\u200b",
            "\ufeff",
        ]
    ),
    max_size=40,
).map(lambda parts: "".join(parts).encode())


def as_rows(found: Scan) -> list[tuple[int, bool, bool, int]]:
    return list(
        zip(
            found.ends.tolist(),
            found.blank.tolist(),
            found.broken.tolist(),
            found.fields.tolist(),
            strict=True,
        )
    )


@settings(max_examples=700, deadline=None)
@given(SOUP | st.binary(max_size=20), st.sampled_from([",", ";"]))
def test_equals_the_scalar_definition(data: bytes, separator: str) -> None:
    """The vectorised scan finds exactly the rows of the machine that reads one byte at a time."""
    expected = [
        (row.end, row.blank, row.broken, len(row.cells)) for row in rows_of(data, separator)
    ]

    assert as_rows(scan(data, separator.encode(), final=True, fields=True)) == expected


@settings(max_examples=500, deadline=None)
@given(SOUP, st.integers(1, 7))
def test_blocks_are_invisible(data: bytes, size: int) -> None:
    """Fed in blocks of any size, the rows are those of the whole."""
    data = data.rstrip(b"\x1a")
    found, carry, offset = [], b"", 0
    for at in range(0, len(data), size):
        part = carry + data[at : at + size]
        scanned = scan(part, b",", final=False, fields=True)
        found += [(end + offset, *rest) for end, *rest in as_rows(scanned)]
        carry, offset = part[scanned.rest :], offset + scanned.rest
    last = scan(carry, b",", final=True, fields=True)
    found += [(end + offset, *rest) for end, *rest in as_rows(last)]

    assert found == as_rows(scan(data, b",", final=True, fields=True))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(st.text('ab",\n ', max_size=4), min_size=2, max_size=3), max_size=6),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_agrees_with_the_csv_module(
    rows: list[list[str]], line_break: str, quoting: Literal[0, 1]
) -> None:
    """What a well-behaved writer wrote has as many rows and cells as it wrote."""
    out = io.StringIO()
    csv.writer(out, lineterminator=line_break, quoting=quoting).writerows(rows)
    found = scan(out.getvalue().encode(), b",", final=True, fields=True)

    assert found.fields.tolist() == [len(row) for row in rows]
    assert not found.broken.any()


@pytest.mark.parametrize("char", ["\u2028", "\u0085", "\v", "\f", "\x1c"])
def test_other_breaks_are_text(char: str) -> None:
    """Only LF, CRLF and CR break a row."""
    assert scan(f"a{char}b\nc".encode(), b",", final=True).ends.tolist() == [
        len(f"a{char}b\n".encode()),
        len(f"a{char}b\nc".encode()),
    ]


def test_open_end() -> None:
    """A row that may go on stays in the rest: after a lone CR, inside quotes, without a break."""
    for block, rest in ((b"a\nb\r", 2), (b'a\n"b\n', 2), (b"a\nb", 2), (b'"a"\n"b"', 4)):
        found = scan(block, b",", final=False)
        assert (found.rest, found.ends.tolist()) == (rest, [rest])


def test_open_quote() -> None:
    """A quote that is never closed is known at the end of a block."""
    assert scan(b'a\n"b\nc', b",", final=True).open_quote
    assert not scan(b'a\n"b\nc"', b",", final=True).open_quote
    assert not scan(b'a\nb"b\nc', b",", final=True).open_quote


def test_many_rows() -> None:
    """A hundred thousand rows with quoted line breaks and stray quotes keep their count."""
    row = b'"a\r\nb","say ""hi""",,O"Neil\r\n'
    found = scan(row * 100_000, b",", final=True, fields=True)

    assert np.array_equal(found.ends, np.arange(1, 100_001) * len(row))
    assert found.broken.all()
    assert (found.fields == 4).all()
