"""A sheet as the services read it: by a child."""

import csv
import io
from dataclasses import dataclass
from tempfile import TemporaryFile

import psutil

from enlist_shared.workbooks.limits import Limits
from enlist_shared.workbooks.reading import open_sheet


@dataclass(frozen=True, slots=True)
class Read:
    """What a child said of a workbook."""

    sheet: str
    others: tuple[str, ...]
    text: bytes

    @property
    def rows(self) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.text.decode(), newline="")))


def readers() -> list[psutil.Process]:
    """The children of this process that read workbooks; it may have others."""
    children = psutil.Process().children()
    return [child for child in children if "enlist_shared.workbooks" in child.cmdline()]


def read(workbook: bytes, sheet: str | None = None, limits: Limits | None = None) -> Read:
    """All of a sheet."""
    with TemporaryFile() as file:
        file.write(workbook)
        with open_sheet(file, sheet, limits or Limits()) as opened:
            return Read(opened.name, opened.others, b"".join(opened.blocks))
