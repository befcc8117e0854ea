"""The XML parts of a workbook, looked through as bytes before a parser sees them."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import IO, Final
from xml.etree.ElementTree import fromstring
from zipfile import ZipFile

from enlist_rules.codes import Code, PermanentFailure

SHEET_ROWS: Final = 1_048_576
SHEET_COLUMNS: Final = 16_384
_BLOCK: Final = 1_048_576
_LONGEST_CELL: Final = 262_144  # 32,767 characters, all of them references to characters
_XML: Final = (".xml", ".rels")
_SHEETS: Final = "xl/worksheets/"
_DOCTYPE: Final = b"<!DOCTYPE"
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")  # UTF-16
_ROW: Final = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br=["'](\d{1,9})["']""")
# Columns up to Z are never far, and nearly all there are: they are not looked at one by one.
_COLUMN: Final = re.compile(rb"""\br=["']([A-Z]{2,3})\d""")
_ERROR: Final = re.compile(
    rb"""<(?:\w+:)?c\s(?=[^>]*\bt=["']e["'])[^>]*?\br=["']([A-Z]{1,3})(\d{1,7})["'][^>]*>"""
    rb"(?:<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>))?<(?:\w+:)?v>([^<]{1,32})<"
)
_ERROR_TYPES: Final = (b't="e"', b"t='e'")
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Errors = dict[int, dict[int, str]]
"""Formula errors by row and column, both from 0: the reader leaves these cells empty."""


def look_through(archive: ZipFile, most_cells: int) -> dict[str, Errors]:
    """Read every XML part once: the formula errors of each sheet, by the part's name.

    Raises:
        PermanentFailure: `xml_dtd`; `bomb`, where a reader would make room for too many cells;
            `corrupt`.
        BadZipFile: what was unpacked is not what the directory says.
    """
    errors = {}
    for entry in archive.infolist():
        name = entry.filename
        if name.lower().endswith(_XML):
            with archive.open(entry) as part:
                found = _look_through_part(part, most_cells)
                if part.tell() < entry.file_size:
                    raise PermanentFailure(Code.CORRUPT, "an entry ends too early")
            if name.startswith(_SHEETS):
                errors[name] = found
    return errors


def sheet_parts(archive: ZipFile) -> dict[str, str]:
    """The part of each sheet of an XLSX file in which there is no DOCTYPE, by the sheet's name."""
    relations = fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - see above
    targets = {each.get("Id"): each.get("Target", "") for each in relations}
    sheets = fromstring(archive.read("xl/workbook.xml")).iterfind(".//{*}sheet")  # noqa: S314
    parts = {each.get("name", ""): targets.get(each.get(_RELATION), "") for each in sheets}
    return {name: _absolute(target) for name, target in parts.items()}


def column_index(letters: bytes | str) -> int:
    """A column's place from 0: A is 0, Z 25, AA 26."""
    text = letters.decode() if isinstance(letters, bytes) else letters
    place = 0
    for letter in text:
        place = 26 * place + ord(letter) - ord("A") + 1
    return place - 1


def _absolute(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _look_through_part(part: IO[bytes], most_cells: int) -> Errors:
    errors: Errors = defaultdict(dict)
    rows, columns = 0, 26
    for at, block in enumerate(_blocks(part)):
        if _DOCTYPE in block:
            raise PermanentFailure(Code.XML_DTD)
        if at == 0 and block.startswith(_WIDE):
            raise PermanentFailure(Code.CORRUPT, "a part is not in UTF-8")
        rows = max(rows, *map(int, _ROW.findall(block)), 0)
        columns = max(columns, *(column_index(each) + 1 for each in {*_COLUMN.findall(block)}), 0)
        _refuse_far(rows, columns, most_cells)
        if any(each in block for each in _ERROR_TYPES):
            for letters, row, error in _ERROR.findall(block):
                errors[int(row) - 1][column_index(letters)] = error.decode("utf-8", "replace")
    return errors


def _refuse_far(rows: int, columns: int, most_cells: int) -> None:
    if rows > SHEET_ROWS or columns > SHEET_COLUMNS or rows * columns > most_cells:
        raise PermanentFailure(Code.BOMB, f"a sheet of {rows:,} rows and {columns:,} columns")


def _blocks(part: IO[bytes]) -> Iterator[bytes]:
    """What the part unpacks to, in blocks; a cell that one cuts begins the next one again."""
    rest = b""
    while block := part.read(_BLOCK):
        block = rest + block
        yield block
        cut = max(block.rfind(b"<", 0, -1), 0)
        cell = max(block.rfind(b"<c ", 0), block.rfind(b"<row ", 0), 0)
        rest = block[max(cell or cut, len(block) - _LONGEST_CELL) :]
