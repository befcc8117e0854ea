"""The types of many national numbers of one calling code."""

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from phonenumbers import PhoneNumberType

from enlist_rules.numbers.plans import UNKNOWN, Numbers, Plan, plans_of_code

Types = npt.NDArray[np.uint8]

_DIGITS: Final = pl.col("digits")
_UNCLAIMED: Final = 255  # no region has claimed the number yet


def types_of(digits: pl.Series, calling_code: int) -> Types:
    """Twin of `number_type`: one value of PhoneNumberType per national number, never null.

    What `is_valid_number` finds valid is what is not UNKNOWN. Where regions share a calling
    code, the first one decides whose leading digits match, or that knows the number when it has
    no leading digits.
    """
    plans = plans_of_code(calling_code)
    frame = digits.alias("digits").to_frame()
    if len(plans) == 1:
        return _types_by(frame, plans[0])
    types = np.full(frame.height, _UNCLAIMED, dtype=np.uint8)
    rows = np.arange(frame.height)
    for plan in plans:
        types[rows] = _claimed_by(frame if rows.size == frame.height else frame[rows], plan)
        rows = rows[types[rows] == _UNCLAIMED]
        if rows.size == 0:
            break
    types[rows] = UNKNOWN
    return types


def _claimed_by(frame: pl.DataFrame, plan: Plan) -> Types:
    if plan.leading_digits is None:
        types = _types_by(frame, plan)
        types[types == UNKNOWN] = _UNCLAIMED
        return types
    types = np.full(frame.height, _UNCLAIMED, dtype=np.uint8)
    own = frame["digits"].str.contains(plan.leading_digits)
    if own.any():
        types[own.to_numpy()] = _types_by(frame.filter(own), plan)
    return types


def _types_by(frame: pl.DataFrame, plan: Plan) -> Types:
    """Twin of `_number_type_helper`; special types, being rare, are told apart afterwards."""
    frame = frame.with_columns(_ordinary_matches(plan))
    found = frame.select(_type_unless_special(plan)).to_series()
    types: Types = found.fill_null(UNKNOWN).to_numpy(writable=True)
    if found.null_count():
        special = found.is_null()
        types[special.to_numpy()] = frame.filter(special).select(_type(plan)).to_series()
    return types


@cache
def _type_unless_special(plan: Plan) -> pl.Expr:
    """The type of a row; null where the pattern of a special type matches."""
    special = "|".join(numbers.pattern for _, numbers in plan.special) or "$."
    return _first(
        (~plan.general.match(_DIGITS), UNKNOWN),
        (Numbers(f"(?:{special})", (), ()).viable(_DIGITS), None),
        *_ordinary(plan),
    )


@cache
def _type(plan: Plan) -> pl.Expr:
    special = ((numbers.match(_DIGITS), kind) for kind, numbers in plan.special)
    return _first((~plan.general.match(_DIGITS), UNKNOWN), *special, *_ordinary(plan))


def _ordinary(plan: Plan) -> tuple[tuple[pl.Expr, int], ...]:
    fixed_line, mobile = pl.col("fixed_line"), pl.col("mobile")
    if plan.one_pattern:
        return ((fixed_line, PhoneNumberType.FIXED_LINE_OR_MOBILE),)
    return (
        (fixed_line & mobile, PhoneNumberType.FIXED_LINE_OR_MOBILE),
        (fixed_line, PhoneNumberType.FIXED_LINE),
        (mobile, PhoneNumberType.MOBILE),
    )


@cache
def _ordinary_matches(plan: Plan) -> tuple[pl.Expr, pl.Expr]:
    mobile = None if plan.one_pattern else plan.mobile
    return _match(plan.fixed_line).alias("fixed_line"), _match(mobile).alias("mobile")


def _match(numbers: Numbers | None) -> pl.Expr:
    return pl.lit(value=False) if numbers is None else numbers.match(_DIGITS)


def _first(*cases: tuple[pl.Expr, int | None]) -> pl.Expr:
    """The value of the first case that applies, else UNKNOWN."""
    chosen = pl.lit(UNKNOWN, dtype=pl.UInt8)
    for applies, kind in reversed(cases):
        chosen = pl.when(applies).then(pl.lit(kind, dtype=pl.UInt8)).otherwise(chosen)
    return chosen
