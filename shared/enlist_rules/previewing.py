"""How a text would be read, from its first bytes; nothing is decided by it and nothing kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.columns import Columns
from enlist_rules.encodings import to_utf8
from enlist_rules.fields import SKIP, Field
from enlist_rules.forecasting import Forecast, forecast
from enlist_rules.layout import HEAD_BYTES, Layout, LayoutRules, read_layout
from enlist_rules.options import Duplicates, ReadingRules, Unmapped
from enlist_rules.reading import Rows
from enlist_rules.returning import read_again
from enlist_rules.scanning import scan_source

SAMPLE_ROWS: Final = 200
_CORRECTABLE: Final = (Code.HEADER_MISSING, Code.HEADER_DUPLICATE)


@dataclass(frozen=True, slots=True)
class Preview:
    """What the first bytes of a text say.

    `columns` know their meanings and can be asked for others. `sample`: the first rows as they
    stand, one cell a column. `refusal`: why the columns cannot be mapped yet; then none has a
    meaning and there is no `forecast`. `records`: how many whole ones the bytes hold.
    `agreement`: the share of them that has a cell for each column, 0.5 where there is one column.
    """

    layout: Layout
    columns: Columns
    sample: Sequence[Sequence[str | None]]
    records: int
    agreement: float
    forecast: Forecast | None
    refusal: PermanentFailure | None


def preview(
    head: bytes,
    rules: LayoutRules,
    reading: ReadingRules,
    duplicates: Duplicates,
    *,
    complete: bool,
) -> Preview:
    """Read the first `HEAD_BYTES` of a text as an import would; `complete`: there are no more.

    Refuses with PermanentFailure where an import would be refused, but for columns that a person
    can map: that is the preview's `refusal`.
    """
    head = head[:HEAD_BYTES]
    layout, refusal = _layout(head, rules, complete=complete)
    read = _read(head[layout.data_start :], layout, complete=complete)
    sample = read.frame.drop("record").head(SAMPLE_ROWS).rows()
    columns = Columns(
        layout.columns, [[cell or "" for cell in row] for row in sample], rules.default_region
    )
    columns.targets[:] = layout.mapping
    made = forecast(read, layout.mapping, reading, duplicates) if refusal is None else None
    return Preview(layout, columns, sample, read.records, _agreement(read, layout), made, refusal)


def _layout(
    head: bytes, rules: LayoutRules, *, complete: bool
) -> tuple[Layout, PermanentFailure | None]:
    try:
        return read_layout(head, rules, complete=complete), None
    except PermanentFailure as refusal:
        if refusal.code not in _CORRECTABLE:
            raise
        # Any choice of a number's column will do to learn which columns there are.
        chosen = replace(rules, mapping={"0": Field.PHONE_NUMBER}, unmapped=Unmapped.SKIP)
        layout = read_layout(head, chosen, complete=complete)
        return replace(layout, mapping=(SKIP,) * len(layout.columns), warnings={}), refusal


def _read(data: bytes, layout: Layout, *, complete: bool) -> Rows:
    """The whole rows of the bytes."""
    encoding, separator = layout.dialect.encoding, layout.dialect.separator
    scanned = scan_source(data, encoding, separator, final=complete)
    if complete and scanned.open_quote:
        raise PermanentFailure(Code.UNTERMINATED_QUOTE, f"row {scanned.ends.size}")
    text = to_utf8(data[: scanned.rest], encoding)
    return read_again(text, layout.columns, separator, has_header=layout.has_header, first_record=1)


def _agreement(read: Rows, layout: Layout) -> float:
    """A wrong separator leaves one column, or rows of many widths."""
    if len(layout.columns) == 1:
        return 0.5
    ragged = int((read.refused["code"] == Code.RAGGED).sum())
    return 1 - ragged / read.records if read.records else 1.0
