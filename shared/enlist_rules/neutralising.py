"""Cells that a spreadsheet would run as a formula, made harmless, and back.

A cell that begins with one of `SIGNS`, or with apostrophes before one of them, gets one more
apostrophe in front; reading back takes one away. Every text comes back as it was, and none begins
with a sign in between. Source of the signs: OWASP, CSV Injection.
"""

import re
from typing import Final

import polars as pl

SIGNS: Final = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20"
"""As a class of a pattern: = + - @, tab, line breaks, and their full-width forms."""
_HARMFUL: Final = rf"^('*[{SIGNS}])"
_GUARDED: Final = rf"^'('*[{SIGNS}])"
_LIKE_GUARDED: Final = rf"^('+[{SIGNS}])"


def neutralised(text: pl.Expr) -> pl.Expr:
    """Texts that no spreadsheet runs."""
    return text.str.replace(_HARMFUL, "'${1}")


def told_apart(text: pl.Expr) -> pl.Expr:
    """Texts for cells that nothing runs, such that `restored` gives them back: only what looks as
    if it had been made harmless gets an apostrophe."""
    return text.str.replace(_LIKE_GUARDED, "'${1}")


def restored(text: pl.Expr) -> pl.Expr:
    """What `neutralised` was given."""
    return text.str.replace(_GUARDED, "${1}")


def neutralised_text(text: str) -> str:
    """`neutralised` for one text."""
    return re.sub(_HARMFUL, r"'\1", text)


def restored_text(text: str) -> str:
    """`restored` for one text."""
    return re.sub(_GUARDED, r"\1", text)
