"""Writes a sample as CSV."""

import csv
from itertools import islice
from typing import Final, TextIO

from enlist.samples.chance import Chance
from enlist.samples.rows import MESSY_HEADER, PLAIN_HEADER, messy_rows, plain_rows

BLANK_ROWS: Final = 0.005  # a share of the rows, on top of them


def write_sample(
    out: TextIO, rows: int, seed: int, *, plain: bool = False, columns: int | None = None
) -> None:
    """Write a header and so many records; in a messy file blank rows come on top.

    `columns` keeps the first ones only. The text depends on nothing but the arguments; `out`
    must not translate line ends.
    """
    chance = Chance(seed)
    header, made = (
        (PLAIN_HEADER, plain_rows(chance)) if plain else (MESSY_HEADER, messy_rows(chance))
    )
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header[:columns])
    for row in islice(made, rows):
        if not plain and chance.happens(BLANK_ROWS):
            writer.writerow([""] * len(header[:columns]))
        writer.writerow(row[:columns])
