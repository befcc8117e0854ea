"""What goes away before a number is read: foreign digits, invisible marks, spreadsheet guards.

`spelled` does it for one text, `spell` for many; it touches only the rows that hold something else
than a plus and digits.
"""

import re
import unicodedata
from typing import Final

import polars as pl

from enlist_rules.cleaning import INVISIBLE, LINE_BREAKS, TRIM

_DASHES: Final = (
    "\u058a\u05be\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2e3a\u2e3b\u30fc\ufe58\ufe63"
)


def _same_meaning() -> dict[str, str]:
    """Every single character that stands for an ASCII one, or for nothing, in a number."""
    meaning = dict.fromkeys(TRIM, " ") | dict.fromkeys(LINE_BREAKS, "\n")
    meaning |= dict.fromkeys(_DASHES, "-")
    meaning |= {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    meaning |= dict.fromkeys(INVISIBLE, "")
    # The decimal digits of all scripts lie in the first two planes of Unicode.
    beyond_ascii = "".join(map(chr, range(0x80, 0x20000)))
    meaning |= {digit: str(unicodedata.digit(digit)) for digit in re.findall(r"\d", beyond_ascii)}
    return meaning


_MEANING: Final = _same_meaning()
_TRANSLATION: Final = str.maketrans(_MEANING)
_EDGES: Final = " \n"
# Each is taken off once, in this order. Python's re and Rust's regex read them alike.
_GUARDS: Final = (
    (r'(?s)^= *"(.*)"$', r"\1", "${1}"),
    (r"^['’‘`]+", "", ""),
    (r"^(?:[Tt][Ee][Ll]|[Cc][Aa][Ll][Ll][Tt][Oo]):", "", ""),
)
_SEPARATORS: Final = r"[ ().\[\]-]"
_PLAIN: Final = rf"^{_SEPARATORS}*\+?{_SEPARATORS}*[0-9](?:[0-9]|{_SEPARATORS})*$"
_COMPACT: Final = r"^(?:\+[0-9]{5,20}|[0-9]{3,20})$"
_LONGEST_PLAIN: Final = 60


def spelled(text: str) -> str:
    """The text with ASCII digits, plain separators and line breaks, without marks and guards."""
    text = text.translate(_TRANSLATION).strip(_EDGES)
    for guard, kept, _ in _GUARDS:
        text = re.sub(guard, kept, text).strip(_EDGES)
    return text


def spell(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """`spelled` of every value, and the same as `compact` digits."""
    done = values.str.contains(_COMPACT).fill_null(value=False)
    if done.all():
        return values, values
    rows = (~done).arg_true()
    texts = _respelled(values.gather(rows))
    return values.clone().scatter(rows, texts), values.clone().scatter(rows, compact(texts))


def compact(texts: pl.Series) -> pl.Series:
    """A + and 5 to 20 ASCII digits, or 3 to 20; null where a spelled text is something else.

    Not null means that the library sees in the text what it sees in these digits, and that no
    reason to refuse it before parsing can apply.
    """
    text, digits = pl.col("text"), pl.col("digits")
    separators = text.str.len_bytes() - digits.str.len_bytes()
    perhaps_decimal = (separators == 1) & text.str.contains(".", literal=True)
    short = text.str.len_bytes() <= _LONGEST_PLAIN
    frame = texts.alias("text").to_frame()
    frame = frame.with_columns(digits=text.str.replace_all(_SEPARATORS, ""))
    usable = digits.str.contains(_COMPACT) & short & ~perhaps_decimal
    return frame.select(pl.when(usable).then(digits)).to_series()


def _respelled(values: pl.Series) -> pl.Series:
    texts = values.str.strip_chars(_EDGES)
    plain = texts.str.contains(_PLAIN).fill_null(value=False)
    rows = (~plain & values.is_not_null()).arg_true()
    if rows.len() == 0:
        return texts
    odd = pl.col("text").str.replace_many(_MEANING).str.strip_chars(_EDGES)
    for guard, _, kept in _GUARDS:
        odd = odd.str.replace(guard, kept).str.strip_chars(_EDGES)
    return texts.scatter(rows, values.gather(rows).alias("text").to_frame().select(odd).to_series())
