"""The child: a workbook on standard input, its sheet as CSV on standard output.

Before the CSV goes one line of JSON, the sheets; a refusal is one line of JSON on standard error.
"""

import encodings.cp437  # noqa: F401 - names in zip archives; nothing can be imported later
import io
import json
import sys
from contextlib import closing
from dataclasses import asdict
from typing import IO, Any, Final
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - it is a class

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from enlist_rules.codes import Code, PermanentFailure
from enlist_shared.workbooks.confinement import confine
from enlist_shared.workbooks.directory import judge_directory
from enlist_shared.workbooks.limits import Limits
from enlist_shared.workbooks.parts import Errors, look_through, sheet_parts
from enlist_shared.workbooks.passwords import (
    refuse_encrypted_archive,
    refuse_encrypted_container,
)
from enlist_shared.workbooks.sheets import choose, write_csv

_CELL_BYTES: Final = 32  # what the reader takes for a cell, empty or not, and some room
_BUFFER: Final = 1_048_576
_DAMAGED: Final = (CalamineError, BadZipFile, ZlibError, EOFError, KeyError, ParseError, ValueError)


def main(source: IO[bytes], out: io.RawIOBase, said: dict[str, Any]) -> None:
    """Write the sheet; `said` holds `sheet` (or null) and `limits`."""
    limits = Limits(**said["limits"])
    confine(limits)
    most_cells = limits.memory_bytes // _CELL_BYTES
    errors, parts = _examine(source, most_cells)
    source.seek(0)
    with closing(CalamineWorkbook.from_filelike(source)) as workbook:
        chosen = choose(workbook, said["sheet"])
        sheet = workbook.get_sheet_by_name(chosen.sheet)
        with io.TextIOWrapper(io.BufferedWriter(out, _BUFFER), "utf-8", newline="") as text:
            text.write(json.dumps(asdict(chosen)) + "\n")
            write_csv(sheet, errors.get(parts.get(chosen.sheet, ""), {}), most_cells, text)


def _examine(source: IO[bytes], most_cells: int) -> tuple[dict[str, Errors], dict[str, str]]:
    """Formula errors by part, and parts by sheet; old workbooks have neither."""
    if source.read(2) != b"PK":
        refuse_encrypted_container(source.read())
        return {}, {}
    with ZipFile(source) as archive:
        judge_directory(archive.infolist())
        refuse_encrypted_archive(archive)
        errors = look_through(archive, most_cells)
        return errors, sheet_parts(archive) if any(errors.values()) else {}


def _refusal(error: BaseException) -> PermanentFailure:
    """What an error of the reader means to the importer, who never sees its own words."""
    match error:
        case PermanentFailure():
            return error
        case MemoryError():
            return PermanentFailure(Code.BOMB, "it needs more memory than it is given")
        case PasswordError():
            return PermanentFailure(Code.ENCRYPTED)
        case _:
            return PermanentFailure(Code.CORRUPT, "the workbook cannot be read")


if __name__ == "__main__":
    try:
        main(sys.stdin.buffer, io.FileIO(1, "w"), json.loads(sys.argv[1]))
    except (PermanentFailure, MemoryError, *_DAMAGED) as error:
        refusal = _refusal(error)
        sys.exit(json.dumps({"code": refusal.code, "detail": refusal.detail}))
