"""Suggestions for columns are the suggestions for cells."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enlist_rules.numbers import DEFAULT_NUMBER_TYPES, suggestion
from enlist_rules.numbers.suggesting import suggestions
from enlist_rules.options import NumberRules

PREFIXES = (
    "",
    "0",
    "00",
    "07",
    "447",
    "+44",
    "44",
    "7",
    "49151",
    "1",
    "011",
    "8",
    "tel:07",
    "(0)7",
)
CELLS = st.builds(
    "{}{}{}".format,
    st.sampled_from(PREFIXES),
    st.from_regex(r"[0-9]{3,9}([ ./-][0-9]{2,5})?", fullmatch=True),
    st.sampled_from(["", "", "", " x12", ".0", "O"]),
)
REGIONS = st.sampled_from([None, "GB", "US", "DE", "IT", "RU", "SM", "HU", "BR"])


@pytest.mark.parametrize("toggle", [False, True])
@settings(max_examples=40)
@given(st.lists(st.tuples(CELLS | st.none(), REGIONS), min_size=1, max_size=40))
def test_columns_and_cells_agree(toggle: bool, asked: list[tuple[str | None, str | None]]) -> None:
    """Plain digits take another way and get the same answer; without a region there is none."""
    rules = NumberRules("GB", convert_national=toggle, number_types=DEFAULT_NUMBER_TYPES)
    values = pl.Series([value for value, _ in asked], dtype=pl.String)
    regions = pl.Series([region for _, region in asked], dtype=pl.String)
    assert suggestions(values, regions, rules).to_list() == [
        None if value is None or region is None else suggestion(value, region, rules)
        for value, region in asked
    ]
