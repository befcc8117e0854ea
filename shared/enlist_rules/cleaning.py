"""What counts as blank and what is invisible in a cell: one definition for Python and Polars."""

from typing import Final

import polars as pl

# Unicode's White_Space property, and the marks without width that spreadsheets leave at the edges.
# Spelled out because Python's str.strip and Rust's trim disagree (U+001C to U+001F, U+0085).
TRIM: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\u200b\u2060\ufeff"
)
LINE_BREAKS: Final = "\n\v\f\r\x85\u2028\u2029"
# Zero-width marks, bidirectional controls, soft hyphen, byte order mark, variation selectors.
INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufe0e\ufe0f\ufeff"
)


def trimmed(text: pl.Expr) -> pl.Expr:
    """The text without the characters of `TRIM` at either end."""
    return text.str.strip_chars(TRIM)
