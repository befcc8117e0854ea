"""What a made case is: a file, how it is imported, and which bad inputs it stands for."""

from dataclasses import dataclass, field
from typing import Any, Final

A, B, C = "+447911123456", "+447911123520", "+447911123584"
PEOPLE: Final = f"phone,first name\n{A},Anna\n{B},Bob\n"


@dataclass(frozen=True, slots=True)
class Recipe:
    """A file that is made by a script, since its bytes are odd, or too many to be kept.

    `inputs` are the numbers of the bad inputs in the list that the project began with.
    """

    inputs: tuple[int, ...]
    why: str
    data: bytes
    options: dict[str, Any] = field(default_factory=dict)


def table(*rows: str, header: str = "phone,first name", line_break: str = "\n") -> bytes:
    """Rows of text under a header."""
    return (line_break.join((header, *rows)) + line_break).encode()


def numbers(*cells: str) -> bytes:
    """One number a row, each quoted, so that it may hold anything."""
    return table(*(f'"{cell}",x' for cell in cells))
