"""What a workbook's cell says, as text: the one rule, so that a sheet reads as its CSV would."""

from datetime import date, datetime, time, timedelta
from typing import Final

CellValue = str | float | bool | date | time | timedelta  # a float also stands for an int
_EXACT_BELOW: Final = 10**15  # spreadsheets keep 15 digits


def cell_text(value: CellValue) -> str:
    """A cell's value as text.

    Whole numbers are their digits; with more than 15 digits they are not exact, and `.0` behind
    them says so. Days are `YYYY-MM-DD`, also those that carry midnight.
    """
    match value:
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return _number_text(value)
        case timedelta():
            return _duration_text(value)
    return _moment_text(value)


def _number_text(value: float) -> str:
    if not float(value).is_integer():
        return repr(value)
    digits = str(int(value))
    return digits if abs(value) < _EXACT_BELOW else f"{digits}.0"


def _moment_text(value: date | time) -> str:
    if isinstance(value, datetime):
        is_day = value.time() == time()
        return value.date().isoformat() if is_day else value.isoformat(" ", "seconds")
    return value.isoformat()


def _duration_text(value: timedelta) -> str:
    """Hours that may be more than a day's, as spreadsheets show them."""
    seconds = round(value.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    return f"{'-' if seconds < 0 else ''}{hours}:{rest // 60:02}:{rest % 60:02}"
