"""Who takes part, and how their numbers are written from one file to the next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

FIRST: Final = 7_400_000_000
CALLING_CODE: Final = "+44"


def people(count: int) -> list[str]:
    """So many mobile numbers of one region, in E.164."""
    return [f"{CALLING_CODE}{FIRST + number}" for number in range(count)]


def _national(number: str) -> str:
    return "0" + number.removeprefix(CALLING_CODE)


def _wide(number: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) for char in number)


Spelling = Callable[[str], str]
SPELLINGS: Final[dict[str, Spelling]] = {
    "as stored": lambda number: number,
    "national": lambda number: f"{_national(number)[:5]} {_national(number)[5:]}",
    "dialled": lambda number: f"00{number[1:3]} {number[3:7]}-{number[7:]}",
    "bare": lambda number: number[1:],
    "without its zero": lambda number: number[3:],
    "guarded": lambda number: f'"=""{number}"""',
    "bracketed": lambda number: f"({_national(number)[:5]}) {_national(number)[5:8]}.{number[-3:]}",
    "full-width": _wide,
    "as a link": lambda number: f"tel:{number}",
}
STATED: Final = {"consent": {"source": "spring fair", "evidence": "signed sheet 12"}}
OUT: Final = {"purpose": "opt_out"}


@dataclass(frozen=True, slots=True)
class File:
    """A file of some people: how they are spelled, what they are called, what it says of them."""

    numbers: Sequence[str]
    spelling: str
    name: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    whatsapp: str = ""

    @property
    def body(self) -> bytes:
        spell = SPELLINGS[self.spelling]
        rows = (f"{spell(number)},{self.name},{self.whatsapp}\n" for number in self.numbers)
        return ("phone,first name,whatsapp\n" + "".join(rows)).encode()
