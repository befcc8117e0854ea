"""The rejected records of a checked file, in the file's own columns, with the reasons."""

from collections.abc import Callable, Sequence
from pathlib import Path

from enlist.checking.chunk import CheckedChunk
from enlist_rules.layout import Layout
from enlist_rules.options import NumberRules
from enlist_rules.returned_rows import Shape, csv_header, csv_rows, rejects_told, returned_rows


def write_rejects(
    out: Path,
    read: Callable[[int, int], bytes],
    chunks: Sequence[CheckedChunk],
    layout: Layout,
    numbers: NumberRules,
) -> None:
    """Write them as CSV, a chunk at a time; `read` gives the bytes from one place to another."""
    dialect = layout.dialect
    shape = Shape(
        encoding=dialect.encoding,
        separator=dialect.separator,
        has_header=layout.has_header,
        columns=layout.columns,
        mapping=layout.mapping,
        numbers=numbers,
    )
    with out.open("wb") as file:
        file.write(csv_header(shape, dialect.line_break))
        for chunk in chunks:
            if chunk.rejects.height:
                cut, told = chunk.cut, rejects_told(chunk.rejects)
                rows = returned_rows(read(cut.start, cut.end), shape, cut.first_record, told)
                file.write(csv_rows(rows, dialect.separator, dialect.line_break))
