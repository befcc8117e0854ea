"""Where one row ends and the next begins: the one definition, vectorised.

A row ends at LF, CRLF or a lone CR that is not inside quotes; nothing else breaks a row. A quote
opens only at the start of a cell, `""` inside quotes is a quote, and text after a closing quote
goes on as plain text until the next separator or break. Elsewhere a quote is a character.

The scan reads quotes by parity: the 1st, 3rd, … open, the 2nd, 4th, … close. That is exact when
every opening quote stands at the start of a cell (or right after a closing one: the escape) and
every closing quote stands before a separator, a break, a quote or the end. `_structural` proves
it for the whole block at once and, where the proof breaks, walks from fault to fault.

The bytes may be in any encoding in which ASCII bytes mean ASCII characters.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from enlist_rules.cleaning import TRIM

Positions = NDArray[np.int64]
Marks = NDArray[np.bool_]

_LF: Final = 10
_CR: Final = 13
_QUOTE: Final = 34
_CONTENT: Final = 1
_WIDE: Final = 2
_QUOTED: Final = 4
_FREE: Final = b"\xff"

_WIDE_SPACES: Final = tuple(space.encode() for space in TRIM if space > "\x7f")


@dataclass(frozen=True, slots=True)
class Scan:
    """The rows of a block; all positions are byte offsets into it.

    `ends[i]` is the exclusive end of row i, its break included; row i begins where row i-1 ends.
    `blank[i]`: every cell is empty after trimming. `broken[i]`: the row holds a quote that is
    neither opening, closing nor escaped, so that only the tolerant reader may read it.
    `fields[i]`: how many cells the row has (empty unless asked for).
    `rest`: where the unfinished row begins; `open_quote`: a quote is open at the end of the block.
    """

    ends: Positions
    blank: Marks
    broken: Marks
    fields: Positions
    rest: int
    open_quote: bool

    @property
    def starts(self) -> Positions:
        starts = np.zeros_like(self.ends)
        starts[1:] = self.ends[:-1]
        return starts


def scan(block: bytes, separator: bytes, *, final: bool, fields: bool = False) -> Scan:
    """Find the rows of `block`, which begins at the start of a row.

    `separator` is one character, of any number of bytes. With `final` the block ends the input:
    what is unfinished is a row too (`open_quote` tells whether its last cell was ever closed), and
    Ctrl-Z bytes at the very end are ignored. Otherwise the caller puts `block[rest:]` in front of
    the next block.
    """
    width = len(separator)
    if width > 1:
        block, separator = _one_byte_separator(block, separator)
    data = np.frombuffer(block.rstrip(b"\x1a") if final else block, dtype=np.uint8)
    quotes, odd = _structural(data, separator[0])
    ends = _outside(_breaks(data, block, final=final), quotes) + 1
    rest = int(ends[-1]) if ends.size else 0
    if final and rest < data.size:
        rest = data.size
        ends = np.append(ends, rest)
    open_quote = bool(quotes.size & 1)
    broken = _rows_of(odd, ends)
    if final and open_quote:
        broken[-1] = True
    blank = _blank(block, ends, quotes, separator[0], odd)
    cells = _count_separators(data, separator[0], ends, quotes) // width + 1 if fields else ends[:0]
    return Scan(ends, blank, broken, cells, rest, open_quote)


def _one_byte_separator(block: bytes, separator: bytes) -> tuple[bytes, bytes]:
    """The block with every byte of a separator of several bytes turned into one that is free."""
    if _FREE in block:  # never in UTF-8: such a row is refused whatever this byte is
        block = block.replace(_FREE, b"\x80")
    return block.replace(separator, _FREE * len(separator)), _FREE


def _structural(data: NDArray[np.uint8], separator: int) -> tuple[Positions, Positions]:
    """The quotes that open and close, in turn; and the positions of faults.

    A fault is a quote within plain text (a character), or a closing quote before text.
    """
    quotes = np.flatnonzero(data == _QUOTE)
    if not quotes.size:
        return quotes, quotes
    edge = np.zeros(256, dtype=np.bool_)
    edge[[separator, _LF, _CR]] = True
    before = np.take(data, quotes - 1, mode="clip")
    begins = edge[before]
    begins[0] |= quotes[0] == 0
    after = np.take(data, quotes + 1, mode="clip")
    closes = edge[after] | (after == _QUOTE)  # the block's last byte stands for its own follower
    opens = begins | (before == _QUOTE)
    if begins[0] and opens[0::2].all() and closes[1::2].all():
        return quotes, quotes[:0]
    return _walk(quotes, begins, opens, closes)


def _walk(
    quotes: Positions, begins: Marks, opens: Marks, closes: Marks
) -> tuple[Positions, Positions]:
    """Go from fault to fault; between an opening quote and the next fault parity holds.

    `begins`: the quote stands at the start of a cell, if it is outside quotes. For each such
    quote it is known beforehand where the fault would be and which quote would open next, so
    that the walk itself is one look-up a fault.
    """
    openers = np.flatnonzero(begins)
    fault = _next_faults(openers, opens, closes)
    at_closing = (fault - openers) & (fault < quotes.size) & 1  # it closes, but text follows
    following = np.searchsorted(openers, fault + at_closing).tolist()
    path: list[int] = []
    at = 0
    while at < openers.size:
        path.append(at)
        at = following[at]
    walked = np.array(path, dtype=np.int64)
    odd = np.zeros(quotes.size + 1, dtype=np.bool_)
    odd[fault[walked]] = at_closing[walked] == 1
    stray = _between(fault[walked] + at_closing[walked], openers[walked], quotes.size)
    return quotes[~stray], quotes[stray | odd[:-1]]


def _next_faults(openers: Positions, opens: Marks, closes: Marks) -> Positions:
    """For each quote that might open: the next quote that cannot have its part, by parity."""
    faults = np.full(openers.size, opens.size)
    for first in (0, 1):
        sound = opens.copy()
        sound[1 - first :: 2] = closes[1 - first :: 2]
        unsound = np.append(np.flatnonzero(~sound), opens.size)
        mine = openers & 1 == first
        faults[mine] = unsound[np.searchsorted(unsound, openers[mine], side="right")]
    return faults


def _between(ends: Positions, openers: Positions, size: int) -> Marks:
    """The quotes before the first opener, and from each end to the opener after it: text."""
    begins = np.bincount(np.append(0, ends), minlength=size + 1)
    stops = np.bincount(np.append(openers, size), minlength=size + 1)
    return np.asarray(np.cumsum(begins - stops)[:size] > 0)


def _breaks(data: NDArray[np.uint8], block: bytes, *, final: bool) -> Positions:
    """The last byte of every break, quoted or not; a CR at an open end may be half of a CRLF."""
    feeds = np.flatnonzero(data == _LF)
    if b"\r" not in block:
        return feeds
    returns = np.flatnonzero(data == _CR)
    if returns.size and returns[-1] == data.size - 1:
        at_end, returns = returns[-1:], returns[:-1]
    else:
        at_end = returns[:0]
    alone = returns[data[returns + 1] != _LF]
    if final:
        alone = np.append(alone, at_end)
    return np.sort(np.concatenate((feeds, alone))) if alone.size else feeds


def _outside(positions: Positions, quotes: Positions) -> Positions:
    """Those of `positions` that are not inside quotes."""
    if not quotes.size:
        return positions
    return np.asarray(positions[np.searchsorted(quotes, positions) & 1 == 0])


def _rows_of(positions: Positions, ends: Positions) -> Marks:
    """Which rows hold one of `positions`."""
    marks = np.zeros(ends.size, dtype=np.bool_)
    rows = np.searchsorted(ends, positions, side="right")
    marks[rows[rows < ends.size]] = True
    return marks


def _count_separators(
    data: NDArray[np.uint8], separator: int, ends: Positions, quotes: Positions
) -> Positions:
    separators = _outside(np.flatnonzero(data == separator), quotes)
    before = np.searchsorted(separators, ends)
    return np.asarray(np.diff(before, prepend=0))


def _blank(
    block: bytes, ends: Positions, quotes: Positions, separator: int, odd: Positions
) -> Marks:
    if not ends.size:
        return np.zeros(0, dtype=np.bool_)
    kinds = _kinds(block, ends, separator)
    if (kinds & (_CONTENT | _WIDE) == _WIDE).any():
        for space in _WIDE_SPACES:
            block = block.replace(space, b" " * len(space))
        kinds = _kinds(block, ends, separator)
    blank = kinds & (_CONTENT | _WIDE) == 0
    if (blank & (kinds & _QUOTED != 0)).any():
        blank &= ~_rows_of(_quoted_content(block, quotes, separator, odd), ends)
    return np.asarray(blank)


def _kinds(block: bytes, ends: Positions, separator: int) -> NDArray[np.uint8]:
    """For each row the kinds of bytes it holds: content, not ASCII, quotes."""
    table = bytearray([_CONTENT] * 128 + [_WIDE] * 128)
    for space in TRIM.encode("ascii", "ignore"):
        table[space] = 0
    table[_QUOTE] = _QUOTED
    table[separator] = 0
    kinds = np.frombuffer(block.translate(bytes(table)), dtype=np.uint8)[: ends[-1]]
    starts = np.concatenate((ends[:0], [0], ends[:-1]))
    return np.asarray(np.bitwise_or.reduceat(kinds, starts))


def _quoted_content(block: bytes, quotes: Positions, separator: int, odd: Positions) -> Positions:
    """Where quotes and separators are themselves text: escaped, stray, or inside quotes."""
    escapes = quotes[1:][(np.diff(quotes) == 1) & (np.arange(1, quotes.size) & 1 == 0)]
    separators = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == separator)
    inside = separators[np.searchsorted(quotes, separators) & 1 == 1]
    stray = np.setdiff1d(odd, quotes, assume_unique=True)
    return np.concatenate((escapes, inside, stray))
