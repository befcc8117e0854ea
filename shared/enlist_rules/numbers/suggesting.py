"""Suggestions for many rejected cells at once: plain digits by columns, the rest one by one."""

from dataclasses import replace
from typing import Final

import polars as pl

from enlist_rules.numbers.reader import NumberReader
from enlist_rules.numbers.regions import NUMBER_TYPES
from enlist_rules.numbers.spelling import spell
from enlist_rules.numbers.suggestions import suggestion
from enlist_rules.options import NumberRules

_PLAIN: Final = r"^[1-9][0-9]{6,14}$|^0[1-9][0-9]{5,13}$"
_PLUS: Final = pl.lit("+")


def suggestions(values: pl.Series, regions: pl.Series, rules: NumberRules) -> pl.Series:
    """What `suggestion` says of every value, null included, in the region of its record.

    A national file read with the toggle off is rejected whole: plain digits are read by columns.
    """
    _, digits = spell(values)
    asked = pl.DataFrame({"value": values, "digits": digits, "region": regions})
    plain = pl.col("digits").str.contains(_PLAIN).fill_null(value=False)
    asked = asked.with_row_index("row").with_columns(plain=plain & pl.col("region").is_not_null())
    found = [
        _of_plain(asked.filter("plain"), rules),
        _of_odd(asked.filter(~pl.col("plain")), rules),
    ]
    return pl.concat(found).sort("row")["suggestion"]


def _of_plain(asked: pl.DataFrame, rules: NumberRules) -> pl.DataFrame:
    """The national and the international reading, where they do not contradict each other."""
    anything = replace(rules, convert_national=True, number_types=NUMBER_TYPES)
    national = NumberReader(anything).read(asked["digits"], asked["region"])
    read = asked.with_columns(national=national["number"], code=national["code"])
    # No calling code begins with 0: a + before it would change nothing.
    plus = pl.when(~pl.col("digits").str.starts_with("0")).then(_PLUS + pl.col("digits"))
    other = NumberReader(anything).read(read.select(plus).to_series(), asked["region"])["number"]
    read = read.with_columns(other=other)
    one = (
        pl.when(pl.col("code") == "phone_ambiguous")
        .then(None)
        .when(pl.col("national").is_null() | (pl.col("national") == pl.col("other")))
        .then(pl.col("other"))
        .when(pl.col("other").is_null())
        .then(pl.col("national"))
    )
    read = read.with_columns(suggestion=one)
    stored = NumberReader(rules).read(read["suggestion"], read["region"])["number"]
    return read.select("row", suggestion=stored)


def _of_odd(asked: pl.DataFrame, rules: NumberRules) -> pl.DataFrame:
    """Each distinct cell, once."""
    distinct = asked.select("value", "region").unique(maintain_order=True)
    answers = [
        None if value is None or region is None else suggestion(value, region, rules)
        for value, region in distinct.iter_rows()
    ]
    known = distinct.with_columns(suggestion=pl.Series(answers, dtype=pl.String))
    joined = asked.join(known, on=["value", "region"], how="left", nulls_equal=True)
    return joined.select("row", "suggestion")
