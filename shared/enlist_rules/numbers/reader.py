"""The numbers of a whole chunk: vectorised where it is certain, else the specification."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from enlist_rules.numbers.halves import halved, weigh
from enlist_rules.numbers.judging import Judge
from enlist_rules.numbers.plans import Plan, plan_of_region
from enlist_rules.numbers.regions import REGIONS, TYPE_NAMES
from enlist_rules.numbers.screening import screen
from enlist_rules.numbers.specification import Reading, read_one
from enlist_rules.numbers.spelling import spell
from enlist_rules.numbers.verdicts import Flags, Rows, Verdicts
from enlist_rules.options import NumberRules

_PLUS: Final = "+"


class NumberReader:
    """Reads the phone cells of chunks by one set of rules; holds no state between chunks."""

    def __init__(self, rules: NumberRules) -> None:
        self._rules = rules
        self._allowed = _allowed(rules.number_types)

    def read(self, values: pl.Series, regions: pl.Series | None) -> pl.DataFrame:
        """One row per value: `number`, `code`, `fixed_line`, `warning`.

        `values` are cells as they stand, null and blank included; `regions` the ISO regions of
        their records, null for the default region. Exactly one of `number` (E.164) and `code`
        is set; `warning` is `leading_zero_restored` or null.
        """
        verdicts = Verdicts.undecided(len(values))
        self._decide(verdicts, values, regions)
        rows = verdicts.open_rows()
        if rows.size:
            self._ask(verdicts, rows, values, regions)
        return verdicts.frame()

    def _decide(self, verdicts: Verdicts, values: pl.Series, regions: pl.Series | None) -> None:
        judge = Judge(verdicts, self._allowed, self._rules.convert_national)
        texts, digits = spell(values)
        plus = digits.str.starts_with(_PLUS).fill_null(value=False)
        if plus.all():
            judge.international(np.arange(len(digits)), digits)
            return
        rows = np.flatnonzero(plus.to_numpy())
        judge.international(rows, digits.gather(rows))
        rows = np.flatnonzero((~plus & digits.is_not_null()).to_numpy())
        for plan, own in self._by_plan(rows, regions):
            judge.national(own, digits.gather(own), plan)
        rows = np.flatnonzero((digits.is_null() & texts.is_not_null()).to_numpy())
        screen(verdicts, rows, texts.gather(rows))
        rows = rows[halved(texts.gather(rows)).to_numpy()]
        for plan, own in self._by_plan(rows, regions):
            weigh(judge, own, texts.gather(own), plan)

    def _by_plan(self, rows: Rows, regions: pl.Series | None) -> Iterator[tuple[Plan, Rows]]:
        default = self._rules.default_region
        named = pl.Series([default]).new_from_index(0, rows.size)
        if regions is not None:
            named = regions.gather(rows).fill_null(default)
        frame = pl.DataFrame({"region": named, "row": rows})
        for (region,), own in frame.partition_by("region", as_dict=True).items():
            if region in REGIONS:
                yield plan_of_region(region), own["row"].to_numpy()

    def _ask(
        self, verdicts: Verdicts, rows: Rows, values: pl.Series, regions: pl.Series | None
    ) -> None:
        """Put each distinct open value to the specification, once."""
        default = self._rules.default_region
        region = pl.lit(default) if regions is None else regions.gather(rows).fill_null(default)
        open_values = pl.select(value=values.gather(rows), region=region)
        distinct = open_values.unique(maintain_order=True).with_row_index("reading")
        readings = [
            read_one(value, region, self._rules)
            for value, region in distinct.select("value", "region").iter_rows()
        ]
        of_row = open_values.join(
            distinct, on=["value", "region"], how="left", nulls_equal=True, maintain_order="left"
        )["reading"]
        _enter(verdicts, rows, readings, of_row)


def _enter(verdicts: Verdicts, rows: Rows, readings: list[Reading], of_row: pl.Series) -> None:
    reading = of_row.to_numpy()
    numbers = pl.Series([each.number for each in readings], dtype=pl.String).gather(of_row)
    fixed_line = np.array([each.fixed_line for each in readings])[reading]
    restored = np.array([each.warning is not None for each in readings])[reading]
    taken = numbers.is_not_null().to_numpy()
    verdicts.accept(rows[taken], numbers.drop_nulls(), fixed_line[taken], restored[taken])
    codes = np.array([each.code for each in readings], dtype=object)[reading]
    for code in {each.code for each in readings if each.code is not None}:
        verdicts.reject(rows[codes == code], code)


def _allowed(number_types: frozenset[str]) -> Flags:
    allowed = np.zeros(256, dtype=np.bool_)
    allowed[[value for value, name in TYPE_NAMES.items() if name in number_types]] = True
    return allowed
