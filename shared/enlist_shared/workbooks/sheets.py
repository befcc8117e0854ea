"""Which sheet of a workbook is meant, and its cells as CSV."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import IO, Final

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.sheet_cells import CellValue, cell_text
from enlist_shared.workbooks.parts import Errors, too_far

_NAMES_SHOWN: Final = 20
_BREAK: Final = "\r\n"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The sheet that is read, and the names of the others."""

    sheet: str
    others: tuple[str, ...]


def choose(workbook: CalamineWorkbook, said: str | None) -> Chosen:
    """The sheet of this name, hidden or not; without a name the first one that is visible.

    Raises:
        PermanentFailure: `options`, when there is no such sheet; `empty`, when none is visible.
    """
    sheets = [each for each in workbook.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    found = _named(sheets, said) if said is not None else _first_visible(sheets)
    return Chosen(found, tuple(each.name for each in sheets if each.name != found))


def write_csv(sheet: CalamineSheet, errors: Errors, most_cells: int, out: IO[str]) -> None:
    """Every cell as text, from A1 on, each row as wide as the sheet.

    Raises:
        PermanentFailure: `bomb`; the reader makes no room before the first cell, but a CSV does.
    """
    if sheet.start is None or sheet.end is None:
        return
    rows, columns = sheet.end[0] + 1, sheet.end[1] + 1
    if rows * columns > most_cells:
        raise too_far(rows, columns)
    indent = [""] * sheet.start[1]
    # Both characters of the break are quoted in a cell, whichever of them it holds.
    write_quoted = csv.writer(out, lineterminator=_BREAK).writerow
    for row, cells in enumerate(sheet.iter_rows()):
        texts = _texts(indent + cells, errors.get(row, {}))
        line = ",".join(texts)
        # Most rows need no quotes; joining them takes a fourth of the writer's time.
        if '"' in line or "\r" in line or "\n" in line or line.count(",") >= len(texts):
            write_quoted(texts)
        else:
            out.write(line + _BREAK)


def _texts(cells: list[CellValue], errors: Mapping[int, str]) -> list[str]:
    texts = [cell if type(cell) is str else cell_text(cell) for cell in cells]
    for column, error in errors.items():
        if column < len(texts):
            texts[column] = error
    return texts


def _named(sheets: Iterable[SheetMetadata], said: str) -> str:
    names: Mapping[str, str] = {each.name.casefold(): each.name for each in sheets}
    if said.casefold() not in names:
        there = ", ".join([*names.values()][:_NAMES_SHOWN])
        raise PermanentFailure(Code.OPTIONS, f"there is no sheet {said!r}, only: {there}")
    return names[said.casefold()]


def _first_visible(sheets: Iterable[SheetMetadata]) -> str:
    for each in sheets:
        if each.visible == SheetVisibleEnum.Visible:
            return each.name
    raise PermanentFailure(Code.EMPTY, "the workbook has no visible sheet")
