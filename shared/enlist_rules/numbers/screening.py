"""What is refused before parsing without a look at the library, for many cells."""

from typing import Final

import polars as pl

from enlist_rules.codes import Code
from enlist_rules.numbers.refusals import (
    EXTENSION,
    INEXACT,
    LONGEST_TEXT,
    PARTS,
    PLACEHOLDERS,
    SCIENTIFIC,
    SIGN,
    STAR_CODE,
)
from enlist_rules.numbers.verdicts import Rows, Verdicts

_TEXT: Final = pl.col("text")
_BODY: Final = pl.col("body")


def screen(verdicts: Verdicts, rows: Rows, texts: pl.Series) -> None:
    """Twin of `refusal` where it does not ask the library; ASCII texts alone."""
    plain = (
        (_TEXT.str.len_bytes() == _TEXT.str.len_chars())
        & (_TEXT.str.len_bytes() <= LONGEST_TEXT)
        & _TEXT.str.contains("[0-9A-Za-z]")
        & ~_TEXT.str.to_lowercase().is_in(list(PLACEHOLDERS))
    )
    scientific = _TEXT.str.contains(SCIENTIFIC)
    single = ~_BODY.str.contains(PARTS)
    code = (
        pl.when(~plain)
        .then(None)
        .when(scientific)
        .then(pl.lit(Code.EXCEL_SCIENTIFIC.value))
        .when(_TEXT.str.contains(INEXACT))
        .then(pl.lit(Code.NUMBER_PRECISION.value))
        .when(_BODY.str.contains(SIGN))
        .then(pl.lit(Code.PHONE_CHARS.value))
        .when(single & (_BODY != _TEXT))
        .then(pl.lit(Code.EXTENSION.value))
        .when(single & _TEXT.str.contains(STAR_CODE))
        .then(pl.lit(Code.SHORT_CODE.value))
    )
    frame = texts.alias("text").to_frame()
    found = frame.with_columns(body=_TEXT.str.replace(EXTENSION, "${1}")).select(code).to_series()
    for name in found.drop_nulls().unique().to_list():
        verdicts.reject(rows[(found == name).fill_null(value=False).to_numpy()], Code(name))
