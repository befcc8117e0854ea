"""What would become of some records, as far as no account is needed to tell."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from enlist_rules.fields import CUSTOM_PREFIX, LISTS, STORED, Field
from enlist_rules.folding import fold
from enlist_rules.options import Duplicates, ReadingRules
from enlist_rules.reading import Rows
from enlist_rules.rejecting import suggested
from enlist_rules.rows import NOTES, REJECT
from enlist_rules.validation import normalize

SHOWN: Final = 50
_TEXTS: Final = (str(Field.PHONE_NUMBER), *map(str, STORED), LISTS)
Note = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it stands and as it would be stored.

    `cells`: one a column; empty where the row could not be read. `stored`: fields, custom ones as
    `custom.<name>`, and `lists`; empty where the record is rejected. `warnings`: code and field.
    """

    record: int
    cells: Sequence[str | None]
    stored: Mapping[str, str]
    code: str | None
    field: str | None
    suggestion: str | None
    warnings: Sequence[Note]


@dataclass(frozen=True, slots=True)
class Forecast:
    """Counts of all records that were looked at, and the first of them.

    `forwarded` can be merged, `duplicate` ones of them are folded into others; `warnings` counts
    the records that have one.
    """

    records: Sequence[Record]
    forwarded: int
    duplicate: int
    rejected: int
    warnings: int
    reasons: Mapping[str, int]
    warning_reasons: Mapping[str, int]


def forecast(
    read: Rows, mapping: Sequence[str], reading: ReadingRules, duplicates: Duplicates
) -> Forecast:
    """Apply every rule that needs no account."""
    normalized = normalize(read.frame, mapping, reading)
    folded = fold(normalized.rows, duplicates)
    unreadable = read.refused.select("record", "code", pl.lit(None, pl.String).alias("field"))
    rejects = pl.concat([unreadable.cast(REJECT), normalized.rejects]).sort("record")
    notes = _notes(normalized.rows, folded.warnings)
    first = rejects.filter(pl.col("record") <= SHOWN).join(read.frame, "record", how="left")
    first = first.with_columns(suggestion=suggested(first, mapping, reading.numbers))
    return Forecast(
        records=_records(read.frame, normalized.rows, first, notes),
        forwarded=normalized.rows.height,
        duplicate=folded.duplicates.len(),
        rejected=rejects.height,
        warnings=len(notes),
        reasons=_counted(rejects["code"].to_list()),
        warning_reasons=_counted(
            [c for each in notes.values() for c in {code for code, _ in each}]
        ),
    )


def _records(
    frame: pl.DataFrame,
    rows: pl.DataFrame,
    rejects: pl.DataFrame,
    notes: Mapping[int, Sequence[Note]],
) -> list[Record]:
    shown = pl.col("record") <= SHOWN
    cells = {record: row for record, *row in frame.filter(shown).iter_rows()}
    stored = {row["record"]: _stored(row) for row in rows.filter(shown).iter_rows(named=True)}
    refused = {
        record: (code, field, found)
        for record, code, field, found in rejects.select(*REJECT, "suggestion").iter_rows()
    }
    nothing = (None, None, None)
    return [
        Record(
            record,
            cells.get(record, ()),
            stored.get(record, {}),
            *refused.get(record, nothing),
            notes.get(record, ()),
        )
        for record in sorted({*cells, *refused})
    ]


def _stored(row: Mapping[str, Any]) -> dict[str, str]:
    texts = {name: row[name] for name in _TEXTS if row[name] is not None}
    custom = json.loads(row["custom"] or "{}")
    return texts | {CUSTOM_PREFIX + name: value for name, value in custom.items()}


def _notes(rows: pl.DataFrame, folding: pl.DataFrame) -> dict[int, list[Note]]:
    """The warnings of each record that has some."""
    notes: defaultdict[int, list[Note]] = defaultdict(list)
    noted = rows.filter(pl.col("warnings").is_not_null())
    for record, texts in noted.select("record", "warnings").iter_rows():
        for text in texts.split(NOTES):
            code, _, field = text.partition(":")
            notes[record].append((code, field or None))
    for record, code in folding.select("record", "code").iter_rows():
        notes[record].append((code, None))
    return notes


def _counted(codes: Sequence[str]) -> dict[str, int]:
    return dict(Counter(codes).most_common())
