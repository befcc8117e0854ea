"""An input becomes chunks."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.row_machine import rows_of

from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.dialect import Dialect
from enlist_rules.encodings import Encoding
from enlist_rules.layout import Layout
from enlist_rules.reading import read_rows
from enlist_rules.splitting import Cut, Splitter

HEAD = b"phone,name\n"
SOUP = st.lists(
    st.sampled_from([b"a", b'"', b",", b",", b"\n", b"\r", b"\r\n", b'"a\n"', b"x,y\n", b" "]),
    max_size=40,
).map(b"".join)


def layout(data_start: int = len(HEAD)) -> Layout:
    columns = ("phone", "name")
    dialect = Dialect(Encoding.UTF_8, 1.0, ",", "\n")
    return Layout(dialect, columns, columns, True, 0, data_start, {})


def split(data: bytes, block: int = 1 << 20, **sizes: int) -> list[Cut]:
    splitter = Splitter(layout(), **sizes)
    plans: list[Cut] = []
    for at in range(0, len(data), block):
        plans += splitter.feed(data[at : at + block])
    plans += splitter.finish()
    assert sum(plan.records for plan in plans) == splitter.records
    return plans


def refused(data: bytes, block: int = 1 << 20, **sizes: int) -> PermanentFailure:
    with pytest.raises(PermanentFailure) as failure:
        split(data, block, **sizes)
    return failure.value


@settings(max_examples=600, deadline=None)
@given(SOUP, st.integers(1, 30), st.integers(1, 12), st.integers(1, 20))
def test_chunking_is_invisible(data: bytes, chunk_bytes: int, block: int, window: int) -> None:
    """Cut into chunks of any size, fed in blocks of any size, the records are the same."""
    if any(row.open_quote for row in rows_of(data, ",")):
        failure = refused(HEAD + data, block, chunk_bytes=chunk_bytes, window_bytes=window)
        assert failure.code is Code.UNTERMINATED_QUOTE
        return
    whole = HEAD + data
    plans = split(whole, block, chunk_bytes=chunk_bytes, window_bytes=window)
    expected = read_rows(data, 2, ",", None, 1)
    parts = [
        read_rows(whole[plan.start : plan.end], 2, ",", None, plan.first_record) for plan in plans
    ]

    assert [part.records for part in parts] == [plan.records for plan in plans]
    assert [row for part in parts for row in part.frame.rows()] == expected.frame.rows()
    assert [row for part in parts for row in part.refused.rows()] == expected.refused.rows()
    assert plans == split(whole, chunk_bytes=chunk_bytes)


def test_a_small_input_is_one_chunk() -> None:
    """What is smaller than a chunk is one, from the first data row to the end."""
    data = HEAD + b"1,a\n\n2,b"

    assert split(data) == [Cut(start=11, end=len(data), first_record=1, records=2)]


@pytest.mark.parametrize("rows", [b"", b"\n\n", b',\n"",\n', b"\x1a"])
def test_no_records(rows: bytes) -> None:
    """A file without data rows is one chunk with no records."""
    (plan,) = split(HEAD + rows, chunk_bytes=1, window_bytes=1)

    assert (plan.first_record, plan.records) == (1, 0)


def test_chunks_are_near_their_size() -> None:
    """Chunks follow one another and end with the first row that reaches the size."""
    row = b"07700900123,Jane\n"
    plans = split(HEAD + row * 50_000, chunk_bytes=100_000)

    assert [plan.end for plan in plans[:-1]] == [next_.start for next_ in plans[1:]]
    assert all(100_000 <= plan.end - plan.start < 100_000 + len(row) for plan in plans[:-1])
    assert all(a.first_record + a.records == b.first_record for a, b in pairwise(plans))
    assert sum(plan.records for plan in plans) == 50_000


def test_blank_rows_make_no_chunk() -> None:
    """However many blank rows there are, every chunk holds a record."""
    plans = split(HEAD + b"1,a\n" + b",\n" * 1000 + b"2,b\n" + b"\n" * 1000, chunk_bytes=10)

    assert [plan.records for plan in plans] == [1, 1]


def test_unterminated_quote() -> None:
    """A quote that is never closed is refused with its row, not read as one giant record."""
    data = HEAD + b"1,a\n\n" + b'2,"b\n' + b"3,c\n" * 1_000_000
    failure = refused(data)

    assert failure.code is Code.UNTERMINATED_QUOTE
    assert "row 3 " in failure.detail


@pytest.mark.parametrize(
    "row", [b"x" * 17_000_000, b'"' + b"x\n" * 8_500_000 + b'"', b"," * 16_777_217]
)
def test_record_too_large(row: bytes) -> None:
    """A row of more than 16 MB is refused with its number, in bounded memory."""
    for block in (1_000_000, 10_000_000):
        failure = refused(HEAD + b"1,a\n" + row + b"\n2,b\n", block)
        assert failure.code is Code.RECORD_TOO_LARGE
        assert "row 2 " in failure.detail


def test_the_largest_record() -> None:
    """The limit itself is allowed."""
    assert split(HEAD + b"x" * 16_777_215 + b"\n")[0].records == 1


def test_too_many_records() -> None:
    """Blank rows do not count towards the limit."""
    assert len(split(HEAD + b"1,a\n\n" * 10, max_records=10)) == 1
    assert refused(HEAD + b"1,a\n" * 11, max_records=10).code is Code.TOO_MANY_RECORDS
