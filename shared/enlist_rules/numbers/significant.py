"""The national significant number in many strings of digits, as the library would find it."""

from typing import Final

import polars as pl

from enlist_rules.numbers.plans import Plan

_DIGITS: Final = pl.col("digits")
_STRIPPED: Final = pl.col("stripped")


def significant(digits: pl.Series, plan: Plan) -> pl.Series:
    """Twin of what `parse` does with the national prefix; the same series when it does nothing.

    The prefix goes, or the number is rewritten (Argentina's 15, Guernsey's local numbers), unless
    that turns a viable number into one that is not, or leaves one of an impossible length.
    """
    if plan.national_prefix is None:
        return digits
    touched = digits.str.contains(plan.national_prefix)
    if not touched.any():
        return digits
    if touched.all():
        return _without_prefix(digits, plan)
    rows = touched.arg_true()
    return digits.clone().scatter(rows, _without_prefix(digits.gather(rows), plan))


def _without_prefix(digits: pl.Series, plan: Plan) -> pl.Series:
    general = plan.general
    spoilt = general.viable(_DIGITS) & ~general.viable(_STRIPPED)
    fits = general.possible(_STRIPPED) | general.too_long(_STRIPPED)
    return (
        digits.alias("digits")
        .to_frame()
        .with_columns(stripped=_stripped(plan))
        .select(pl.when(fits & ~spoilt).then(_STRIPPED).otherwise(_DIGITS))
        .to_series()
    )


def _stripped(plan: Plan) -> pl.Expr:
    """Twin of `_maybe_strip_national_prefix_carrier_code`, before it looks at the result."""
    prefix = plan.national_prefix or ""
    bare = _DIGITS.str.replace(prefix, "")
    if plan.rewriting is None:
        return bare
    group, rewritten = plan.rewriting
    return (
        pl.when(_DIGITS.str.extract(prefix, group).is_null())
        .then(bare)
        .otherwise(_DIGITS.str.replace(prefix, rewritten))
    )
