"""Workbooks in the binary formats that no library of ours writes, with next to nothing in them."""

import io
import struct
import zipfile
from collections.abc import Sequence
from typing import Final

from xlwt.CompoundDoc import XlsDoc

Cell = str | float | bool
DAY_STYLE: Final = 1
"""Numbers of this style are days."""
_BUILT_IN_DATE: Final = 14  # the number format m/d/yyyy
_STREAMS: Final = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book"))
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_SHEET_ID: Final = "rId1"


def xlsb(rows: Sequence[Sequence[Cell | None]], days: frozenset[int] = frozenset()) -> bytes:
    """An Excel Binary Workbook (MS-XLSB) of one sheet; `days` are the columns that are days."""
    relation = f'<Relationship Id="{_SHEET_ID}" Target="worksheets/sheet1.bin"/>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.bin", _xlsb_workbook())
        relations = f'<Relationships xmlns="{_PACKAGE}">{relation}</Relationships>'
        archive.writestr("xl/_rels/workbook.bin.rels", relations)
        styles = [struct.pack("<HH12x", 0, _BUILT_IN_DATE * style) for style in (0, DAY_STYLE)]
        xfs = b"".join(_xlsb_record(47, style) for style in styles)
        archive.writestr("xl/styles.bin", _xlsb_record(617, struct.pack("<I", 2)) + xfs)
        archive.writestr("xl/worksheets/sheet1.bin", _xlsb_sheet(rows, days))
    return out.getvalue()


def biff5(rows: Sequence[Sequence[str | float]], *, sealed: bool = False) -> bytes:
    """A workbook of Excel 5.0/95 (BIFF5) of one sheet; `sealed`: it says that it is encrypted."""

    def beginning(kind: int) -> bytes:
        return _biff_record(0x0809, struct.pack("<HHHH", 0x0500, kind, 0, 1995))

    file_pass = _biff_record(0x002F, struct.pack("<HH", 1, 1)) if sealed else b""
    page = _biff_record(0x0042, struct.pack("<H", 1252))
    end = _biff_record(0x000A, b"")
    before = beginning(5) + file_pass + page
    name = b"People"
    sheet_at = len(before) + 4 + 7 + len(name) + len(end)
    bound = struct.pack("<IHB", sheet_at, 0, len(name)) + name
    cells = b"".join(
        _biff5_cell(row, column, cell)
        for row, line in enumerate(rows)
        for column, cell in enumerate(line)
    )
    stream = before + _biff_record(0x0085, bound) + end + beginning(0x10) + cells + end
    out = io.BytesIO()
    XlsDoc().save(out, stream)
    workbook, book = _STREAMS
    return out.getvalue().replace(workbook, book + bytes(len(workbook) - len(book)))


def _biff_record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _biff5_cell(row: int, column: int, cell: str | float) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(cell, str):
        text = cell.encode("cp1252")
        return _biff_record(0x0204, place + struct.pack("<H", len(text)) + text)
    return _biff_record(0x0203, place + struct.pack("<d", cell))


def _xlsb_record(kind: int, body: bytes = b"") -> bytes:
    """Kind and length take as many bytes as they need, seven bits each (MS-XLSB 2.1.4)."""
    return _sevens(kind) + _sevens(len(body)) + body


def _sevens(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _xlsb_workbook() -> bytes:
    bundle = struct.pack("<II", 0, 1) + _wide(_SHEET_ID) + _wide("People")
    kinds = ((131, b""), (153, bytes(12)), (143, b""), (156, bundle), (144, b""), (132, b""))
    return b"".join(_xlsb_record(kind, body) for kind, body in kinds)


def _xlsb_sheet(rows: Sequence[Sequence[Cell | None]], days: frozenset[int]) -> bytes:
    size = struct.pack("<IIII", 0, len(rows), 0, max(map(len, rows)))
    parts = [_xlsb_record(129), _xlsb_record(148, size), _xlsb_record(145)]
    for number, row in enumerate(rows):
        parts.append(_xlsb_record(0, struct.pack("<I13x", number)))
        for column, cell in enumerate(row):
            if cell is not None:
                style = DAY_STYLE if column in days and not isinstance(cell, str) else 0
                kind, body = _xlsb_value(cell)
                parts.append(_xlsb_record(kind, struct.pack("<II", column, style) + body))
    return b"".join([*parts, _xlsb_record(146), _xlsb_record(130)])


def _xlsb_value(cell: Cell) -> tuple[int, bytes]:
    match cell:
        case bool():
            return 4, bytes([cell])
        case str():
            return 6, _wide(cell)
    return 5, struct.pack("<d", cell)
