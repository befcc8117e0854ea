"""What is said of a rejected record beside its code: a number that it most probably means."""

from collections.abc import Sequence

import polars as pl

from enlist_rules.codes import Code
from enlist_rules.fields import Field
from enlist_rules.findings import Findings
from enlist_rules.numbers.regions import region_of
from enlist_rules.numbers.suggesting import suggestions
from enlist_rules.options import NumberRules
from enlist_rules.texts import tidy

_NUMBERS = (Field.PHONE_NUMBER, Field.WHATSAPP_NUMBER)


def suggested(rejects: pl.DataFrame, mapping: Sequence[str], rules: NumberRules) -> pl.Series:
    """The suggestion of each reject, or null.

    `rejects` holds `code`, `field` and the cells of the record, `c0`, `c1`, … in the order of
    `mapping`.
    """
    regions = _regions(rejects, mapping, rules)
    found = pl.Series("suggestion", [None] * rejects.height, dtype=pl.String)
    for of_field in _NUMBERS:
        if of_field in mapping:
            mine = (rejects["field"] == of_field) & (rejects["code"] != Code.PHONE_MISSING)
            rows = mine.fill_null(value=False).arg_true()
            cells = rejects[f"c{mapping.index(of_field)}"].gather(rows)
            found = found.scatter(rows, suggestions(cells, regions.gather(rows), rules))
    return found


def _regions(rejects: pl.DataFrame, mapping: Sequence[str], rules: NumberRules) -> pl.Series:
    """The region of each record, null where its country is unusable."""
    default = pl.Series([rules.default_region]).new_from_index(0, rejects.height)
    if Field.COUNTRY_CODE not in mapping:
        return default
    cells = rejects[f"c{mapping.index(Field.COUNTRY_CODE)}"]
    given = tidy({"given": cells}, Findings(), controls=True)["given"]
    named = given.drop_nulls().unique()
    known = pl.Series([region_of(country) for country in named], dtype=pl.String)
    regions = given.replace_strict(named, known, default=None, return_dtype=pl.String)
    return pl.select(pl.when(given.is_null()).then(default).otherwise(regions)).to_series()
