"""How a text is written: its encoding, what separates its cells and what ends its rows.

Everything here looks at UTF-8 without a mark, whatever the source is written in.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.encodings import Encoding
from enlist_rules.header import looks_like_number
from enlist_rules.records import scan
from enlist_rules.tolerant import split_cells

SEPARATORS: Final = (",", ";", "\t", "|")
_HINT: Final = re.compile(r'"?sep=([^"\r\n\0])"?(?:\r\n|\r|\n|$)', re.IGNORECASE)
_HINT_BYTES: Final = 16
_BREAK: Final = re.compile(rb"(?:\r\n|\r|\n)$")
_HEADER_ROWS: Final = 20
_SAMPLE_ROWS: Final = 100

IsHeader = Callable[[Sequence[str]], bool]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text is written.

    `confidence`: how sure the encoding is, from 0 to 1; 1 when it was said or marked.
    `separator` is one character, `line_break` what ends most of the first rows.
    """

    encoding: Encoding
    confidence: float
    separator: str
    line_break: str


@dataclass(frozen=True, slots=True)
class TextRow:
    """A row that is not blank: the byte where the next one begins, and its cells."""

    end: int
    cells: tuple[str, ...]


def find_separator(
    text: bytes, *, is_header: IsHeader, complete: bool, said: str | None = None
) -> tuple[str, int]:
    """What separates the cells, and the byte where the first row begins, after a `sep=` line.

    `text` is the first of it; `complete`: there is no more. The separator is the one that was
    said, else that of a `sep=` line, else the candidate under which a header is found, then cells
    that look like numbers, then rows of one width, then many cells.

    Raises:
        PermanentFailure: `options`, when what was said cannot separate.
    """
    if said is not None and (len(said) != 1 or said in '"\r\n\0'):
        raise PermanentFailure(Code.OPTIONS, "the separator must be one character, and no quote")
    hint = _HINT.match(text[:_HINT_BYTES].decode("utf-8", "ignore"))
    start = len(hint[0].encode()) if hint else 0
    if said or hint:
        return said or str(hint and hint[1]), start
    found = max(SEPARATORS, key=lambda each: _fit(text, each, is_header, complete=complete))
    return found, start


def first_rows(
    text: bytes, separator: str, limit: int, *, complete: bool, start: int = 0
) -> list[TextRow]:
    """At most `limit` rows that are not blank, from byte `start` on.

    Bytes that are not UTF-8 are replaced: these cells are looked at, never stored.
    """
    scanned = scan(text[start:], separator.encode(), final=complete)
    rows: list[TextRow] = []
    for begin, end, blank in zip(scanned.starts, scanned.ends, scanned.blank, strict=True):
        if len(rows) == limit:
            break
        if not blank:
            row = text[start + int(begin) : start + int(end)].decode("utf-8", "replace")
            rows.append(TextRow(start + int(end), tuple(split_cells(row, separator)[0])))
    return rows


def usual_line_break(text: bytes, rows: Sequence[TextRow]) -> str:
    """What ends most of these rows of `text`; a line feed when there is but one row without."""
    ends = (_BREAK.search(text, max(row.end - 2, 0), row.end) for row in rows)
    counts = Counter(end[0].decode() for end in ends if end)
    return max(counts, key=counts.__getitem__, default="\n")


def _fit(
    text: bytes, separator: str, is_header: IsHeader, *, complete: bool
) -> tuple[bool, float, float, int]:
    """How well a separator explains the first rows; larger is better."""
    rows = first_rows(text, separator, _SAMPLE_ROWS, complete=complete)
    if not rows:
        return False, 0.0, 1.0, 0  # nothing but separators: all of it is explained
    found = any(is_header(row.cells) for row in rows[:_HEADER_ROWS])
    with_number = sum(any(map(looks_like_number, row.cells)) for row in rows)
    widths = [len(row.cells) for row in rows]
    width = max(widths, key=widths.count)
    same = widths.count(width) / len(rows) if width > 1 else 0.0
    return found, with_number / len(rows), same, width
