"""Rejects files: uploaded again unchanged they are rejected again, corrected they are not."""

from dataclasses import dataclass
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from enlist_rules.encodings import to_utf8
from enlist_rules.layout import Layout, LayoutRules, read_layout
from enlist_rules.numbers import DEFAULT_NUMBER_TYPES
from enlist_rules.options import Header, NumberRules, OverLimit, ReadingRules
from enlist_rules.returned_rows import (
    Shape,
    csv_header,
    csv_rows,
    rejects_told,
    returned_rows,
    warnings_told,
)
from enlist_rules.returning import read_again
from enlist_rules.rows import REJECT
from enlist_rules.validation import normalize

NUMBERS = NumberRules("GB", convert_national=False, number_types=DEFAULT_NUMBER_TYPES)


@dataclass(frozen=True)
class Made:
    """What an import makes of a file of one chunk."""

    data: bytes
    layout: Layout
    rejects: pl.DataFrame
    rows: pl.DataFrame

    @property
    def shape(self) -> Shape:
        layout = self.layout
        return Shape(
            layout.dialect.encoding,
            layout.dialect.separator,
            layout.has_header,
            layout.columns,
            layout.mapping,
            NUMBERS,
        )

    @property
    def codes(self) -> list[tuple[str, str | None]]:
        """Code and field of each reject, in order."""
        return self.rejects.select("code", "field").rows()

    def file(self) -> bytes:
        """The rejects file."""
        told = rejects_told(self.rejects)
        body = self.data[self.layout.data_start :]
        rows = returned_rows(body, self.shape, 1, told)
        separator, line_break = self.shape.separator, self.layout.dialect.line_break
        return csv_header(self.shape, line_break) + csv_rows(rows, separator, line_break)


def made_of(data: bytes, **rules: Any) -> Made:
    layout = read_layout(data, LayoutRules(**rules), complete=True)
    read = read_again(
        to_utf8(data[layout.data_start :], layout.dialect.encoding),
        layout.columns,
        layout.dialect.separator,
        has_header=layout.has_header,
        first_record=1,
    )
    normalized = normalize(read.frame, layout.mapping, ReadingRules(NUMBERS, OverLimit.REJECT))
    unread = read.refused.select("record", "code", pl.lit(None, pl.String).alias("field"))
    rejects = pl.concat([unread.cast(REJECT), normalized.rejects]).sort("record")
    return Made(data, layout, rejects, normalized.rows)


CELL = st.text(
    alphabet=st.sampled_from([*"+4=@-'\"\t;, 0a\n\r", "\ufffd", "\x00", "é", "’"]), max_size=5
)
PHONE = st.sampled_from(
    ["+447400123456", "07400123456", "447400123456", "", "12345", "+1", "4.4E+11", "0"]
)
ROW = st.lists(CELL, max_size=4) | st.tuples(CELL, PHONE, CELL)


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(';"\r\n') else cell


@given(st.lists(ROW, max_size=6), st.booleans(), st.sampled_from(["who;phone;=x", "-;tel;\t"]))
@example([("a", "07400123456", "=1"), ("a",)], True, "who;phone;=x")
@example([('"x" y', "07400123456", "")], False, "who;phone;=x")
@example([("who", "phone", "=x")], True, "who;phone;=x")
@example([("1", "07400123456", "\ufffd")], True, "who;phone;=x")
def test_an_unchanged_file_is_rejected_for_the_same_reasons(
    rows: list[tuple[str, ...]], quote: bool, header: str
) -> None:
    """Every record of a rejects file is rejected again, in its order; and again after that."""
    cells = [[quoted(cell) if quote else cell for cell in row] for row in rows]
    data = "\n".join([header, *(";".join(row) for row in cells), "x;07400123456;y"]).encode()
    if data.count(b'"') % 2:
        data = data.replace(b'"', b"")
    assume(data.count(b"\x00") < 0.05 * len(data))  # else it is no text
    first = made_of(data, separator=";", header=Header.PRESENT)
    second = made_of(first.file())
    third = made_of(second.file())
    assert second.rows.height == third.rows.height == 0
    assert second.codes == third.codes == first.codes
    assert second.layout.columns[: len(first.layout.columns)] == first.layout.columns
    assert third.file() == second.file()


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "utf-16"])
def test_a_corrected_file_is_taken(encoding: str) -> None:
    """Suggestions in place of the numbers, and rows mended in the first column, are all kept."""
    text = "Vorname;Handy\nJürgen;07400123456\nÄnne;7400123457;zu viel\nOk;+447400123458\n"
    first = made_of(text.encode(encoding))
    assert first.codes == [("phone_not_e164", "phone_number"), ("ragged", None)]
    lines = first.file().decode("utf-8-sig").splitlines()
    assert lines[0] == "Vorname;Handy;record;code;field;message;suggestion"
    assert lines[1].startswith("Jürgen;07400123456;1;phone_not_e164;phone_number;")
    assert lines[1].endswith(";'+447400123456")
    assert lines[2].startswith('"Änne;7400123457;zu viel";;2;ragged;;')
    mended = (first.file().decode().replace("Jürgen;07400123456", "Jürgen;'+447400123456")).replace(
        '"Änne;7400123457;zu viel"', '"Änne;+447400123457"'
    )
    second = made_of(mended.encode())
    assert second.rejects.height == 0
    assert second.rows.select("record", "first_name", "phone_number").rows() == [
        (1, "Jürgen", "+447400123456"),
        (2, "Änne", "+447400123457"),
    ]


@pytest.mark.parametrize("header", list(Header))
def test_a_file_without_a_header_gets_one(header: Header) -> None:
    """Columns are called what they were taken for, and the header is known whatever is said."""
    first = made_of(b"07400123456,ann@example.org,x\n", header=Header.ABSENT)
    file = first.file()
    assert file.decode("utf-8-sig").splitlines()[0] == (
        "phone_number,email,column 3,record,code,field,message,suggestion"
    )
    second = made_of(file, header=header)
    assert second.codes == first.codes == [("phone_not_e164", "phone_number")]
    assert second.layout.mapping == (*first.layout.mapping, *["skip"] * 5)


def test_a_cleared_code_takes_a_row_as_it_stands() -> None:
    """Without its code a lone first cell is a cell."""
    first = made_of(b"phone;name\n07400123456;a;b\n")
    assert first.codes == [("ragged", None)]
    mended = first.file().replace(b'"07400123456;a;b"', b"+447400123456").replace(b"ragged", b"")
    assert made_of(mended).rows["phone_number"].to_list() == ["+447400123456"]


@given(
    st.sampled_from(["", "07", "447", "7", "0044", "+44", "49151", "(0)7"]),
    st.text("0123456789 -/", max_size=12),
)
def test_what_is_suggested_is_accepted(prefix: str, rest: str) -> None:
    """A suggestion in the place of its number, under the same options, is taken."""
    made = made_of(f"phone,x\n{prefix}{rest},y\n+447400123456,\n".encode())
    rows = returned_rows(
        made.data[made.layout.data_start :], made.shape, 1, rejects_told(made.rejects)
    )
    for suggestion in rows["suggestion"].drop_nulls():
        assert made_of(f"phone\n{suggestion}\n".encode()).rows["phone_number"].to_list() == [
            suggestion
        ]


def test_a_record_with_several_warnings_stands_once() -> None:
    """Codes, fields and messages are joined in their order."""
    notes = pl.DataFrame(
        {"record": [1, 1, 2], "note": ["name_split:name", "duplicate_conflict", "blanked:city"]},
        schema_overrides={"record": pl.UInt32},
    )
    told = warnings_told(notes).select("record", "code", "field").rows()
    assert told == [(1, "name_split; duplicate_conflict", "name"), (2, "blanked", "city")]
