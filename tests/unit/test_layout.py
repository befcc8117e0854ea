"""Where the header is and where the data begins."""

from collections.abc import Callable

import pytest

from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.layout import Layout, LayoutRules, read_layout
from enlist_rules.options import Header


def read(text: str | bytes, *, complete: bool = True, **rules: object) -> Layout:
    head = text.encode() if isinstance(text, str) else text
    return read_layout(head, LayoutRules(**rules), complete=complete)  # type: ignore[arg-type]


def refused(reading: Callable[[], Layout]) -> Code:
    with pytest.raises(PermanentFailure) as failure:
        reading()
    return failure.value.code


def test_header_and_preamble() -> None:
    """Rows above the header are preamble; the data begins after the header's break."""
    text = (
        '\ufeffContacts\r\n\r\n,,\r\n"made today",\r\nName,"Mobile\r\nnumber"\r\n\r\nA,07911123456'
    )
    layout = read(text)

    assert layout.has_header
    assert (layout.preamble_rows, layout.columns) == (2, ("Name", "Mobile\r\nnumber"))
    assert layout.header_cells == layout.columns
    assert text.encode()[layout.data_start :] == b"\r\nA,07911123456"


def test_header_is_among_the_first_rows() -> None:
    """Only the first twenty rows that are not blank can be the header."""
    assert read("x\n\n" * 19 + "Phone\n").preamble_rows == 19
    assert refused(lambda: read("x\n" * 20 + "Phone\n")) is Code.HEADER_MISSING


def test_a_row_with_a_number_is_no_header() -> None:
    """A row that holds a number is data, whatever words stand beside it."""
    assert not read("mobile,07911123456\nmobile,07911123457\n").has_header


@pytest.mark.parametrize(
    ("mode", "has_header"), [(Header.PRESENT, True), (Header.AUTO, False), (Header.ABSENT, False)]
)
def test_modes(mode: Header, *, has_header: bool) -> None:
    """Under `present` the first row is the header, even without a name that is known."""
    layout = read("a,b\n07911123456,x\n07911123457,y\n", header=mode)

    assert layout.has_header is has_header
    assert layout.columns == (("a", "b") if has_header else ("column 1", "column 2"))
    assert layout.mapping[0] == "phone_number"


def test_header_by_choice() -> None:
    """A chosen name for the number makes a header of the row that holds it; so does an index."""
    for mapping in ({"Kontakt": "phone_number"}, {"0": "phone_number"}):
        layout = read("Kontakt,x\n07911123456,1\n", mapping=mapping)
        assert layout.has_header
        assert layout.mapping == ("phone_number", "custom.x")
    assert not read("07911123456,1\n", mapping={"0": "phone_number"}).has_header


def test_nameless_columns() -> None:
    """Columns without a name and without values at the end are none; others are skipped."""
    assert read("phone,a,,,\n1,2,,\n").columns == ("phone", "a")
    layout = read("phone,,a,,\n1,2,3,4,\n")
    assert layout.mapping == ("phone_number", "skip", "custom.a", "skip")
    assert layout.warnings == {Code.COLUMNS_SKIPPED: 1}
    assert read("phone,,a\n1,,3\n").warnings == {}


def test_header_alone() -> None:
    """A header without a row of data is a layout, not a failure."""
    for text in ("phone,name", "phone,name\n", "phone,name\n\n,\n"):
        assert read(text).mapping == ("phone_number", "name")


@pytest.mark.parametrize("text", ["phone" + "," * 500, "07911123456" + ",1" * 500])
def test_too_many_columns(text: str) -> None:
    """More than 500 columns are refused, named or not, with or without a header."""
    assert refused(lambda: read(text)) is Code.TOO_MANY_COLUMNS
    assert len(read("phone" + "".join(f",c{number}" for number in range(499))).columns) == 500


def test_no_rows() -> None:
    """Nothing but blank rows is `empty`; a first row that never ends is too large."""
    assert refused(lambda: read(',,\n"",\n')) is Code.EMPTY
    assert refused(lambda: read("phone" * 1000, complete=False)) is Code.RECORD_TOO_LARGE
