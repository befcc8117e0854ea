"""The XML parts of a workbook, looked through as bytes before a parser sees them."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import IO, Final
from xml.etree.ElementTree import fromstring
from zipfile import ZipFile, ZipInfo

from enlist_rules.codes import Code, PermanentFailure

SHEET_ROWS: Final = 1_048_576
SHEET_COLUMNS: Final = 16_384
_BLOCK: Final = 1_048_576
_LONGEST_CELL: Final = 262_144  # 32,767 characters, all of them references to characters
_XML: Final = (".xml", ".rels")
_SHEETS: Final = "xl/worksheets/"
_UNREAD: Final = ("customXml/", "docProps/")  # where programs do write UTF-16
_DOCTYPE: Final = b"<!DOCTYPE"
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")  # UTF-16
# Columns up to Z are never far, and nearly all there are: they are not looked at one by one.
_PLACES: Final = (
    # Quick, but a cell's text may look like a place: it only tells that there are no far ones.
    (re.compile(rb"""r=["'](\d{1,9})["']"""), re.compile(rb"""r=["']([A-Z]{2,3})\d""")),
    # Elements that hold something: the reader makes no room for cells that are only formatted.
    # Tags have an end here, or one that never ends would be searched for ever.
    (
        re.compile(
            rb"""<(?:\w+:)?row\s[^<>]{0,512}?\br=["'](\d{1,9})["'][^<>]{0,512}(?<!/)>"""
            rb"(?:\s*<(?:\w+:)?c\s[^<>]{0,512}/>)*+\s*<(?:\w+:)?c\b[^<>]{0,512}(?<!/)>"
        ),
        re.compile(rb"""<(?:\w+:)?c\s[^<>]{0,512}?\br=["']([A-Z]{2,3})\d[^<>]{0,512}(?<!/)>"""),
    ),
)
_ERROR: Final = re.compile(
    rb"""<(?:\w+:)?c\s(?=[^<>]{0,512}\bt=["']e["'])"""
    rb"""[^<>]{0,512}?\br=["']([A-Z]{1,3})(\d{1,7})["'][^<>]{0,512}>"""
    rb"(?:<(?:\w+:)?f\b[^<>]{0,512}(?:/>|>[^<]*</(?:\w+:)?f>))?<(?:\w+:)?v>([^<]{1,32})<"
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
            found, quick = _look_through_part(archive, entry)
            if quick.is_far(most_cells):
                _refuse_far(archive, entry, most_cells)
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


def too_far(rows: int, columns: int) -> PermanentFailure:
    """What is said of a sheet that is too large."""
    return PermanentFailure(Code.BOMB, f"a sheet of {rows:,} rows and {columns:,} columns")


def column_index(letters: bytes | str) -> int:
    """A column's place from 0: A is 0, Z 25, AA 26."""
    text = letters.decode() if isinstance(letters, bytes) else letters
    place = 0
    for letter in text:
        place = 26 * place + ord(letter) - ord("A") + 1
    return place - 1


def _absolute(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


class _Extent:
    """How far the places in a part go, by one pair of patterns."""

    def __init__(self, row: re.Pattern[bytes], column: re.Pattern[bytes]) -> None:
        self._row, self._column = row, column
        self.rows, self.columns = 0, 26

    def take(self, block: bytes) -> None:
        self.rows = max(self.rows, *map(int, self._row.findall(block)), 0)
        columns = {*self._column.findall(block)}
        self.columns = max(self.columns, *(column_index(each) + 1 for each in columns), 0)

    def is_far(self, most_cells: int) -> bool:
        is_beyond = self.rows > SHEET_ROWS or self.columns > SHEET_COLUMNS
        return is_beyond or self.rows * self.columns > most_cells


def _look_through_part(archive: ZipFile, entry: ZipInfo) -> tuple[Errors, _Extent]:
    errors: Errors = defaultdict(dict)
    extent = _Extent(*_PLACES[0])
    with archive.open(entry) as part:
        for at, block in enumerate(_blocks(part)):
            if _DOCTYPE in block:
                raise PermanentFailure(Code.XML_DTD)
            if at == 0 and block.startswith(_WIDE) and not entry.filename.startswith(_UNREAD):
                raise PermanentFailure(Code.CORRUPT, "a part is not in UTF-8")
            extent.take(block)
            if any(each in block for each in _ERROR_TYPES):
                for letters, row, error in _ERROR.findall(block):
                    errors[int(row) - 1][column_index(letters)] = error.decode("utf-8", "replace")
        if part.tell() < entry.file_size:
            raise PermanentFailure(Code.CORRUPT, "an entry ends too early")
    return errors, extent


def _refuse_far(archive: ZipFile, entry: ZipInfo, most_cells: int) -> None:
    """Look again, now at elements alone, and no further than the first far one."""
    extent = _Extent(*_PLACES[1])
    with archive.open(entry) as part:
        for block in _blocks(part):
            extent.take(block)
            if extent.is_far(most_cells):
                raise too_far(extent.rows, extent.columns)


def _blocks(part: IO[bytes]) -> Iterator[bytes]:
    """What the part unpacks to, in blocks; a cell that one cuts begins the next one again."""
    rest = b""
    while block := part.read(_BLOCK):
        block = rest + block
        yield block
        cut = max(block.rfind(b"<", 0, -1), 0)
        cell = max(block.rfind(b"<c ", 0), block.rfind(b"<row ", 0), 0)
        rest = block[max(cell or cut, len(block) - _LONGEST_CELL) :]
