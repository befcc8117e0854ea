"""Custom fields as JSON objects in a column of text."""

import json

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from enlist_rules.custom import custom_objects, differs, fold_custom

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
objects = st.dictionaries(texts, texts, min_size=1, max_size=4)


@given(st.dictionaries(texts, st.lists(st.none() | texts, min_size=3, max_size=3), min_size=1))
def test_objects_hold_the_values_that_are_there(columns: dict[str, list[str | None]]) -> None:
    """Whatever names and values hold, each row is the JSON of its values; null without any."""
    series = {name: pl.Series(values, dtype=pl.String) for name, values in columns.items()}
    found = [cell and json.loads(cell) for cell in custom_objects(series)]
    rows = [
        {name: values[n] for name, values in columns.items() if values[n] is not None}
        for n in range(3)
    ]
    assert found == [row or None for row in rows]


@given(st.lists(st.lists(objects, max_size=3), min_size=1, max_size=5))
def test_folding_takes_the_last_value_of_each_key(rows: list[list[dict[str, str]]]) -> None:
    """Key by key, in the order of the records."""
    column = pl.Series([list(map(json.dumps, row)) for row in rows], dtype=pl.List(pl.String))
    expected = [{k: v for each in row for k, v in each.items()} or None for row in rows]
    assert [cell and json.loads(cell) for cell in fold_custom(column)] == expected


@given(st.lists(st.tuples(st.none() | objects, objects), min_size=1))
def test_an_object_differs_when_a_member_lost(
    pairs: list[tuple[dict[str, str] | None, dict[str, str]]],
) -> None:
    """Another value, or none, for one of its members; how it is spelled does not matter."""
    mine = [each and json.dumps(each, indent=1) for each, _ in pairs]
    won = [json.dumps(each) for _, each in pairs]
    found = differs(pl.Series(mine, dtype=pl.String), pl.Series(won, dtype=pl.String))
    assert found.to_list() == [
        each is not None and any(theirs.get(k) != v for k, v in each.items())
        for each, theirs in pairs
    ]
