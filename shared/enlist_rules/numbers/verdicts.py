"""What has been decided about many cells, row by row."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from enlist_rules.codes import RECORD_RANK, Code

Rows = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

_OPEN: Final = 0
_ACCEPTED: Final = 1
_CODES: Final = tuple(RECORD_RANK)
_STATE_OF: Final = {code: state for state, code in enumerate(_CODES, start=2)}
_CODE_OF_STATE: Final = pl.Series([None, None, *map(str, _CODES)], dtype=pl.String)
_WARNINGS: Final = pl.Series([None, str(Code.LEADING_ZERO_RESTORED)], dtype=pl.String)


@dataclass(slots=True)
class Verdicts:
    """One state per row: open, accepted, or a code. Accepted numbers lie in parts."""

    state: npt.NDArray[np.uint8]
    fixed_line: Flags
    restored: Flags
    parts: list[tuple[Rows, pl.Series]] = field(default_factory=list)

    @classmethod
    def undecided(cls, height: int) -> "Verdicts":
        """Nothing is decided about any of `height` rows."""
        flags = np.zeros(height, dtype=np.bool_)
        return cls(np.zeros(height, dtype=np.uint8), flags, flags.copy())

    def open_rows(self) -> Rows:
        """The rows that nothing is decided about, ascending."""
        return np.flatnonzero(self.state == _OPEN)

    def carry(self, *codes: Code) -> Flags:
        """The rows that have one of these codes."""
        return np.isin(self.state, [_STATE_OF[code] for code in codes])

    def reject(self, rows: Rows, code: Code) -> None:
        """Give the rows a code."""
        self.state[rows] = _STATE_OF[code]

    def accept(self, rows: Rows, numbers: pl.Series, fixed_line: Flags, restored: Flags) -> None:
        """Give the rows, ascending, their numbers in E.164."""
        if rows.size == 0:
            return
        self.state[rows] = _ACCEPTED
        self.fixed_line[rows] = fixed_line
        self.restored[rows] = restored
        self.parts.append((rows, numbers))

    def frame(self) -> pl.DataFrame:
        """`number`, `code`, `fixed_line`, `warning` in the order of the rows."""
        return pl.DataFrame(
            {
                "number": assembled(self.parts, self.state.size),
                "code": _CODE_OF_STATE.gather(self.state.astype(np.uint32)),
                "fixed_line": self.fixed_line,
                "warning": _WARNINGS.gather(self.restored.astype(np.uint32)),
            }
        )


def assembled(parts: list[tuple[Rows, pl.Series]], height: int) -> pl.Series:
    """The texts of all parts, each in its rows; null in rows that no part names."""
    if len(parts) == 1 and parts[0][0].size == height:
        return parts[0][1].rechunk()
    nothing = pl.Series([None], dtype=pl.String)
    texts = pl.concat([nothing, *(part for _, part in parts)], rechunk=True)
    place = np.zeros(height, dtype=np.uint32)
    filled = 1
    for rows, part in parts:
        place[rows] = np.arange(filled, filled + len(part))
        filled += len(part)
    return texts.gather(place)
