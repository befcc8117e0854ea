"""Every line of the rules on numbers, said by one cell each; the chunk reader says the same."""

import polars as pl
import pytest

from enlist_rules.codes import Code
from enlist_rules.numbers import DEFAULT_NUMBER_TYPES, NumberReader
from enlist_rules.numbers.specification import Reading, read_one
from enlist_rules.options import NumberRules

ON = NumberRules("GB", convert_national=True, number_types=DEFAULT_NUMBER_TYPES)
OFF = NumberRules("GB", convert_national=False, number_types=DEFAULT_NUMBER_TYPES)
MOBILE = Reading("+447911123456")
RESTORED = Reading("+447911123456", warning=Code.LEADING_ZERO_RESTORED)

ALWAYS_TAKEN = [
    ("+447911123456", "GB"),
    ("+44 7911 123456", "DE"),
    ("00447911123456", "GB"),
    ("011 44 7911 123456", "US"),
    ("+44 (0) 7911 123456", "GB"),
    ("(+44) 7911-123.456", "GB"),
    ("+44.7911123456", "GB"),
    ("+44\u00a07911\t123456", "GB"),
    ("+44 7911\n123456", "GB"),
    ("'+447911123456", "GB"),
    ('="+447911123456"', "GB"),
    ("tel:+44-7911-123456", "GB"),
    ("＋44 7911−123456", "GB"),
    ("+४४७९१११२३४५६", "GB"),
    ("+44\u200e7911\u200f123\u00ad456\ufeff", "GB"),
    ("\u202d+447911123456\u202c", "GB"),
    ("+447911123456,", "GB"),
]
NATIONAL = [
    ("07911 123456", "GB", MOBILE),
    ("(07911) 123/456", "GB", MOBILE),
    ("٠٧٩١١١٢٣٤٥٦", "GB", MOBILE),
    ("۰۷۹۱۱۱۲۳۴۵۶", "GB", MOBILE),
    ("７９１１１２３４５６", "GB", RESTORED),
    ("7911123456", "GB", RESTORED),
    ("447911123456", "GB", MOBILE),
    ("020 7946 0018", "GB", Reading("+442079460018", fixed_line=True)),
    ("030/123456", "DE", Reading("+4930123456", fixed_line=True)),
    ("(202) 555-0123", "US", Reading("+12025550123")),
    ("1 202 555 0123", "US", Reading("+12025550123")),
    ("06 1234 5678", "IT", Reading("+390612345678", fixed_line=True)),
    ("391 234 5678", "IT", Reading("+393912345678")),
    ("011 15 2345-6789", "AR", Reading("+5491123456789")),
    ("8 916 123-45-67", "RU", Reading("+79161234567")),
    ("4915112345678", "DE", Reading(None, Code.PHONE_AMBIGUOUS)),
    ("999", "GB", Reading(None, Code.SHORT_CODE)),
    ("112", "GB", Reading(None, Code.SHORT_CODE)),
    ("62266", "GB", Reading(None, Code.SHORT_CODE)),
    ("0909 879 0000", "GB", Reading(None, Code.TYPE_NOT_ALLOWED)),
    ("07911 12345", "GB", Reading(None, Code.PHONE_INVALID)),
    ("079111234567", "GB", Reading(None, Code.PHONE_INVALID)),
    ("447911123456", "US", Reading(None, Code.PHONE_INVALID)),
    ("0044 7911 123456", "US", Reading(None, Code.PHONE_INVALID)),
]
REFUSED = [
    (None, "GB", Code.PHONE_MISSING),
    *[
        (blank, "GB", Code.PHONE_MISSING)
        for blank in ("", " \t\u00a0\u200b", "-", "--", "+", "( )")
    ],
    *[(word, "GB", Code.PHONE_MISSING) for word in ("0", "n/a", "N/A", "unknown", "NULL", "#REF!")],
    ("+4479111234", "GB", Code.PHONE_INVALID),
    ("+4479111234567", "GB", Code.PHONE_INVALID),
    ("+44791112345678901", "GB", Code.PHONE_INVALID),
    ("+999123456789", "GB", Code.PHONE_INVALID),
    ("+07911123456", "GB", Code.PHONE_INVALID),
    ("+1 555-555-0100", "GB", Code.PHONE_INVALID),
    ("+52 1 55 1234 5678", "MX", Code.PHONE_INVALID),
    ("+225 07123456", "CI", Code.PHONE_INVALID),
    ("O7911 123456", "GB", Code.PHONE_CHARS),
    ("1-800-FLOWERS", "US", Code.PHONE_CHARS),
    ("+447911123456 (mum)", "GB", Code.PHONE_CHARS),
    ("MyBrand", "GB", Code.PHONE_CHARS),
    ("+44@7911123456", "GB", Code.PHONE_CHARS),
    ("1-800-FLOWERS x5", "US", Code.PHONE_CHARS),
    ("5" * 5000, "GB", Code.PHONE_TOO_LONG),
    ("+49 800 123456789012", "DE", Code.PHONE_TOO_LONG),
    ("4.47E+11", "GB", Code.EXCEL_SCIENTIFIC),
    ("4,47E+11", "GB", Code.EXCEL_SCIENTIFIC),
    ("4.47911e11", "GB", Code.EXCEL_SCIENTIFIC),
    ("447911123456.0", "GB", Code.EXCEL_DECIMAL),
    ("4930123456.0", "DE", Code.EXCEL_DECIMAL),
    ("+4930123456.0", "DE", Code.EXCEL_DECIMAL),
    ("447911123456,00", "GB", Code.EXCEL_DECIMAL),
    ("447911123456789012.0", "GB", Code.NUMBER_PRECISION),
    ("4915112345678901.0", "DE", Code.NUMBER_PRECISION),
    ("+447911123456 / +447911123457", "GB", Code.MULTIPLE_NUMBERS),
    ("07911123456;07911123457", "GB", Code.MULTIPLE_NUMBERS),
    ("07911123456,07911123457", "GB", Code.MULTIPLE_NUMBERS),
    ("07911 123456\n07911 123457", "GB", Code.MULTIPLE_NUMBERS),
    ("+447911123456 x123", "GB", Code.EXTENSION),
    ("+447911123456 ext. 12", "GB", Code.EXTENSION),
    ("+447911123456;ext=5", "GB", Code.EXTENSION),
    ("+447911123456 #5", "GB", Code.EXTENSION),
    ("+447911123456,,5", "GB", Code.EXTENSION),
    ("+44 20 7946 0018 - 503#", "GB", Code.EXTENSION),
    ("*1234", "GB", Code.SHORT_CODE),
    ("*21*07911123456#", "GB", Code.SHORT_CODE),
    ("+44 909 879 0000", "GB", Code.TYPE_NOT_ALLOWED),
    ("+979 123456789", "GB", Code.TYPE_NOT_ALLOWED),
]


def read(value: str | None, region: str, rules: NumberRules) -> Reading:
    """One cell through the chunk reader."""
    cells = pl.Series([value], dtype=pl.String)
    (row,) = NumberReader(rules).read(cells, pl.Series([region])).iter_rows()
    number, code, fixed_line, warning = row
    return Reading(number, code and Code(code), fixed_line, warning and Code(warning))


def both(value: str | None, region: str, rules: NumberRules) -> list[Reading]:
    """The cell by the specification and by the chunk reader."""
    return [read_one(value, region, rules), read(value, region, rules)]


@pytest.mark.parametrize("rules", [ON, OFF])
@pytest.mark.parametrize(("value", "region"), ALWAYS_TAKEN)
def test_international_forms_are_taken_whatever_the_toggle_says(
    value: str, region: str, rules: NumberRules
) -> None:
    """A + or the region's international prefix means international, however it is spelled."""
    assert both(value, region, rules) == [MOBILE, MOBILE]


@pytest.mark.parametrize(("value", "region", "expected"), NATIONAL)
def test_national_forms_with_the_toggle_on(value: str, region: str, expected: Reading) -> None:
    """With the toggle on the region's own forms are read as the library reads them."""
    assert both(value, region, ON) == [expected, expected]


@pytest.mark.parametrize(("value", "region", "_"), NATIONAL)
def test_national_forms_with_the_toggle_off(value: str, region: str, _: Reading) -> None:
    """With the toggle off every national form is phone_not_e164, whatever else it is."""
    expected = Reading(None, Code.PHONE_NOT_E164)
    assert both(value, region, OFF) == [expected, expected]


@pytest.mark.parametrize("rules", [ON, OFF])
@pytest.mark.parametrize(("value", "region", "code"), REFUSED)
def test_refused_cells_say_why(
    value: str | None, region: str, code: Code, rules: NumberRules
) -> None:
    """What is missing, refused before parsing or not valid has the same code either way."""
    assert both(value, region, rules) == [Reading(None, code), Reading(None, code)]


def test_a_type_is_stored_when_the_rules_allow_it() -> None:
    """`number_types` decides about premium numbers, and about mobiles too."""
    premium = NumberRules("GB", convert_national=False, number_types=frozenset({"PREMIUM_RATE"}))
    assert both("+449098790000", "GB", premium) == [Reading("+449098790000")] * 2
    refused = Reading(None, Code.TYPE_NOT_ALLOWED)
    assert both("+447911123456", "GB", premium) == [refused, refused]


def test_a_chunk_keeps_the_order_of_its_rows() -> None:
    """Regions, spellings and refusals may stand in any order; null means the default region."""
    cells = pl.Series(["07911123456", "x", None, "06 12 34 56 78", "+12025550123", "7911123456"])
    regions = pl.Series([None, "GB", None, "FR", "FR", "GB"])
    expected = {
        "number": ["+447911123456", None, None, "+33612345678", "+12025550123", "+447911123456"],
        "code": [None, "phone_chars", "phone_missing", None, None, None],
        "fixed_line": [False] * 6,
        "warning": [None] * 5 + ["leading_zero_restored"],
    }
    assert NumberReader(ON).read(cells, regions).to_dict(as_series=False) == expected


def test_an_empty_chunk_gives_an_empty_frame() -> None:
    """No cells, no rows; the columns keep their types."""
    frame = NumberReader(ON).read(pl.Series([], dtype=pl.String), None)
    expected = pl.Schema(
        {"number": pl.String, "code": pl.String, "fixed_line": pl.Boolean, "warning": pl.String}
    )
    assert (frame.height, frame.schema) == (0, expected)
