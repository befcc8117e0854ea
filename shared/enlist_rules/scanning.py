"""The rows of a source, in whatever encoding it is written; positions are bytes of the source.

The scanner knows bytes alone. A source that is not UTF-8 is shown to it as an outline: one byte a
code unit, ASCII as it is, white space as a space, everything else as one stand-in for content.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from enlist_rules.cleaning import TRIM
from enlist_rules.encodings import Encoding
from enlist_rules.records import Scan, scan

_CONTENT: Final = 0x80
_SEPARATOR: Final = 0xFF
_UNITS: Final = {Encoding.UTF_16_LE: np.dtype("<u2"), Encoding.UTF_16_BE: np.dtype(">u2")}


def scan_source(block: bytes, encoding: Encoding, separator: str, *, final: bool) -> Scan:
    """Find the rows of a block that begins at the start of a row; see `records.scan`.

    `separator` is one character that the encoding has. The rows are those that `records.scan`
    finds in the same text once it is UTF-8.
    """
    if encoding is Encoding.UTF_8 or (block.isascii() and not encoding.is_wide):
        return scan(block, separator.encode(), final=final)
    mark = separator.encode() if separator.isascii() else bytes([_SEPARATOR])
    if not encoding.is_wide:
        return scan(block.translate(_outline(encoding, separator)), mark, final=final)
    found = scan(_wide_outline(block, encoding, separator, final=final), mark, final=final)
    # Half a character at the very end was given a byte that the source does not have.
    ends = np.minimum(found.ends * 2, len(block))
    return replace(found, ends=ends, rest=min(found.rest * 2, len(block)))


@lru_cache(maxsize=8)
def _outline(encoding: Encoding, separator: str) -> bytes:
    """The outline of each of the 256 bytes."""
    characters = [bytes([byte]).decode(encoding, "replace") for byte in range(256)]
    return bytes(_stand_in(ord(character), separator) for character in characters)


@lru_cache(maxsize=8)
def _unit_outline(separator: str) -> NDArray[np.uint8]:
    """The outline of each of the 65,536 code units of UTF-16."""
    table = np.full(65_536, _CONTENT, dtype=np.uint8)
    for unit in {*range(128), *map(ord, TRIM), ord(separator)} & {*range(65_536)}:
        table[unit] = _stand_in(unit, separator)
    return table


def _stand_in(character: int, separator: str) -> int:
    if character < 128:
        return character
    if chr(character) == separator:
        return _SEPARATOR
    return ord(" ") if chr(character) in TRIM else _CONTENT


def _wide_outline(block: bytes, encoding: Encoding, separator: str, *, final: bool) -> bytes:
    if len(block) % 2:
        block = block + b"\xff" if final else block[:-1]
    units = np.frombuffer(block, dtype=_UNITS[encoding])
    outline = _unit_outline(separator)[units]
    if len(pair := separator.encode("utf-16-be")) == 4:  # beyond U+FFFF: two units, one after both
        first, second = np.frombuffer(pair, dtype=">u2")
        at = np.flatnonzero((units[:-1] == first) & (units[1:] == second))
        outline[at] = outline[at + 1] = _SEPARATOR
    return outline.tobytes()
