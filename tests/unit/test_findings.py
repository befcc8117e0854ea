"""Findings: one code a rejected record, any number of warnings."""

import polars as pl

from enlist_rules.codes import Code
from enlist_rules.findings import Findings
from enlist_rules.rows import NOTES, REJECT

RECORDS = pl.Series([11, 12, 13], dtype=pl.UInt32)


def mask(*values: bool) -> pl.Series:
    return pl.Series(values)


def test_nothing_found() -> None:
    """Without faults and warnings there are no rejects and only nulls."""
    findings = Findings()
    findings.fault(pl.Series([None] * 3, dtype=pl.String), "phone_number")
    findings.fault_where(mask(False, False, False), Code.RAGGED, "")
    findings.warn(mask(False, False, False), Code.TRUNCATED, "city")
    assert findings.rejects(RECORDS).equals(pl.DataFrame(schema=REJECT))
    assert findings.warning_texts(3).to_list() == [None] * 3


def test_a_record_with_several_faults_has_the_first_code() -> None:
    """The rank of the codes decides, not the order in which they were found."""
    findings = Findings()
    findings.fault_where(mask(True, True, False), Code.FIELD_TOO_LONG, "city")
    findings.fault(pl.Series([None, "region_needed", None], dtype=pl.String), "whatsapp_number")
    findings.fault(pl.Series([None, "phone_invalid", None], dtype=pl.String), "phone_number")
    assert findings.rejects(RECORDS).rows() == [
        (11, "field_too_long", "city"),
        (12, "phone_invalid", "phone_number"),
    ]


def test_of_two_fields_with_one_code_the_first_is_named() -> None:
    """The field is that of the code that was found first."""
    findings = Findings()
    for of_field in ("city", "postcode"):
        findings.fault_where(mask(True, False, False), Code.FIELD_TOO_LONG, of_field)
    assert findings.rejects(RECORDS).rows() == [(11, "field_too_long", "city")]


def test_warnings_are_pairs() -> None:
    """Each warning is `code:field`; a field's name never makes one warning two."""
    findings = Findings()
    findings.warn(mask(True, False, False), Code.TRUNCATED, f"custom.a,b:c{NOTES}d")
    findings.warn(mask(True, True, False), Code.BLANKED, "city")
    assert findings.warning_texts(3).to_list() == [
        f"truncated:custom.a,b:cd{NOTES}blanked:city", "blanked:city", None,
    ]  # fmt: skip
