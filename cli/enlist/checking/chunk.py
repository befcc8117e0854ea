"""What one chunk holds: counts, what folding needs, and the rows in a file of their own."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from enlist_rules.encodings import to_utf8
from enlist_rules.identity import name_key
from enlist_rules.layout import Layout
from enlist_rules.listing import SEPARATOR
from enlist_rules.options import ReadingRules
from enlist_rules.returning import read_again
from enlist_rules.rows import NOTES, REJECT
from enlist_rules.splitting import Cut
from enlist_rules.texts import holds_controls
from enlist_rules.validation import normalize

Keys = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CheckedChunk:
    """A chunk after every rule that needs no other chunk.

    `rows`: a file (Arrow IPC, ROW) with the records that can be merged; `keys`: the number of
    each as an integer. `rejects` (REJECT) are the others. `warned` records have
    `warning_reasons`; `wishes` name lists of their own, `list_names` by name key.
    """

    cut: Cut
    rows: Path
    keys: Keys
    rejects: pl.DataFrame
    warned: int
    warning_reasons: Counter[str]
    fixed_line: int
    wishes: int
    list_names: frozenset[str]


def check_chunk(
    data: bytes, cut: Cut, layout: Layout, rules: ReadingRules, to: Path
) -> CheckedChunk:
    """Apply the rules to the bytes of a chunk; its rows go into the file `to`."""
    text = to_utf8(data, layout.dialect.encoding)
    read = read_again(
        text,
        layout.columns,
        layout.dialect.separator,
        has_header=layout.has_header,
        first_record=cut.first_record,
    )
    found = normalize(read.frame, layout.mapping, rules, controls=holds_controls(text))
    unreadable = read.refused.select("record", "code", pl.lit(None, pl.String).alias("field"))
    found.rows.write_ipc(to)
    warnings = found.rows["warnings"].drop_nulls()
    return CheckedChunk(
        cut=cut,
        rows=to,
        keys=found.rows["phone_number"].str.slice(1).cast(pl.Int64).to_numpy(),
        rejects=pl.concat([unreadable.cast(REJECT), found.rejects]).sort("record"),
        warned=warnings.len(),
        warning_reasons=_codes(warnings),
        fixed_line=int(found.rows["fixed_line"].sum()),
        wishes=found.rows["lists"].len() - found.rows["lists"].null_count(),
        list_names=_names(found.rows["lists"].drop_nulls().unique().to_list()),
    )


def _codes(warnings: pl.Series) -> Counter[str]:
    """How many records stand under each code."""
    counts: Counter[str] = Counter()
    for texts, times in warnings.value_counts().iter_rows():
        for code in {text.partition(":")[0] for text in texts.split(NOTES)}:
            counts[code] += times
    return counts


def _names(cells: Sequence[str]) -> frozenset[str]:
    return frozenset(name_key(name) for cell in cells for name in cell.split(SEPARATOR))
