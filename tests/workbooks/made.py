"""Workbooks part by part, so that each part may be what no program writes."""

import io
import struct
import zipfile
from collections.abc import Callable
from typing import Any, Final

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

_SPREADSHEET: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
TYPES: Final = f'<Types xmlns="{_PACKAGE}/content-types"></Types>'
RELATIONS: Final = (
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
    f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
WORKBOOK: Final = (
    f'<workbook xmlns="{_SPREADSHEET}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
WORKBOOK_RELATIONS: Final = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    "</Relationships>"
)
SHEET: Final = "xl/worksheets/sheet1.xml"
STRINGS: Final = "xl/sharedStrings.xml"
ONE: Final = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>phone</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>+447911123456</t></is></c></row>'
)
AROUND: Final = {
    "[Content_Types].xml": TYPES,
    "_rels/.rels": RELATIONS,
    "xl/workbook.xml": WORKBOOK,
    "xl/_rels/workbook.xml.rels": WORKBOOK_RELATIONS,
}
"""What a workbook needs around its sheet."""
CHECKSUM, SIZE = 16, 24  # places in an entry of the directory (APPNOTE 4.3.12)
Draw = Callable[[xlsxwriter.Workbook, Worksheet, Worksheet], object]
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sheet_of(rows: str, before: str = "") -> str:
    """A sheet's part with these rows."""
    data = f"<sheetData>{rows}</sheetData>"
    return f'<?xml version="1.0"?>{before}<worksheet xmlns="{_SPREADSHEET}">{data}</worksheet>'


def strings_of(items: str, before: str = "") -> str:
    """The part with the strings that cells share."""
    return f'<?xml version="1.0"?>{before}<sst xmlns="{_SPREADSHEET}">{items}</sst>'


def book(parts: dict[str, Any] | None = None, rows: str = ONE, before: str = "") -> bytes:
    """A workbook of one sheet; `parts` are added, or replace what is there."""
    every: dict[str, Any] = AROUND | {SHEET: sheet_of(rows, before)} | (parts or {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in every.items():
            archive.writestr(name, content)
    return out.getvalue()


def opendocument(rows: str, *, sealed: bool = False) -> bytes:
    """An OpenDocument workbook of one sheet; `sealed`: it says that it is encrypted."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    table = f'<table:table table:name="People">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", kind)
        manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        archive.writestr(
            "META-INF/manifest.xml",
            f'<m:manifest xmlns:m="{manifest}"><m:file-entry m:full-path="/"'
            f' m:media-type="{kind}">{"<m:encryption-data/>" if sealed else ""}</m:file-entry>'
            "</m:manifest>",
        )
        content = f"<office:document-content {spaces}>{body}</office:document-content>"
        archive.writestr("content.xml", content)
    return out.getvalue()


def drawn(draw: Draw, **options: Any) -> bytes:
    """A workbook of two sheets that `draw(book, first, second)` fills."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, options) as workbook:
        draw(workbook, workbook.add_worksheet("One"), workbook.add_worksheet("Two"))
    return out.getvalue()


def lying(workbook: bytes, name: str, of_field: int, value: int) -> bytes:
    """The directory says something else of an entry (`CHECKSUM`, `SIZE`) than is true."""
    changed = bytearray(workbook)
    struct.pack_into("<I", changed, workbook.rindex(name.encode()) - 46 + of_field, value)
    return bytes(changed)


def overlapping(workbook: bytes) -> bytes:
    """Every entry of the directory points at the first one."""
    changed, at = bytearray(workbook), 0
    while (at := changed.find(b"PK\x01\x02", at)) >= 0:
        struct.pack_into("<I", changed, at + 42, 0)
        at += 46
    return bytes(changed)


def encrypted() -> bytes:
    """The container that a password puts around a workbook, its directory far from the start."""
    return OLE + bytes(100_000) + "EncryptedPackage".encode("utf-16-le") + bytes(1_000)
