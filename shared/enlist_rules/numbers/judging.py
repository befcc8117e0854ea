"""Verdicts about many cells of digits: `parse` and `read_one` without a Python step per cell."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from phonenumbers import PhoneNumberType

from enlist_rules.codes import Code
from enlist_rules.numbers.international import (
    UNCERTAIN,
    Found,
    found_international,
    found_national,
    with_calling_code,
)
from enlist_rules.numbers.plans import UNKNOWN, Plan
from enlist_rules.numbers.verdicts import Flags, Rows, Verdicts

_DIGITS: Final = pl.col("digits")
_REST: Final = pl.col("rest")


@dataclass(frozen=True, slots=True)
class Judge:
    """Turns what was found into verdicts.

    `allowed` says for each value of PhoneNumberType whether such numbers may be stored.
    """

    verdicts: Verdicts
    allowed: Flags
    convert_national: bool

    def decide(self, rows: Rows, digits: pl.Series, plan: Plan) -> None:
        """Decide about digits with or without a +, in records of the plan's region."""
        plus = digits.str.starts_with("+")
        if plus.any():
            self.international(rows[plus.to_numpy()], digits.filter(plus))
            rows, digits = rows[~plus.to_numpy()], digits.filter(~plus)
        if rows.size:
            self.national(rows, digits, plan)

    def international(self, rows: Rows, texts: pl.Series) -> None:
        """Decide about `+` and digits, in records of any region."""
        found = found_international(texts)
        self.verdicts.reject(rows[found.types == UNKNOWN], Code.PHONE_INVALID)
        self._settle(rows, found, np.zeros(rows.size, dtype=np.bool_))

    def national(self, rows: Rows, digits: pl.Series, plan: Plan) -> None:
        """Decide about digits without a +, in a record of the plan's region."""
        if plan.international_prefix is not None:
            begins = digits.str.contains(plan.international_prefix)
            if begins.any():
                self._dialled(rows[begins.to_numpy()], digits.filter(begins), plan)
                rows, digits = rows[~begins.to_numpy()], digits.filter(~begins)
        if not self.convert_national:
            self.verdicts.reject(rows, Code.PHONE_NOT_E164)
            return
        own = digits.str.starts_with(plan.calling_code)
        if own.any():
            self._own_code(rows[own.to_numpy()], digits.filter(own), plan)
            rows, digits = rows[~own.to_numpy()], digits.filter(~own)
        self._settle_national(rows, digits, found_national(digits, plan), plan)

    def _dialled(self, rows: Rows, digits: pl.Series, plan: Plan) -> None:
        """The international prefix goes, unless a 0 follows: then the library decides."""
        texts = digits.str.replace(plan.international_prefix or "", "+")
        sure = texts.str.contains(r"^\+[1-9][0-9]{4}")
        self.international(rows[sure.to_numpy()], texts.filter(sure))

    def _own_code(self, rows: Rows, digits: pl.Series, plan: Plan) -> None:
        """Digits that begin with the calling code of their own region, as 447… in GB."""
        bare = pl.lit(value=True)
        if plan.national_prefix is not None:
            bare = _REST.str.replace(plan.national_prefix, "") == _REST
        frame = digits.alias("digits").to_frame()
        frame = frame.with_columns(rest=_DIGITS.str.slice(len(plan.calling_code)))
        frame = frame.with_columns(
            bare=bare,
            viable=plan.general.viable(_DIGITS),
            too_long=plan.general.too_long(_DIGITS),
            rest_viable=plan.general.viable(_REST),
        )
        bare, viable, too_long = pl.col("bare"), pl.col("viable"), pl.col("too_long")
        kinds = frame.select(
            rest=bare & (too_long | (~viable & pl.col("rest_viable"))),
            whole=~too_long & (viable | (bare & ~pl.col("rest_viable"))),
        )
        rest, whole = kinds["rest"], kinds["whole"]
        self.international(rows[rest.to_numpy()], _plus(digits.filter(rest)))
        self._either_way(rows[whole.to_numpy()], digits.filter(whole), plan)

    def _either_way(self, rows: Rows, digits: pl.Series, plan: Plan) -> None:
        """National numbers that may be other numbers when a + stands before them."""
        found = found_national(digits, plan)
        other = found_international(_plus(digits))
        self.verdicts.reject(rows[found.valid & other.valid], Code.PHONE_AMBIGUOUS)
        found.types[found.valid & (other.types != UNKNOWN)] = UNCERTAIN
        self._settle_national(rows, digits, found, plan)

    def _settle_national(self, rows: Rows, digits: pl.Series, found: Found, plan: Plan) -> None:
        bare: Flags = np.zeros(rows.size, dtype=np.bool_)
        if plan.drops_zero:
            bare = ((found.numbers == digits) & ~digits.str.starts_with("0")).to_numpy()
        numbers = with_calling_code(found.numbers, plan)
        self._settle(rows, Found(found.types, numbers), bare)
        unknown = found.types == UNKNOWN
        if unknown.any():
            self._refuse(rows[unknown], digits.filter(pl.Series(unknown)), plan)

    def _refuse(self, rows: Rows, digits: pl.Series, plan: Plan) -> None:
        self.verdicts.reject(rows, Code.PHONE_INVALID)
        if plan.short_codes:
            short = ~_DIGITS.str.starts_with("0")
            for numbers in plan.short_codes:
                short &= numbers.match(_DIGITS)
            found = digits.alias("digits").to_frame().select(short).to_series()
            self.verdicts.reject(rows[found.to_numpy()], Code.SHORT_CODE)

    def _settle(self, rows: Rows, found: Found, restored: Flags) -> None:
        allowed = self.allowed[found.types]
        self.verdicts.reject(rows[found.valid & ~allowed], Code.TYPE_NOT_ALLOWED)
        taken = found.valid & allowed
        numbers = found.numbers if taken.all() else found.numbers.filter(pl.Series(taken))
        fixed_line = found.types[taken] == PhoneNumberType.FIXED_LINE
        self.verdicts.accept(rows[taken], numbers, fixed_line, restored[taken])


def _plus(digits: pl.Series) -> pl.Series:
    return pl.select(pl.lit("+") + digits).to_series()
