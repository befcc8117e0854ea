"""What a paste of numbers holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist_rules.pasted import numbers_table, pasted_numbers
from enlist_rules.reading import read_rows


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("07700 900123\n+44 7700 900124\r\n", ["07700 900123", "+44 7700 900124"]),
        ("07700900123, 07700900124;07700900125", ["07700900123", "07700900124", "07700900125"]),
        ("07700900123\t07700900124,", ["07700900123", "07700900124"]),
        ("07700900123, call after 6", ["07700900123, call after 6"]),
        ("07700900123, 0124", ["07700900123, 0124"]),
        ("Ann,\n\n  \n ;; \n", ["Ann"]),
        ("07700900123\u2028\u200b07700900124\x85", ["07700900123", "07700900124"]),
        ("", []),
    ],
)
def test_a_line_is_a_number_or_several(text: str, numbers: list[str]) -> None:
    """Separators count only where every part of the line is written like a number."""
    assert list(pasted_numbers(text)) == numbers


@given(st.text(alphabet=st.sampled_from("0123456789+ ,;\t\"\n\r'ab|\x0b\u2028é"), max_size=60))
def test_the_table_holds_exactly_the_numbers(text: str) -> None:
    """Whatever is pasted, the table read as CSV has the same cells, and no row is refused."""
    header, _, rows = numbers_table(text).partition(b"\n")
    read = read_rows(rows, 1, ",", None, 1)
    assert header == b"phone_number"
    assert read.frame["c0"].to_list() == list(pasted_numbers(text))
    assert read.refused.height == 0
