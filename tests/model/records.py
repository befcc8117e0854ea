"""Bytes to rows, one character at a time: the reference reading of delimited text.

A quote opens only at the start of a field; `\\n`, `\\r\\n` and `\\r` end a row outside quotes.
"""

from dataclasses import dataclass, field

# Unicode's White_Space property; str.strip() would also take U+001C to U+001F.
WHITE_SPACE = (
    "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
# What is trimmed from a value: white space, and the zero-width marks that spreadsheets leave.
TRIMMED = WHITE_SPACE + "\u200b\u2060\ufeff"
# As surrogateescape writes them; as another encoding's decoder writes them, or an earlier program.
BAD_BYTES = frozenset(map(chr, range(0xDC80, 0xDD00))) | {"\ufffd"}
CELL_BYTES = 65_536


class FileRefused(Exception):  # noqa: N818 - the word of contacts.md: refused, not an error
    """The whole file is refused; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Row:
    """The cells of one row as they stand in the file, and what is wrong with them as cells."""

    cells: list[str] = field(default_factory=list)
    quote_fault: bool = False

    @property
    def is_blank(self) -> bool:
        return not any(cell.strip(WHITE_SPACE) for cell in self.cells)

    def faults(self, width: int) -> set[str]:
        """The record codes that concern the cells themselves, for a header `width` cells wide."""
        found = set()
        if any(char in BAD_BYTES for cell in self.cells for char in cell):
            found.add("encoding")
        if any(len(cell.encode("utf-8", "surrogateescape")) > CELL_BYTES for cell in self.cells):
            found.add("cell_too_large")
        beyond = [cell for cell in self.cells[width:] if cell.strip(WHITE_SPACE)]
        if len(self.cells) < width or beyond:
            found.add("ragged")
        if self.quote_fault:
            found.add("quote")
        return found


class _Reader:
    """Three states: at the start of a field or within a plain one, within quotes, after quotes."""

    def __init__(self, separator: str) -> None:
        self.separator = separator
        self.rows: list[Row] = []
        self.row = Row()
        self.cell = ""
        self.state = "start"

    def take(self, char: str) -> None:
        if self.state == "quoted":
            self._take_quoted(char)
        elif char == self.separator:
            self._end_cell()
        elif char in "\n\r":
            self._end_row()
        elif self.state == "start" and char == '"':
            self.state = "quoted"
        elif self.state == "closed" and char == '"':
            self.cell += '"'
            self.state = "quoted"
        else:
            self._take_plain(char)

    def finish(self) -> list[Row]:
        if self.state == "quoted":
            raise FileRefused("unterminated_quote")
        if self.row.cells or self.state != "start":
            self._end_row()
        return self.rows

    def _take_quoted(self, char: str) -> None:
        if char == '"':
            self.state = "closed"
        else:
            self.cell += char

    def _take_plain(self, char: str) -> None:
        if self.state == "closed":
            self.row.quote_fault = True
        self.cell += char
        self.state = "plain"

    def _end_cell(self) -> None:
        self.row.cells.append(self.cell)
        self.cell = ""
        self.state = "start"

    def _end_row(self) -> None:
        self._end_cell()
        self.rows.append(self.row)
        self.row = Row()


def split_rows(text: str, separator: str) -> list[Row]:
    """Every row that is not blank, in order; FileRefused when a quote is never closed.

    `\\r\\n` outside quotes ends a row and then a blank one, which is dropped anyway. Ctrl-Z at the
    very end is no text.
    """
    reader = _Reader(separator)
    for char in text.rstrip("\x1a"):
        reader.take(char)
    return [row for row in reader.finish() if not row.is_blank]
