"""Workbooks that are damaged or mean harm, and the code that each one ends with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.workbooks.binary import biff5
from tests.workbooks.made import (
    CHECKSUM,
    ONE,
    SHEET,
    SIZE,
    STRINGS,
    WORKBOOK_RELATIONS,
    book,
    encrypted,
    lying,
    opendocument,
    overlapping,
    sheet_of,
    strings_of,
)

from enlist_rules.codes import Code

LAUGHS: Final = "<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>"
STEALS: Final = "<!DOCTYPE s [<!ENTITY h SYSTEM 'file:///etc/hostname'>]>"
LAST_PLACE: Final = (
    '<table:table-row table:number-rows-repeated="1048575"><table:table-cell/></table:table-row>'
    '<table:table-row><table:table-cell table:number-columns-repeated="16383"/>'
    '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    "</table:table-row>"
)
_STRING: Final = '<row r="1"><c r="A1" t="s"><v>{}</v></c></row>'
_STYLES: Final = "<styleSheet><cellXfs>{}</cellXfs></styleSheet>"


@dataclass(frozen=True, slots=True)
class Hostile:
    """`inputs` are the numbers of the bad inputs in the list that the project began with."""

    code: Code
    make: Callable[[], bytes]
    inputs: tuple[int, ...] = ()


HOSTILE: Final[dict[str, Hostile]] = {
    "a cell in the last place there is": Hostile(
        Code.BOMB,
        lambda: book(rows=ONE + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        (53,),
    ),
    "a row that no program has": Hostile(
        Code.BOMB,
        lambda: book(rows=ONE + '<row r="9999999"><c r="A9999999"><v>1</v></c></row>'),
    ),
    "a far cell that is not said to be far": Hostile(
        Code.BOMB,
        lambda: book(rows=ONE + '<row r="3"><c r="XFD1048576"><v>1</v></c></row>'),
        (53,),
    ),
    "a far cell beyond the first block": Hostile(
        Code.BOMB,
        lambda: book(rows=ONE * 9_000 + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    ),
    "ten million rows": Hostile(
        Code.BOMB, lambda: book(rows="<row><c><v>1</v></c></row>" * 10_000_000), (52,)
    ),
    "one cell of 100 MB": Hostile(
        Code.BOMB,
        lambda: book({STRINGS: strings_of(f"<si><t>{'a' * 100_000_000}</t></si>")}),
    ),
    "entries that overlap": Hostile(Code.BOMB, lambda: overlapping(book()), (58,)),
    "too many entries": Hostile(
        Code.BOMB,
        lambda: book({f"xl/media/{number}": "" for number in range(10_001)}),
    ),
    "billion laughs in the strings": Hostile(
        Code.XML_DTD,
        lambda: book({STRINGS: strings_of("<si><t>&b;</t></si>", LAUGHS)}),
        (54,),
    ),
    "a document type in the sheet": Hostile(Code.XML_DTD, lambda: book(before=STEALS), (55,)),
    "a document type behind a comment": Hostile(
        Code.XML_DTD,
        lambda: book(before=f"<!--{'x' * 2_000_000}-->{LAUGHS}"),
        (54, 55),
    ),
    "a document type in the relations": Hostile(
        Code.XML_DTD,
        lambda: book({"xl/_rels/workbook.xml.rels": STEALS + WORKBOOK_RELATIONS}),
    ),
    "a part in UTF-16": Hostile(
        Code.CORRUPT, lambda: book({SHEET: sheet_of(ONE).encode("utf-16")})
    ),
    "a password": Hostile(Code.ENCRYPTED, encrypted, (56,)),
    "a name that leads out": Hostile(Code.ARCHIVE, lambda: book({"../../etc/x": "x"})),
    "a name from the root": Hostile(Code.ARCHIVE, lambda: book({"/etc/x": "x"})),
    "the end is missing": Hostile(Code.CORRUPT, lambda: book()[:-200], (58,)),
    "an entry is larger than it says": Hostile(
        Code.CORRUPT, lambda: lying(book(), SHEET, SIZE, 50), (58,)
    ),
    "an entry is smaller than it says": Hostile(
        Code.CORRUPT,
        lambda: lying(book(), SHEET, SIZE, 9_000),
        (58,),
    ),
    "a byte has changed": Hostile(Code.CORRUPT, lambda: lying(book(), SHEET, CHECKSUM, 1), (58,)),
    "no sheets": Hostile(Code.EMPTY, lambda: book({"xl/workbook.xml": "<workbook/>"})),
    "a sheet without its part": Hostile(
        Code.CORRUPT,
        lambda: book({"xl/_rels/workbook.xml.rels": "<Relationships/>"}),
    ),
    "a string that is not there": Hostile(
        Code.CORRUPT,
        lambda: book({STRINGS: strings_of("<si><t>a</t></si>")}, rows=_STRING.format(99)),
        (64,),
    ),
    "no XML": Hostile(Code.CORRUPT, lambda: book({SHEET: "<worksheet><sheetData><row"})),
    "a million styles": Hostile(
        Code.BOMB,
        lambda: book({"xl/styles.xml": _STYLES.format('<xf numFmtId="14"/>' * 1_000_000)}),
        (64,),
    ),
    "a password, saved as Excel 95": Hostile(
        Code.ENCRYPTED, lambda: biff5([["phone"]], sealed=True), (56,)
    ),
    "a password, saved as OpenDocument": Hostile(
        Code.ENCRYPTED, lambda: opendocument("", sealed=True), (56,)
    ),
    "a cell in the last place there is, in OpenDocument": Hostile(
        Code.BOMB, lambda: opendocument(LAST_PLACE)
    ),
}
