"""What is read of a workbook: which sheet, and what its cells say."""

from datetime import date, datetime, time, timedelta
from typing import Final

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.workbooks import as_csv, xls, xlsx
from tests.workbooks.asking import read
from tests.workbooks.made import book, drawn, opendocument
from xlsxwriter.worksheet import Worksheet

from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.sheet_cells import CellValue, cell_text

# What XML can hold and a program keeps: no controls, no halves of pairs, no marks of no meaning.
TEXT: Final = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]) | st.sampled_from("\t\n"),
    max_size=12,
)
MIDNIGHT: Final = datetime.fromisoformat("1980-02-03")
TYPED: Final = [
    (True, "TRUE"),
    (False, "FALSE"),
    (0.0, "0"),
    (-5.0, "-5"),
    (447911123456.0, "447911123456"),
    (4.47911123456e11, "447911123456"),
    (999_999_999_999_999.0, "999999999999999"),
    (1e15, "1000000000000000.0"),
    (123456789012345678.0, "123456789012345680.0"),
    (0.5, "0.5"),
    (447911123456.5, "447911123456.5"),
    (float("nan"), "nan"),
    (date(1980, 2, 3), "1980-02-03"),
    (MIDNIGHT, "1980-02-03"),
    (MIDNIGHT.replace(hour=10, minute=3, second=7), "1980-02-03 10:03:07"),
    (time(10, 3), "10:03:00"),
    (timedelta(days=1, minutes=90), "25:30:00"),
    (timedelta(minutes=-90), "-1:30:00"),
    ("00447911123456", "00447911123456"),
]


@pytest.mark.parametrize(("value", "text"), TYPED, ids=str)
def test_a_cell_is_its_text(value: CellValue, text: str) -> None:
    """Every type of cell has one spelling."""
    assert cell_text(value) == text


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(TEXT, min_size=3, max_size=3), min_size=1, max_size=6))
def test_the_text_of_a_sheet_is_its_csv(rows: list[list[str]]) -> None:
    """Texts of any kind come out of a workbook as they went in."""
    marked = [["phone", "name", "end"], *rows, ["x", "y", "z"]]
    assert read(xlsx(marked)).text == read(xls(marked)).text == as_csv(marked)


def test_the_first_visible_sheet_is_read() -> None:
    """A hidden sheet is passed over; the answer says what else there was."""

    def draw(workbook: xlsxwriter.Workbook, one: Worksheet, two: Worksheet) -> None:
        one.hide()
        two.activate()
        workbook.add_chartsheet("Chart")
        two.write_row(0, 0, ["phone"])

    found = read(drawn(draw))
    assert (found.sheet, found.others, found.rows) == ("Two", ("One",), [["phone"]])


def test_a_sheet_can_be_named() -> None:
    """By its name in any case, hidden or not; of a wrong name the answer lists the right ones."""

    def draw(_: xlsxwriter.Workbook, one: Worksheet, two: Worksheet) -> None:
        one.write(0, 0, "first")
        two.write(0, 0, "second")
        two.hide()

    workbook = drawn(draw)
    assert read(workbook, "tWO").rows == [["second"]]
    with pytest.raises(PermanentFailure) as refused:
        read(workbook, "Three")
    assert refused.value.code == Code.OPTIONS
    assert refused.value.detail == "there is no sheet 'Three', only: One, Two"


def test_nothing_is_left_out() -> None:
    """Hidden and filtered rows, merged cells, rows and columns before the first cell."""

    def draw(workbook: xlsxwriter.Workbook, one: Worksheet, _: Worksheet) -> None:
        one.merge_range("B2:C3", "merged", workbook.add_format())
        one.write_row("B4", ["hidden", "row"])
        one.set_row(3, None, None, {"hidden": True})
        one.write_row("B5", ["filtered", "out"])
        one.autofilter("B4:C5")
        one.protect("secret")

    assert read(drawn(draw)).rows == [
        ["", "", ""],
        ["", "merged", ""],
        ["", "", ""],
        ["", "hidden", "row"],
        ["", "filtered", "out"],
    ]


def test_a_formula_is_what_it_last_came_to() -> None:
    """Nothing is calculated: what a program left is read, errors by their names."""

    def draw(_: xlsxwriter.Workbook, one: Worksheet, __: Worksheet) -> None:
        one.write_formula("A1", "=1+1", None, 447911123456)
        one.write_formula("B1", '="a"', None, "a")
        one.write_formula("C1", "=NA()", None, "#N/A")
        one.write_formula("D1", "=TRUE()", None, True)
        one.write_formula("E1", "=1+1", None, "")
        one.write_formula("F1", "=1/0", None, "#DIV/0!")
        one.write_formula("B3", "=1/0", None, "#REF!")

    rows = read(drawn(draw)).rows
    assert rows[0] == ["447911123456", "a", "#N/A", "TRUE", "", "#DIV/0!"]
    assert rows[1:] == [[""] * 6, ["", "#REF!", "", "", "", ""]]


@pytest.mark.parametrize(("date_1904", "last"), [(False, "1900-03-01"), (True, "1904-03-02")])
def test_days_of_both_systems(date_1904: bool, last: str) -> None:
    """A day is the day that the program shows, whichever year it counts from."""

    def draw(workbook: xlsxwriter.Workbook, one: Worksheet, _: Worksheet) -> None:
        day = workbook.add_format({"num_format": "d mmm yyyy"})
        one.write_datetime("A1", date(1980, 2, 3), day)
        one.write_datetime("B1", MIDNIGHT.replace(hour=18), day)
        one.write_number("C1", 61, day)

    found = read(drawn(draw, date_1904=date_1904)).rows
    assert found == [["1980-02-03", "1980-02-03 18:00:00", last]]


def test_cells_need_not_say_where_they_are() -> None:
    """Some programs leave the places of cells out."""
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c><c><v>4</v></c></row>"
    assert read(book(rows=rows)).rows == [["1", "2"], ["3", "4"]]


@pytest.mark.parametrize("place", ["XFD1048576", "9999999"])
def test_a_text_may_look_like_a_place(place: str) -> None:
    """A cell that speaks of a far cell is not far."""
    said = f'<c r="{place}">'
    assert read(xlsx([[said, "b"], ["c", "d"]])).rows == [[said, "b"], ["c", "d"]]
    inline = f'<row r="1"><c r="A1" t="inlineStr"><is><t>r="{place}"</t></is></c></row>'
    assert read(book(rows=inline)).rows == [[f'r="{place}"']]


def test_open_document() -> None:
    """What LibreOffice saves by itself."""
    cell = (
        '<table:table-cell office:value-type="{}" office:{}="{}"><text:p>{}</text:p>'
        "</table:table-cell>"
    )
    cells = [
        cell.format("string", "string-value", "+447911123456", "+447911123456"),
        cell.format("float", "value", "447911123456", "4.48E+11"),
        cell.format("date", "date-value", "1980-02-03", "03/02/80"),
        cell.format("boolean", "boolean-value", "true", "TRUE"),
    ]
    row = f"<table:table-row>{''.join(cells)}</table:table-row>"
    empty = '<table:table-row table:number-rows-repeated="1048575"/>'
    assert read(opendocument(row + empty)).rows == [
        ["+447911123456", "447911123456", "1980-02-03", "TRUE"]
    ]


def test_an_empty_sheet_is_no_text() -> None:
    """A sheet without a cell is an empty file."""
    assert read(xlsx([])).text == b""
