"""How a text is to be read: dialect, header, and what each column means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from enlist_rules import kinds
from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.columns import Columns
from enlist_rules.dialect import (
    Dialect,
    TextRow,
    find_separator,
    first_rows,
    usual_line_break,
)
from enlist_rules.encodings import Encoding, source_length, to_utf8
from enlist_rules.fields import Field
from enlist_rules.header import folded, is_header, is_returned, looks_like_number
from enlist_rules.mapping import map_columns
from enlist_rules.options import Header, Unmapped
from enlist_rules.recognition import recognise, recognise_bytes
from enlist_rules.returning import own_names
from enlist_rules.tolerant import is_blank

MAX_COLUMNS: Final = 500
HEAD_BYTES: Final = 1_048_576
"""How much of an input is looked at: a row larger than that is refused."""
_HEADER_ROWS: Final = 20
_SAMPLE_ROWS: Final = 200


@dataclass(frozen=True, slots=True)
class LayoutRules:
    """What the importer said about the layout."""

    header: Header = Header.AUTO
    encoding: Encoding | None = None
    separator: str | None = None
    mapping: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    unmapped: Unmapped = Unmapped.CUSTOM
    default_region: str = "GB"


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read a text.

    `columns`: the header's cells as they stand, or `column 1`, … without a header; `mapping`: the
    target of each. `data_start`: the byte of the source where the first row of data begins.
    `preamble_rows`: rows above the header, which are not counted. `warnings` concern the import,
    not a record.
    """

    dialect: Dialect
    columns: tuple[str, ...]
    mapping: tuple[str, ...]
    has_header: bool
    preamble_rows: int
    data_start: int
    warnings: dict[Code, int]

    @property
    def header_cells(self) -> tuple[str, ...] | None:
        """What a repeated header would say."""
        return self.columns if self.has_header else None

    def recognised_by(self, block: bytes) -> "Layout":
        """The same when the first bytes beyond ASCII come in a later block: they tell the encoding.

        Refuses with PermanentFailure: `encoding`.
        """
        found = recognise_bytes(block)
        dialect = replace(self.dialect, encoding=found.encoding, confidence=found.confidence)
        return replace(self, dialect=dialect)


def read_layout(head: bytes, rules: LayoutRules, *, complete: bool) -> Layout:
    """Find the layout of a source from its first `HEAD_BYTES`; `complete`: there are no more.

    Refuses with PermanentFailure: what is no text table, `encoding`, `empty`, `record_too_large`,
    `too_many_columns`, `options`, and what `map_columns` refuses.
    """
    kinds.refuse_foreign(head[: kinds.HEAD_BYTES])
    recognised = recognise(head, rules.encoding)
    text = to_utf8(head[recognised.mark :], recognised.encoding)
    kinds.refuse_foreign_text(text[: kinds.HEAD_BYTES])
    names = _phone_choices(rules.mapping)
    separator, start = find_separator(
        text,
        is_header=lambda cells: is_header(cells, names),
        complete=complete,
        said=rules.separator,
    )
    _refuse_unwritable(separator, recognised.encoding)
    limit = _HEADER_ROWS + _SAMPLE_ROWS
    rows = first_rows(text, separator, limit, complete=complete, start=start)
    if not rows:
        raise PermanentFailure(Code.EMPTY if complete else Code.RECORD_TOO_LARGE, "row 1")
    at = _header_row(rows, rules)
    data_start = start if at is None else rows[at].end
    sample = [row.cells for row in rows[0 if at is None else at + 1 :]]
    header = _names(sample) if at is None else own_names(_trimmed(rows[at].cells, sample))
    columns = Columns(header, sample, rules.default_region)
    warnings = map_columns(columns, rules.mapping, rules.unmapped, has_header=at is not None)
    return Layout(
        dialect=Dialect(
            recognised.encoding, recognised.confidence, separator, usual_line_break(text, rows)
        ),
        columns=header,
        mapping=tuple(str(target) for target in columns.targets),
        has_header=at is not None,
        preamble_rows=at or 0,
        data_start=recognised.mark + source_length(text[:data_start], recognised.encoding),
        warnings=warnings,
    )


def _refuse_unwritable(separator: str, encoding: Encoding) -> None:
    try:
        separator.encode(encoding)
    except UnicodeEncodeError:
        raise PermanentFailure(
            Code.OPTIONS, f"the separator does not exist in {encoding}"
        ) from None


def _phone_choices(mapping: Mapping[str, str]) -> frozenset[str]:
    """Names that the importer chose for the number: a header may hold these instead."""
    return frozenset(
        folded(name)
        for name, target in mapping.items()
        if target == Field.PHONE_NUMBER and not name.isdecimal()
    )


def _header_row(rows: Sequence[TextRow], rules: LayoutRules) -> int | None:
    if is_returned(rows[0].cells):
        return 0
    if rules.header is Header.ABSENT:
        return None
    if rules.header is Header.PRESENT:
        return 0
    names = _phone_choices(rules.mapping)
    found = (index for index, row in enumerate(rows[:_HEADER_ROWS]) if is_header(row.cells, names))
    return next(found, _unnamed_header(rows, rules))


def _unnamed_header(rows: Sequence[TextRow], rules: LayoutRules) -> int | None:
    """The first row, when it names every column and the importer chose the number's by index."""
    by_index = any(
        name.isdecimal() and target == Field.PHONE_NUMBER for name, target in rules.mapping.items()
    )
    first = rows[0].cells
    names_all = not any(is_blank(cell) or looks_like_number(cell) for cell in first)
    return 0 if by_index and names_all else None


def _names(sample: Sequence[Sequence[str]]) -> tuple[str, ...]:
    widths = [len(cells) for cells in sample]
    width = max(widths, key=widths.count)
    _refuse_width(width)
    return tuple(f"column {number}" for number in range(1, width + 1))


def _trimmed(cells: Sequence[str], sample: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The header without nameless columns at its end that hold nothing: they are no columns."""
    _refuse_width(len(cells))
    used = max((index for row in sample for index in _filled(row)), default=-1)
    named = max(_filled(cells))
    return tuple(cells[: max(min(used + 1, len(cells)), named + 1)])


def _filled(cells: Sequence[str]) -> list[int]:
    return [index for index, cell in enumerate(cells) if not is_blank(cell)]


def _refuse_width(width: int) -> None:
    if width > MAX_COLUMNS:
        raise PermanentFailure(Code.TOO_MANY_COLUMNS, f"{width:,} columns")
