"""Pasted numbers as a table of one column, so that they are read like any other text."""

import re
from collections.abc import Iterator
from typing import Final

from enlist_rules.cleaning import LINE_BREAKS, TRIM
from enlist_rules.fields import Field
from enlist_rules.header import looks_like_number

SEPARATOR: Final = ","
_LINES: Final = re.compile(f"\r\n|[{LINE_BREAKS}]")
_BETWEEN: Final = re.compile("[,;\t]")
_PLAIN: Final = re.compile(r"\+?[0-9]{6,17}")


def numbers_table(text: str) -> bytes:
    """A CSV text in UTF-8: a header, then one record a number, as `pasted_numbers` finds them."""
    cells = (cell.replace('"', '""') for cell in pasted_numbers(text))
    rows = (f'"{cell}"\n' for cell in cells)
    return "".join((f"{Field.PHONE_NUMBER}\n", *rows)).encode()


def pasted_numbers(text: str) -> Iterator[str]:
    """The numbers of a paste, in its order, trimmed, without blank ones.

    One a line. Commas, semicolons and tabs separate, too, where every part of the line is written
    like a number; any other line is one number, whatever it holds.
    """
    for line in _LINES.split(text):
        parts = [part for part in (part.strip(TRIM) for part in _BETWEEN.split(line)) if part]
        if len(parts) > 1 and not all(map(_is_written_like_one, parts)):
            yield line.strip(TRIM)
        else:
            yield from parts


def _is_written_like_one(part: str) -> bool:
    return bool(_PLAIN.fullmatch(part)) or looks_like_number(part)
