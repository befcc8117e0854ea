"""The columns of a text while their meaning is being found, and what their values say."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

from enlist_rules.cleaning import INVISIBLE, TRIM
from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.fields import CUSTOM_NAME_LIMIT, CUSTOM_PREFIX
from enlist_rules.header import folded, is_number, looks_like_number
from enlist_rules.numbers.regions import region_of
from enlist_rules.numbers.spelling import spelled

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_MOSTLY: Final = 0.5
_USABLE: Final = 0.9


class Columns:
    """Header cells (made-up names without a header), sampled rows, and the targets found so far.

    `targets[i]` is None until the meaning of column i is known.
    """

    def __init__(self, names: Sequence[str], rows: Sequence[Sequence[str]], region: str) -> None:
        self.names = tuple(names)
        self.keys = tuple(map(folded, names))
        self.targets: list[str | None] = [None] * len(self.names)
        self._rows = rows
        self._region = region

    def free(self, keys: Callable[[str], bool] = lambda _: True) -> list[int]:
        """The columns without a target whose folded names are wanted."""
        return [
            index
            for index, key in enumerate(self.keys)
            if self.targets[index] is None and keys(key)
        ]

    def assign(self, index: int, target: str) -> None:
        """Give a column its target; two columns for one is `header_duplicate`."""
        if target in self.targets:
            other = self.names[self.targets.index(target)]
            raise PermanentFailure(
                Code.HEADER_DUPLICATE, f"{other!r} and {self.names[index]!r} are both {target}"
            )
        self.targets[index] = target

    def custom_target(self, index: int) -> str:
        """`custom.` and the column's name, visible, on one line, cut to its limit."""
        visible = "".join(
            " " if char in TRIM else char
            for char in unicodedata.normalize("NFC", self.names[index])
            if char not in INVISIBLE and (char in TRIM or unicodedata.category(char) != "Cc")
        )
        name = " ".join(visible.split())[:CUSTOM_NAME_LIMIT].rstrip()
        return CUSTOM_PREFIX + (name or f"column {index + 1}")

    def is_empty(self, index: int) -> bool:
        """Whether no sampled row has a value here."""
        return not self._values(index)

    def is_mostly_emails(self, index: int) -> bool:
        return self._share(index, lambda cell: bool(_EMAIL.fullmatch(cell))) >= _MOSTLY

    def holds_regions(self, index: int) -> bool:
        """Whether the values are ISO alpha-2 or calling codes, but for a few."""
        return self._share(index, lambda cell: region_of(cell) is not None) >= _USABLE

    def number_share(self, index: int) -> float:
        """How many values are valid numbers, a little more when they begin with `+` or `0`.

        0 unless the values are mostly written like numbers; customer numbers are that, too.
        """
        if self._share(index, looks_like_number) < _MOSTLY:
            return 0.0
        valid = self._share(index, lambda cell: is_number(cell, self._region))
        return valid + 0.01 * self._share(index, lambda cell: spelled(cell).startswith(("+", "0")))

    def _values(self, index: int) -> list[str]:
        cells = (row[index].strip(TRIM) for row in self._rows if index < len(row))
        return [cell for cell in cells if cell]

    def _share(self, index: int, rule: Callable[[str], bool]) -> float:
        values = self._values(index)
        return sum(map(rule, values)) / len(values) if values else 0.0
