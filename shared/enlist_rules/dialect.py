"""How a text is written: where it begins and what separates its cells."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.header import looks_like_number
from enlist_rules.records import scan
from enlist_rules.tolerant import split_cells

SEPARATORS: Final = (",", ";", "\t", "|")
BOM: Final = b"\xef\xbb\xbf"
_HINT: Final = re.compile(rb'"?sep=(.)"?(?:\r\n|\r|\n|$)', re.IGNORECASE)
_HEADER_ROWS: Final = 20
_SAMPLE_ROWS: Final = 100

IsHeader = Callable[[Sequence[str]], bool]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text is written.

    `encoding` names Python's codec, always UTF-8 so far: the scanner needs one in which ASCII
    bytes mean ASCII characters, the reader takes UTF-8, so others are converted before them.
    `start`: the byte where the first row begins, after a BOM and a `sep=` line.
    """

    encoding: str
    separator: str
    start: int


@dataclass(frozen=True, slots=True)
class TextRow:
    """A row that is not blank: the byte where the next one begins, and its cells."""

    end: int
    cells: tuple[str, ...]


def detect(
    head: bytes, *, is_header: IsHeader, complete: bool, separator: str | None = None
) -> Dialect:
    """The dialect of a text, from its first bytes; `complete`: there are no more.

    The separator is the explicit one, else that of a `sep=` line, else the candidate under which
    a header is found, then cells that look like numbers, then rows of one width, then many cells.
    """
    start = len(BOM) if head.startswith(BOM) else 0
    hint = _HINT.match(head, start)
    if hint is not None:
        start = hint.end()
        separator = separator or hint[1].decode("latin-1")
    if separator is None:
        body = head[start:]
        separator = max(SEPARATORS, key=lambda each: _fit(body, each, is_header, complete=complete))
    if len(separator) != 1 or not separator.isascii() or separator in '"\r\n\x00':
        raise PermanentFailure(Code.OPTIONS, "the separator must be one ASCII character, no quote")
    return Dialect("utf-8", separator, start)


def first_rows(
    head: bytes, separator: str, limit: int, *, complete: bool, start: int = 0
) -> list[TextRow]:
    """At most `limit` rows that are not blank, from byte `start` on.

    Bytes that are not UTF-8 are replaced: these cells are looked at, never stored.
    """
    scanned = scan(head[start:], separator.encode(), final=complete)
    rows: list[TextRow] = []
    for begin, end, blank in zip(scanned.starts, scanned.ends, scanned.blank, strict=True):
        if len(rows) == limit:
            break
        if not blank:
            text = head[start + int(begin) : start + int(end)].decode("utf-8", "replace")
            rows.append(TextRow(start + int(end), tuple(split_cells(text, separator)[0])))
    return rows


def _fit(
    body: bytes, separator: str, is_header: IsHeader, *, complete: bool
) -> tuple[bool, float, float, int]:
    """How well a separator explains the first rows; larger is better."""
    rows = first_rows(body, separator, _SAMPLE_ROWS, complete=complete)
    if not rows:
        return False, 0.0, 1.0, 0  # nothing but separators: all of it is explained
    found = any(is_header(row.cells) for row in rows[:_HEADER_ROWS])
    with_number = sum(any(map(looks_like_number, row.cells)) for row in rows)
    widths = [len(row.cells) for row in rows]
    width = max(widths, key=widths.count)
    same = widths.count(width) / len(rows) if width > 1 else 0.0
    return found, with_number / len(rows), same, width
