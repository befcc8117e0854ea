"""What is refused before parsing, because the library would make a stranger's number of it.

The library turns letters into digits, takes a second number for an extension, drops star codes
and swallows decimal points (contacts.md, Numbers; reliability.md, cases 65 to 85).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from enlist_rules.codes import Code
from enlist_rules.numbers.library import is_valid

# phonenumbers refuses to look at more; so do we, and so the time a cell costs is bounded.
LONGEST_TEXT: Final = 250

PLACEHOLDERS: Final = frozenset(
    {"0", "n/a", "n.a.", "na", "none", "nil", "null", "nan", "unknown", "undefined", "missing"}
    | {"#ref!", "#n/a", "#value!", "#name?", "#div/0!", "#null!", "#num!"}
)
# Patterns that Python's re and Rust's regex read alike; group 1 of EXTENSION is not part of it.
_LABEL: Final = (
    r"(?:;ext=|e?xt(?:ensi(?:o|ó)n?)?\.?|extn?\.?|доб\.?|anexo|poste|int\.?|x|#|~)[ :.=-]*"
)
EXTENSION: Final = rf"(?i)([0-9])[ )\].,;-]*{_LABEL}[0-9]{{1,20}}#?$|[ -]+[0-9]{{1,6}}#$"
SCIENTIFIC: Final = r"(?i)^[+-]?[0-9]+(?:[.,][0-9]*)?e[+-]?[0-9]+$"
INEXACT: Final = r"^[0-9]{16,}\.0$"  # as sheet_cells writes what is no longer exact
SIGN: Final = r"[^0-9+ ().\[\]/,;\n*#-]"
STAR_CODE: Final = r"[*#]"
PARTS: Final = r"[/,;\n]+"
_DECIMAL: Final = re.compile(r"(\+?[0-9]+)[.,]([0-9]+)")
_INEXACT: Final = re.compile(INEXACT)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A spelled text that is not missing, the same without its extension, and its region."""

    text: str
    body: str
    region: str


def _has_signs(cell: _Cell) -> bool:
    return not _is_scientific(cell) and re.search(SIGN, cell.body) is not None


def _is_scientific(cell: _Cell) -> bool:
    return re.search(SCIENTIFIC, cell.text) is not None


# By the rank of the codes.
_CHECKS: Final[tuple[tuple[Code, Callable[[_Cell], bool]], ...]] = (
    (Code.PHONE_CHARS, _has_signs),
    (Code.EXCEL_SCIENTIFIC, _is_scientific),
    (Code.EXCEL_DECIMAL, lambda cell: is_decimal(cell.text, cell.region)),
    (Code.NUMBER_PRECISION, lambda cell: _INEXACT.search(cell.text) is not None),
    (Code.MULTIPLE_NUMBERS, lambda cell: len(valid_parts(cell.body, cell.region)) > 1),
    (Code.EXTENSION, lambda cell: cell.body != cell.text),
    (Code.SHORT_CODE, lambda cell: re.search(STAR_CODE, cell.text) is not None),
)


def refusal(text: str, region: str) -> Code | None:
    """Why a spelled text must not reach the library; None when it may.

    Of several reasons the first by the rank of the codes, except that a text of more than
    `LONGEST_TEXT` characters is only measured.
    """
    if is_missing(text):
        return Code.PHONE_MISSING
    if len(text) > LONGEST_TEXT:
        return Code.PHONE_TOO_LONG
    cell = _Cell(text, without_extension(text), region)
    return next((code for code, applies in _CHECKS if applies(cell)), None)


def without_extension(text: str) -> str:
    """The text up to where an extension begins."""
    return re.sub(EXTENSION, r"\1", text)


def is_missing(text: str) -> bool:
    """Whether the text says that there is no number: a placeholder, or signs alone."""
    if len(text) > LONGEST_TEXT:
        return False
    return text.casefold() in PLACEHOLDERS or not any(sign.isalnum() for sign in text)


def is_decimal(text: str, region: str) -> bool:
    """Whether a spreadsheet has added decimals to what is a number without them."""
    halves = _DECIMAL.fullmatch(text)
    if halves is None or _INEXACT.search(text):
        return False
    two_numbers = "," in text and is_valid(halves[2], region)
    return not two_numbers and (is_valid(halves[1], region) or is_valid("+" + halves[1], region))


def valid_parts(text: str, region: str) -> list[str]:
    """The valid numbers that `/`, `,`, `;` or line breaks set apart, when there are several."""
    parts = re.split(PARTS, text)
    return [part for part in parts if is_valid(part, region)] if len(parts) > 1 else []
