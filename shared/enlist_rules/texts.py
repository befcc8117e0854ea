"""Cells to stored text: control characters away, NFC, trimmed, within the limit of the field."""

from typing import Final

import polars as pl

from enlist_rules.cleaning import TRIM, trimmed
from enlist_rules.codes import Code
from enlist_rules.fields import CUSTOM_PREFIX, CUSTOM_VALUE_LIMIT, LIMITS, Field
from enlist_rules.findings import Findings
from enlist_rules.options import OverLimit

# All of Unicode's Cc but tab, line feed and carriage return.
_CONTROLS: Final = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}]"
_CONTROL_BYTES: Final = bytes({*range(32), 127} - {9, 10, 13})
_FORMULA_ERRORS: Final = (
    *("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"),
    *("#CALC!", "#SPILL!"),
)
Texts = dict[str, pl.Series]

# Linear by construction: one class for the local part, labels without dots for the domain.
_EMAIL: Final = r"^[^\s@,;<>()\"]+@[^\s@.,;<>()\"]+(?:\.[^\s@.,;<>()\"]+)+$"


def holds_controls(data: bytes) -> bool:
    """Whether UTF-8 text may hold a control character that `tidy` must look for."""
    return len(data.translate(None, _CONTROL_BYTES)) < len(data) or b"\xc2" in data


def without_formula_errors(cells: Texts, findings: Findings) -> Texts:
    """Columns as they stand, but null where a spreadsheet could not calculate."""
    return {name: _without_errors(text, name, findings) for name, text in cells.items()}


def _without_errors(text: pl.Series, of_field: str, findings: Findings) -> pl.Series:
    if not text.str.contains("#", literal=True).any():
        return text
    error = text.str.strip_chars(TRIM).is_in(_FORMULA_ERRORS).fill_null(value=False)
    findings.warn(error, Code.FORMULA_ERROR, of_field)
    return blanked(text, error)


def tidy(cells: Texts, findings: Findings, *, controls: bool) -> Texts:
    """Columns of text as they are stored but for their length; null where blank.

    Without `controls` the caller knows that there is no control character in any of them.
    """
    if not cells:
        return {}
    if controls:
        cells = {of_field: _printable(text, of_field, findings) for of_field, text in cells.items()}
    frame = pl.DataFrame(cells)
    odd = frame.select(pl.all().str.len_bytes().sum() != pl.all().str.len_chars().sum())
    names = [name for name, is_odd in odd.row(0, named=True).items() if is_odd]
    frame = frame.with_columns(_composed(frame[name]) for name in names)
    stripped = frame.select(trimmed(pl.all()))
    return stripped.select(pl.when(pl.all() != "").then(pl.all())).to_dict(as_series=True)


def _printable(text: pl.Series, of_field: str, findings: Findings) -> pl.Series:
    found = text.str.contains(_CONTROLS).fill_null(value=False)
    if not found.any():
        return text
    nul = text.str.contains("\x00", literal=True).fill_null(value=False)
    findings.fault_where(nul, Code.CONTROL_CHAR, of_field)
    findings.warn(found, Code.CONTROL_CHAR_REMOVED, of_field)
    return text.str.replace_all(_CONTROLS, "")


def _composed(text: pl.Series) -> pl.Series:
    """NFC; normalising costs much more than finding what is not ASCII."""
    where = (text.str.len_bytes() != text.str.len_chars()).arg_true()
    return text.scatter(where, text.gather(where).str.normalize("NFC"))


def limited(texts: Texts, over_limit: OverLimit, findings: Findings) -> Texts:
    """Texts within the limits of their fields; longer ones become what the importer says."""
    widths = pl.DataFrame(texts).select(pl.all().str.len_bytes().max()) if texts else pl.DataFrame()
    wide = {n for n in texts if (widths[n].item() or 0) > field_limit(n)}
    return {
        of_field: _limited(text, of_field, over_limit, findings) if of_field in wide else text
        for of_field, text in texts.items()
    }


def _limited(
    texts: pl.Series, of_field: str, over_limit: OverLimit, findings: Findings
) -> pl.Series:
    limit = field_limit(of_field)
    too_long = (texts.str.len_chars() > limit).fill_null(value=False)
    if not too_long.any():
        return texts
    if over_limit is OverLimit.TRUNCATE:
        findings.warn(too_long, Code.TRUNCATED, of_field)
        cut = pl.DataFrame({"text": texts.str.slice(0, limit)}).select(trimmed(pl.col("text")))
        return cut.select(pl.when(pl.col("text") != "").then("text")).to_series()
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
