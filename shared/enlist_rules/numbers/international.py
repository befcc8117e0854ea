"""Many numbers in international form: `+`, calling code, national number."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from enlist_rules.numbers.plans import REGIONS_OF_CODE, UNKNOWN, Plan, plans_of_code
from enlist_rules.numbers.significant import significant
from enlist_rules.numbers.types import Types, types_of
from enlist_rules.numbers.verdicts import Flags, Rows, assembled

LONGEST_NUMBER: Final = 15  # digits, ITU-T E.164
UNCERTAIN: Final = 255  # the library has to be asked


@dataclass(frozen=True, slots=True)
class Found:
    """Per row its type (UNKNOWN: not valid, or UNCERTAIN) and, when valid, its E.164 form."""

    types: Types
    numbers: pl.Series

    @property
    def valid(self) -> Flags:
        """The rows in which the library would find a valid number."""
        return np.not_equal(self.types, UNKNOWN) & np.not_equal(self.types, UNCERTAIN)


def found_international(texts: pl.Series) -> Found:
    """What the library finds in texts of `+` and at least five digits."""
    types = np.full(len(texts), UNCERTAIN, dtype=np.uint8)
    parts = []
    for code, rows in _by_calling_code(texts):
        own = texts if rows.size == len(texts) else texts.gather(rows)
        found = _found_behind(own, plans_of_code(code)[0])
        types[rows] = found.types
        parts.append((rows, found.numbers))
    return Found(types, assembled(parts, len(texts)))


def found_national(digits: pl.Series, plan: Plan) -> Found:
    """What the library finds in national numbers of a plan, with their prefix or without."""
    significants = significant(digits, plan)
    types = types_of(significants, int(plan.calling_code))
    longest = LONGEST_NUMBER - len(plan.calling_code)
    plans = plans_of_code(int(plan.calling_code))
    if max(max(each.general.lengths) for each in plans) > longest:
        too_long = significants.str.len_bytes().to_numpy() > longest
        types[too_long & (types != UNKNOWN)] = UNCERTAIN
    return Found(types, significants)


def with_calling_code(significants: pl.Series, plan: Plan) -> pl.Series:
    """The E.164 form of national significant numbers."""
    return pl.select(pl.lit("+" + plan.calling_code) + significants).to_series()


def _found_behind(texts: pl.Series, plan: Plan) -> Found:
    digits = texts.str.slice(1 + len(plan.calling_code))
    found = found_national(digits, plan)
    if found.numbers is digits:
        return Found(found.types, texts)
    return Found(found.types, with_calling_code(found.numbers, plan))


def _by_calling_code(texts: pl.Series) -> Iterator[tuple[int, Rows]]:
    """Each calling code and its rows, ascending; rows without a known code are left out."""
    first_three = texts.str.slice(1, 3).cast(pl.Int16).to_numpy()
    codes = np.take(_code_of_first_three(), first_three)
    counts = np.bincount(codes)
    known = np.flatnonzero(counts)
    order = np.arange(codes.size) if known.size == 1 else np.argsort(codes, kind="stable")
    ends = np.cumsum(counts[known])
    for code, count, end in zip(known.tolist(), counts[known], ends, strict=True):
        if code:
            yield code, order[end - count : end]


@cache
def _code_of_first_three() -> npt.NDArray[np.int16]:
    """The calling code that begins three digits, or 0; no code begins another (ITU-T E.164)."""
    codes = np.zeros(1000, dtype=np.int16)
    for code in REGIONS_OF_CODE:
        span = 10 ** (3 - len(str(code)))
        codes[code * span : (code + 1) * span] = code
    return codes
