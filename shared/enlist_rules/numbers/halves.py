"""Many cells with one slash or one decimal point: two numbers, a spoilt one, or a plain one."""

from typing import Final

import numpy as np
import polars as pl

from enlist_rules.codes import Code
from enlist_rules.numbers.judging import Judge
from enlist_rules.numbers.plans import Plan
from enlist_rules.numbers.refusals import INEXACT
from enlist_rules.numbers.spelling import compact
from enlist_rules.numbers.verdicts import Flags, Rows, Verdicts

_SLASH: Final = r"^(\+?[0-9 ()\[\]-]+)/([0-9 ()\[\]-]+)$"
_POINT: Final = r"^(\+?[0-9]+)\.([0-9]+)$"


def halved(texts: pl.Series) -> pl.Series:
    """Which spelled texts `weigh` may decide about."""
    return texts.str.contains(f"{_SLASH}|{_POINT}") & ~texts.str.contains(INEXACT)


def weigh(judge: Judge, rows: Rows, texts: pl.Series, plan: Plan) -> None:
    """Decide about halved texts in records of the plan's region, where the halves are clear.

    Twin of the `excel_decimal` and `multiple_numbers` checks of `refusal`; what they let pass is
    one number, whose separator means nothing.
    """
    point = texts.str.contains(_POINT)
    if point.any():
        _weigh_decimals(judge, rows[point.to_numpy()], texts.filter(point), plan)
    if not point.all():
        _weigh_pairs(judge, rows[~point.to_numpy()], texts.filter(~point), plan)


def _weigh_decimals(judge: Judge, rows: Rows, texts: pl.Series, plan: Plan) -> None:
    whole = texts.str.extract(_POINT, 1)
    valid, invalid = _validity(whole, plan)
    plus_valid, plus_invalid = _validity(_with_plus(whole), plan)
    judge.verdicts.reject(rows[valid | plus_valid], Code.EXCEL_DECIMAL)
    _decide_joined(judge, rows, texts, invalid & plus_invalid, plan)


def _weigh_pairs(judge: Judge, rows: Rows, texts: pl.Series, plan: Plan) -> None:
    first_valid, invalid = _validity(texts.str.extract(_SLASH, 1), plan)
    _decide_joined(judge, rows, texts, invalid, plan)
    left = ~invalid
    if not left.any():
        return
    rows, texts = rows[left], texts.filter(pl.Series(left))
    valid, invalid = _validity(texts.str.extract(_SLASH, 2), plan)
    judge.verdicts.reject(rows[first_valid[left] & valid], Code.MULTIPLE_NUMBERS)
    _decide_joined(judge, rows, texts, invalid, plan)


def _decide_joined(judge: Judge, rows: Rows, texts: pl.Series, passed: Flags, plan: Plan) -> None:
    digits = compact(texts.str.replace("[./]", " "))
    clear = pl.Series(passed) & digits.is_not_null()
    judge.decide(rows[clear.to_numpy()], digits.filter(clear), plan)


def _validity(texts: pl.Series, plan: Plan) -> tuple[Flags, Flags]:
    """Where the library surely finds a valid number, and where it surely does not."""
    digits = compact(texts)
    rows = np.flatnonzero(digits.is_not_null().to_numpy())
    verdicts = Verdicts.undecided(len(texts))
    every_type = np.ones(256, dtype=np.bool_)
    Judge(verdicts, every_type, convert_national=True).decide(rows, digits.gather(rows), plan)
    sure = np.ones(len(texts), dtype=np.bool_)
    sure[verdicts.open_rows()] = False
    invalid = verdicts.carry(Code.PHONE_INVALID, Code.SHORT_CODE)
    return sure & ~invalid, invalid


def _with_plus(digits: pl.Series) -> pl.Series:
    return digits.str.replace(r"^\+?", "+")
