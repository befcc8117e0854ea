"""The definition of a row, one character at a time: slow, obvious, and the oracle of the tests."""

from dataclasses import dataclass, field
from enum import Enum, auto

from enlist_rules.cleaning import TRIM


class _State(Enum):
    START = auto()
    PLAIN = auto()
    QUOTED = auto()
    AFTER_QUOTE = auto()


@dataclass
class Row:
    """One row: where it ends, its cells, and whether a quote in it is out of place."""

    end: int = 0
    cells: list[str] = field(default_factory=lambda: [""])
    stray: bool = False
    text_after_quote: bool = False
    open_quote: bool = False

    @property
    def blank(self) -> bool:
        return not any(cell.strip(TRIM) for cell in self.cells)

    @property
    def broken(self) -> bool:
        return self.stray or self.text_after_quote or self.open_quote


def _step(row: Row, state: _State, char: str, separator: str) -> _State:
    if state is _State.QUOTED:
        if char == '"':
            return _State.AFTER_QUOTE
        row.cells[-1] += char
        return state
    if char == separator:
        row.cells.append("")
        return _State.START
    if char == '"' and state is _State.START:
        return _State.QUOTED
    row.cells[-1] += char
    if char == '"' and state is _State.AFTER_QUOTE:
        return _State.QUOTED
    row.text_after_quote |= state is _State.AFTER_QUOTE
    row.stray |= char == '"'
    return _State.PLAIN


def rows_of(data: bytes, separator: str) -> list[Row]:
    """All rows of `data`, the end of which is the end of the input."""
    text = data.rstrip(b"\x1a").decode("latin-1")
    rows, row, state, at = [], Row(), _State.START, 0
    while at < len(text):
        if state is not _State.QUOTED and text[at] in "\r\n":
            at += 2 if text.startswith("\r\n", at) else 1
            row.end = at
            rows.append(row)
            row, state = Row(), _State.START
            continue
        state = _step(row, state, text[at], separator)
        at += 1
    if at > (rows[-1].end if rows else 0):
        row.end, row.open_quote = at, state is _State.QUOTED
        rows.append(row)
    for each in rows:
        each.cells = [
            cell.encode("latin-1").decode("utf-8", "surrogateescape") for cell in each.cells
        ]
    return rows
