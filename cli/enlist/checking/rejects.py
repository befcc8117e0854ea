"""The rejected records of a checked file, in the file's own columns, with the reasons."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Final

from enlist.checking.chunk import CheckedChunk
from enlist_rules.layout import Layout
from enlist_rules.options import NumberRules
from enlist_rules.returned_rows import Shape, csv_header, csv_rows, rejects_told, returned_rows

_AT_ONCE: Final = 8  # chunks whose rejects are in memory


def write_rejects(
    out: Path,
    read: Callable[[int, int], bytes],
    chunks: Sequence[CheckedChunk],
    shape: Shape,
    line_break: str,
    pool: Executor,
) -> None:
    """Write them as CSV; `read` gives the bytes of the checked file from one place to another."""

    def lines(chunk: CheckedChunk) -> bytes:
        cut, told = chunk.cut, rejects_told(chunk.rejects)
        rows = returned_rows(read(cut.start, cut.end), shape, cut.first_record, told)
        return csv_rows(rows, shape.separator, line_break)

    wanted = [chunk for chunk in chunks if chunk.rejects.height]
    with out.open("wb") as file:
        file.write(csv_header(shape, line_break))
        for at in range(0, len(wanted), _AT_ONCE):
            file.writelines(pool.map(lines, wanted[at : at + _AT_ONCE]))


def shape_of(layout: Layout, numbers: NumberRules) -> Shape:
    """How the chunks of a text are to be read."""
    return Shape(
        encoding=layout.dialect.encoding,
        separator=layout.dialect.separator,
        has_header=layout.has_header,
        columns=layout.columns,
        mapping=layout.mapping,
        numbers=numbers,
    )
