"""The text that a file holds: the file itself, or the sheet of a workbook."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from enlist_rules.kinds import HEAD_BYTES, is_workbook
from enlist_shared.workbooks.limits import Limits
from enlist_shared.workbooks.reading import Sheet, open_sheet


@contextmanager
def open_text(file: Path, sheet: str | None) -> Iterator[tuple[IO[bytes], Sheet | None]]:
    """A file of text, and which sheet it is; a workbook's is CSV in UTF-8.

    Refuses with PermanentFailure what `open_sheet` refuses.
    """
    with file.open("rb") as source:
        if not is_workbook(source.read(HEAD_BYTES)):
            yield source, None
            return
        with TemporaryFile() as text:
            with open_sheet(source, sheet, Limits()) as opened:
                text.writelines(opened.blocks)
            text.flush()
            yield text, opened
