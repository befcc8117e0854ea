"""A record as it stands in the importer's own file: its bytes, and its cells before any rule.

For rejects and warnings files, which give people back what they sent. Bytes that mean no character
survive the way to text and back.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass

import numpy as np

from enlist_rules.encodings import Encoding
from enlist_rules.scanning import scan_source
from enlist_rules.tolerant import split_cells


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A record of the source: `text` is all of it but its line break.

    Where `well_quoted` is false, the text says more than the cells: joined again they would be
    another record.
    """

    record: int
    text: str
    cells: tuple[str, ...]
    well_quoted: bool


def source_rows(
    data: bytes,
    encoding: Encoding,
    separator: str,
    first_record: int,
    wanted: Container[int] | None = None,
) -> Iterator[SourceRow]:
    """The records of a chunk by number, or those that are `wanted`; blank rows are none."""
    scanned = scan_source(data, encoding, separator, final=True)
    numbers = (np.cumsum(~scanned.blank) + (first_record - 1)).tolist()
    rows = zip(numbers, scanned.starts.tolist(), scanned.ends.tolist(), scanned.blank, strict=True)
    for record, start, end, blank in rows:
        if not blank and (wanted is None or record in wanted):
            text = source_text(data[start:end], encoding).rstrip("\r\n")
            cells, well_quoted = split_cells(text, separator)
            yield SourceRow(record, text, tuple(cells), well_quoted)


def source_text(data: bytes, encoding: Encoding) -> str:
    """Bytes of a source as text; what is no text becomes lone surrogates."""
    if encoding.is_wide:
        return data[: len(data) // 2 * 2].decode(encoding, "surrogatepass")
    return data.decode(encoding, "surrogateescape")


def source_bytes(text: str, encoding: Encoding) -> bytes:
    """What `source_text` made of bytes, as bytes again; what the encoding lacks becomes `?`."""
    errors = "surrogatepass" if encoding.is_wide else "surrogateescape"
    try:
        return text.encode(encoding, errors)
    except UnicodeEncodeError:
        return b"".join(_character(each, encoding, errors) for each in text)


def _character(character: str, encoding: Encoding, errors: str) -> bytes:
    try:
        return character.encode(encoding, errors)
    except UnicodeEncodeError:
        return b"?"
