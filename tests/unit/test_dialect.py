"""What separates the cells of a text, and where it begins."""

import pytest

from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.dialect import find_separator, first_rows, usual_line_break
from enlist_rules.header import is_header


def found(head: bytes, separator: str | None = None) -> tuple[str, int]:
    return find_separator(head, is_header=is_header, complete=True, said=separator)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_each_separator(separator: str, line_break: str) -> None:
    """Comma, semicolon, tab and pipe are found, whatever breaks the rows."""
    rows = [("Name", "Phone"), ("Smith, J; | x", "07911123456"), ("", "+44 7911 123457")]
    text = line_break.join(separator.join(f'"{cell}"' for cell in row) for row in rows)

    assert found(text.encode()) == (separator, 0)


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("phone\n07911123456\n07911123457\n", ","),
        ("phone;notes\n07911123456;a, b, c\n07911123457;d, e, f\n", ";"),
        ("07911123456;Smith, John\n07911123457;Doe, Jane\n", ";"),
        ("Report, made today, by me\n\nPhone;Name\n07911123456;A\n", ";"),
        ("phone,lists\n07911123456,a;b;c\n07911123457,d;e;f\n", ","),
        ("first\tlast\tmobile\nA, B\tC|D\t07911123456\n", "\t"),
        ('phone|note\n07911123456|"one\ntwo; three"\n', "|"),
    ],
)
def test_text_that_misleads(text: str, separator: str) -> None:
    """Separators within cells do not win over the one between them."""
    assert found(text.encode())[0] == separator


def test_hint() -> None:
    """A `sep=` line is no part of the first row; any character can stand there but a quote."""
    assert found(b"sep=|\r\nphone,a|b\n") == ("|", 7)
    assert found(b'"SEP=\t"\nphone\tb\n') == ("\t", 8)
    assert found("sep=§\nphone§b\n".encode()) == ("§", 7)
    assert found(b'sep="\nphone,b\n') == (",", 0)
    assert found(b"sep=;;\nphone,b\n") == (",", 0)


def test_explicit_separator() -> None:
    """The importer's separator wins; it must be one character that can separate."""
    assert found(b"phone;a,b\n", ",") == (",", 0)
    assert found(b"sep=;\nphone^a\n", "^") == ("^", 6)
    assert found("phone，a\n".encode(), "，") == ("，", 0)
    for impossible in ('"', "\n", "\0", ";;", ""):
        with pytest.raises(PermanentFailure) as refused:
            found(b"phone,a\n", impossible)
        assert refused.value.code is Code.OPTIONS


@pytest.mark.parametrize(
    ("text", "line_break"),
    [
        (b"a,b\r\n1,2\r\n", "\r\n"),
        (b"a,b\r1,2\r3,4", "\r"),
        (b"a,b\n1,2\r\n3,4\n", "\n"),
        (b'"a\r\nb",c\n"1\r\n2",3\n', "\n"),
        (b"a,b", "\n"),
    ],
)
def test_line_break(text: bytes, line_break: str) -> None:
    """What ends most rows is known, whatever stands within quotes."""
    assert usual_line_break(text, first_rows(text, ",", 9, complete=True)) == line_break


def test_first_rows() -> None:
    """Blank rows are left out, an unfinished row too, and each row knows where the next begins."""
    head = b'xx\n\na,"b\nc"\n,,\nd,e\nf'
    rows = first_rows(head, ",", 2, complete=False, start=3)

    assert [(row.end, row.cells) for row in rows] == [(12, ("a", "b\nc")), (19, ("d", "e"))]
    assert first_rows(b"f", ",", 2, complete=True)[0].cells == ("f",)
