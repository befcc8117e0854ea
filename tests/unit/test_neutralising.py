"""Formulas are made harmless, and nothing is lost by it."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from enlist_rules.neutralising import neutralised, neutralised_text, restored, restored_text

HARMFUL = "=+-@\t\r\n＝＋－＠"
CELLS = st.text(alphabet=st.sampled_from([*HARMFUL, *"'’ a1\x00\x0b"]), max_size=6) | st.text()


@given(CELLS)
def test_every_text_comes_back(cell: str) -> None:
    """Neutralising and restoring is the identity."""
    assert restored_text(neutralised_text(cell)) == cell


@given(CELLS)
def test_nothing_runs(cell: str) -> None:
    """A neutralised text begins with no sign; what did not is as it was, or has an apostrophe."""
    made = neutralised_text(cell)
    assert not made.startswith(tuple(HARMFUL))
    assert made in (cell, "'" + cell)


@given(st.lists(CELLS))
def test_columns_are_treated_as_texts_are(cells: list[str]) -> None:
    """Polars and Python say the same."""
    frame = pl.DataFrame({"cell": pl.Series(cells, dtype=pl.String)})
    cell = pl.col("cell")
    made = frame.select(made=neutralised(cell), back=restored(cell))
    assert made["made"].to_list() == list(map(neutralised_text, cells))
    assert made["back"].to_list() == list(map(restored_text, cells))
