"""Cells to stored text: control characters away, NFC, trimmed, within the limit of the field."""

from typing import Final

import polars as pl

from enlist_rules.cleaning import trimmed
from enlist_rules.codes import Code
from enlist_rules.fields import CUSTOM_PREFIX, CUSTOM_VALUE_LIMIT, LIMITS, Field
from enlist_rules.findings import Findings
from enlist_rules.options import OverLimit

# All of Unicode's Cc but tab, line feed and carriage return.
_CONTROLS: Final = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}]"
# Linear by construction: one class for the local part, labels without dots for the domain.
_EMAIL: Final = r"^[^\s@,;<>()\"]+@[^\s@.,;<>()\"]+(?:\.[^\s@.,;<>()\"]+)+$"


def tidy(cells: pl.Series, of_field: str, findings: Findings) -> pl.Series:
    """Text as it is stored but for its length; null where blank."""
    if cells.str.contains(_CONTROLS).any():
        findings.fault_where(
            cells.str.contains("\x00", literal=True).fill_null(value=False),
            Code.CONTROL_CHAR,
            of_field,
        )
        findings.warn(
            cells.str.contains(_CONTROLS).fill_null(value=False),
            Code.CONTROL_CHAR_REMOVED,
            of_field,
        )
        cells = cells.str.replace_all(_CONTROLS, "")
    if cells.str.len_bytes().sum() != cells.str.len_chars().sum():
        cells = cells.str.normalize("NFC")
    return _blank_to_null(cells)


def limited(
    texts: pl.Series, of_field: str, over_limit: OverLimit, findings: Findings
) -> pl.Series:
    """Texts within the limit of their field; what becomes of longer ones is the importer's say."""
    limit = field_limit(of_field)
    if (texts.str.len_bytes() <= limit).all():
        return texts
    too_long = (texts.str.len_chars() > limit).fill_null(value=False)
    if not too_long.any():
        return texts
    if over_limit is OverLimit.TRUNCATE:
        findings.warn(too_long, Code.TRUNCATED, of_field)
        return _blank_to_null(texts.str.slice(0, limit))
    if over_limit is OverLimit.BLANK:
        findings.warn(too_long, Code.BLANKED, of_field)
    else:
        findings.fault_where(too_long, Code.FIELD_TOO_LONG, of_field)
    return blanked(texts, too_long)


def well_formed_email(texts: pl.Series, findings: Findings) -> pl.Series:
    """E-mail addresses; a malformed one is left out with a warning."""
    malformed = (~texts.str.contains(_EMAIL)).fill_null(value=False)
    findings.warn(malformed, Code.EMAIL_MALFORMED, Field.EMAIL)
    return blanked(texts, malformed)


def field_limit(of_field: str) -> int:
    """How many code points a field may have."""
    if of_field.startswith(CUSTOM_PREFIX):
        return CUSTOM_VALUE_LIMIT
    return LIMITS[Field(of_field)]


def blanked(texts: pl.Series, where: pl.Series) -> pl.Series:
    """The texts with nulls where the mask holds."""
    return pl.select(pl.when(~where).then(texts)).to_series()


def _blank_to_null(texts: pl.Series) -> pl.Series:
    stripped = pl.DataFrame({"t": texts}).select(trimmed(pl.col("t"))).to_series()
    return blanked(stripped, (stripped == "").fill_null(value=False))
