"""Folding what several chunks say about one number, a part of the numbers at a time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

from enlist.checking.chunk import CheckedChunk, Keys
from enlist_rules.folding import fold
from enlist_rules.options import Duplicates

PART_ROWS: Final = 131_072  # folded at once: what bounds the memory


@dataclass(frozen=True, slots=True)
class Folding:
    """What folding takes from the records that can be merged, and adds to their warnings.

    `wishes`: how many records with lists of their own it took.
    """

    duplicates: int = 0
    wishes: int = 0
    warned: int = 0
    warning_reasons: Counter[str] = field(default_factory=Counter)


def crowded_keys(chunks: Sequence[CheckedChunk]) -> tuple[Keys, int]:
    """The numbers that stand more than once, ascending, and the rows that have them."""
    keys = np.concatenate([chunk.keys for chunk in chunks])
    distinct, times = np.unique(keys, return_counts=True)
    return distinct[times > 1], int(times[times > 1].sum())


def parts_of(rows: int) -> int:
    """How many parts to fold so many rows in."""
    return -(-rows // PART_ROWS)


def fold_part(
    chunks: Sequence[CheckedChunk], crowded: Keys, part: int, parts: int, mode: Duplicates
) -> Folding:
    """Fold the crowded numbers that leave the remainder `part`."""
    mine = crowded[crowded % parts == part]
    rows = pl.concat([_rows(chunk, mine) for chunk in chunks])
    folded = fold(rows, mode)
    noted = folded.warnings.unique()
    calm = rows.filter(pl.col("warnings").is_null())["record"]
    lists, left = rows["lists"], folded.rows["lists"]
    return Folding(
        duplicates=folded.duplicates.len(),
        wishes=(lists.len() - lists.null_count()) - (left.len() - left.null_count()),
        warned=int(noted["record"].unique().is_in(calm.implode()).sum()),
        warning_reasons=Counter(dict(noted["code"].value_counts().iter_rows())),
    )


def _rows(chunk: CheckedChunk, mine: Keys) -> pl.DataFrame:
    """The rows of a chunk with one of these numbers."""
    wanted = np.isin(chunk.keys, mine)
    frame = pl.read_ipc(chunk.rows)
    return frame.filter(pl.Series(wanted)) if wanted.any() else frame.clear()
