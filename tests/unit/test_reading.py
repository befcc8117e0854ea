"""A chunk's bytes become rows and refusals."""

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.unit.row_machine import Row, rows_of

from enlist_rules.cleaning import TRIM
from enlist_rules.codes import Code
from enlist_rules.reading import Rows, read_rows

HEADER = ("a", " b")
SOUP = st.lists(
    st.sampled_from(
        ("a", "b", '"', '"', ",", ",", ",", "\n", "\n", "\r", ";", " ", "é", "\ufeff", "\x1f\x8b")
    ).map(str.encode)
    | st.sampled_from(
        ("a,b\n", "x,y\n", '"x","y"\r\n', "x,y, ,\n", "\x00", "\u2003", "a, b\r")
    ).map(str.encode)
    | st.just(b"\xff")
    | st.binary(max_size=2),
    max_size=30,
).map(b"".join)


def code_of(row: Row, columns: int) -> Code | None:
    """The rules, one after the other, in the order of their rank."""
    rules = {
        Code.ENCODING: any("\ud800" <= char <= "\udfff" for cell in row.cells for char in cell),
        Code.RAGGED: len(row.cells) < columns
        or any(cell.strip(TRIM) for cell in row.cells[columns:]),
        Code.QUOTE: row.text_after_quote or row.open_quote,
        Code.CELL_TOO_LARGE: any(
            len(cell.encode("utf-8", "surrogateescape")) > 65_536 for cell in row.cells
        ),
        Code.HEADER_REPEATED: [cell.strip(TRIM) for cell in row.cells[:columns]]
        == [cell.strip() for cell in HEADER],
    }
    return next((code for code, broken in rules.items() if broken), None)


def as_dicts(rows: Rows) -> tuple[dict[int, tuple[str | None, ...]], dict[int, str]]:
    return {row[0]: row[1:] for row in rows.frame.rows()}, dict(rows.refused.rows())


@settings(max_examples=700, deadline=None)
@given(SOUP)
@example(b"\x1f\x8b\x08,x\na,b")
@example(b"\xef\xbb\xbfx,y\n")
@example(b'"a,b\n')
@example(b'"","' + b"\xc3\xa9" * 32_768 + b'"\n"","' + b"\xc3\xa9" * 32_769 + b'"\n')
@example(b"x" + b"," * 40 + b"\nx" + b"," * 40 + b"y\n")
def test_equals_the_scalar_definition(data: bytes) -> None:
    """Every input gives the cells and codes of the machine that reads one character at a time."""
    cells, codes = {}, {}
    for record, row in enumerate((row for row in rows_of(data, ",") if not row.blank), start=11):
        if code := code_of(row, 2):
            codes[record] = code.value
        else:
            cells[record] = tuple(cell or None for cell in row.cells[:2])

    rows = read_rows(data, 2, ",", HEADER, 11)

    assert as_dicts(rows) == (cells, codes)
    assert rows.frame.get_column("record").is_sorted()
    assert rows.refused.get_column("record").is_sorted()


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (b"x", "ragged"),
        (b"x,y,z", "ragged"),
        (b'"x"y,z', "quote"),
        (b"x,\xff", "encoding"),
        (b"x,\xed\xa0\x80", "encoding"),
        (b"x,\xc0\xaf", "encoding"),
        (b"x," + b"y" * 65_537, "cell_too_large"),
        (b"a, b", "header_repeated"),
        (b' a,"b",, ', "header_repeated"),
    ],
)
def test_codes(row: bytes, code: str) -> None:
    """An unreadable row is refused with its own code and number; its neighbours are read."""
    rows = read_rows(b'1,"O ""x"""\n\n' + row + b'\n2,O"Neil\n', 2, ",", HEADER, 5)

    assert as_dicts(rows) == ({5: ("1", 'O "x"'), 7: ("2", 'O"Neil')}, {6: code})


def test_schema_is_always_the_same() -> None:
    """Whatever the chunk holds, both frames have their columns and types."""
    for data in (b"", b"\n\n", b"x\n", b"x,y\n", b'"x"y,\n'):
        rows = read_rows(data, 2, ",", None, 1)
        assert rows.frame.schema == {"record": pl.UInt32, "c0": pl.String, "c1": pl.String}
        assert rows.refused.schema == {"record": pl.UInt32, "code": pl.String}


def test_text_stays_text() -> None:
    """Nothing is inferred: zeros, exponents, dates and `NULL` stay as they stand."""
    rows = read_rows(b"007,1e5\nNULL,2020-01-01\n", 2, ",", None, 1)

    assert rows.frame.rows() == [(1, "007", "1e5"), (2, "NULL", "2020-01-01")]


def test_quoted_line_breaks_across_threads() -> None:
    """Many rows with quoted breaks are read whole, however the parser divides its work."""
    row = '"line\nbreak, {0}",x{0}\r\n'
    data = "".join(row.format(number) for number in range(1, 100_001)).encode()
    rows = read_rows(data, 2, ",", None, 1)

    assert rows.refused.is_empty()
    assert rows.frame.rows() == [
        (number, f"line\nbreak, {number}", f"x{number}") for number in range(1, 100_001)
    ]


def test_no_separator_makes_the_text_look_compressed() -> None:
    """A first cell `x` and a caret are the first bytes of a zlib stream: text all the same."""
    rows = read_rows(b"x^y\n1^2\n", 2, "^", None, 1)

    assert rows.frame.rows() == [(1, "x", "y"), (2, "1", "2")]


@pytest.mark.parametrize("separator", ["§", "，", "😀"])
def test_separators_of_several_bytes(separator: str) -> None:
    """They separate, and are text within quotes; so is the character that stands in for them."""
    text = '1;"a;b"\n2;x\n\n;\n3;y;\n4;"c\x1f";z\n'.replace(";", separator)
    for data in (text, text.replace("\x1f", "")):
        rows = read_rows(data.encode(), 2, separator, None, 1)
        assert rows.frame.rows() == [(1, "1", f"a{separator}b"), (2, "2", "x"), (3, "3", "y")]
        assert rows.refused.rows() == [(4, "ragged")]


def test_a_lost_character_is_none() -> None:
    """U+FFFD is what an earlier program left of a character: the row is refused."""
    rows = read_rows("1,Jos\ufffd\n2,José\n".encode(), 2, ",", None, 1)

    assert rows.refused.rows() == [(1, "encoding")]
    assert rows.frame.rows() == [(2, "2", "José")]
