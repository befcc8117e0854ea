"""Records as they stand in the importer's own file."""

from hypothesis import given
from hypothesis import strategies as st

from enlist_rules.encodings import Encoding, to_utf8
from enlist_rules.reading import read_rows
from enlist_rules.source_rows import SourceRow, source_bytes, source_rows, source_text

SOUP = st.lists(
    st.sampled_from(("a", "é", '"', ",", "\n", "\r\n", " ", '"a\nb"', "x,y\n", "€", "\x1a")),
    max_size=25,
).map("".join)


@given(st.binary(max_size=20), st.sampled_from([each for each in Encoding if not each.is_wide]))
def test_bytes_survive(data: bytes, encoding: Encoding) -> None:
    """Bytes become text and the same bytes again, whether or not they are text."""
    assert source_bytes(source_text(data, encoding), encoding) == data


@given(st.binary(max_size=20).map(lambda data: data * 2))
def test_units_survive(data: bytes) -> None:
    """So do the code units of UTF-16, lone surrogates included."""
    for encoding in (Encoding.UTF_16_LE, Encoding.UTF_16_BE):
        assert source_bytes(source_text(data, encoding), encoding) == data


def test_what_an_encoding_lacks() -> None:
    """A message that an encoding cannot say is said with question marks, beside the raw bytes."""
    assert source_bytes("ł\udce9€", Encoding.ISO_8859_1) == b"?\xe9?"


@given(SOUP, st.sampled_from((Encoding.UTF_8, Encoding.UTF_16_BE, Encoding.WINDOWS_1252)))
def test_cells_are_those_that_are_read(text: str, encoding: Encoding) -> None:
    """The records of a chunk have the numbers and cells that the reader gives them."""
    data = text.encode(encoding)
    rows = list(source_rows(data, encoding, ",", 7))
    read = read_rows(to_utf8(data, encoding), 1, ",", None, 7)

    assert [row.record for row in rows] == list(range(7, 7 + read.records))
    cells = {row.record: row.cells[0] for row in rows}
    assert dict(read.frame.fill_null("").rows()).items() <= cells.items()


def test_only_those_that_are_wanted() -> None:
    """A record is found by its number; its text is all of it, also where quotes are wrong."""
    data = b'1,a\r\n\r\n"2"x,b\r\n3,"c\nd"\r\n'
    rows = list(source_rows(data, Encoding.UTF_8, ",", 1, {2, 3}))

    assert rows == [
        SourceRow(2, '"2"x,b', ("2x", "b"), well_quoted=False),
        SourceRow(3, '3,"c\nd"', ("3", "c\nd"), well_quoted=True),
    ]
