"""Regions, number types and suggestions by example."""

import phonenumbers
import pytest

from enlist_rules.numbers import (
    DEFAULT_NUMBER_TYPES,
    LIBRARY_VERSION,
    NUMBER_TYPES,
    REGIONS,
    region_of,
    suggestion,
)
from enlist_rules.options import NumberRules

OFF = NumberRules("GB", convert_national=False, number_types=DEFAULT_NUMBER_TYPES)


@pytest.mark.parametrize(
    ("country_code", "region"),
    [
        ("GB", "GB"),
        (" gb ", "GB"),
        ("uk", "GB"),
        ("44", "GB"),
        ("+44", "GB"),
        ("0044", "GB"),
        ("1", "US"),
        ("+7", "RU"),
        ("+800", None),
        ("999", None),
        ("44000", None),
        ("٤٤", None),
        ("", None),
        ("+", None),
        ("England", None),
        ("ZZ", None),
    ],
)
def test_a_country_code_is_a_region_or_a_calling_code(
    country_code: str, region: str | None
) -> None:
    """ISO alpha-2 in any case, or a calling code, which means its main region."""
    assert region_of(country_code) == region


def test_regions_and_types_are_those_of_the_library() -> None:
    """The closed sets come from phonenumbers; the default leaves five types out."""
    assert frozenset(phonenumbers.SUPPORTED_REGIONS) == REGIONS
    assert phonenumbers.__version__ == LIBRARY_VERSION
    left_out = {"PREMIUM_RATE", "SHARED_COST", "PAGER", "UAN", "VOICEMAIL", "UNKNOWN"}
    assert left_out == NUMBER_TYPES - DEFAULT_NUMBER_TYPES


@pytest.mark.parametrize(
    ("value", "region", "expected"),
    [
        ("07911 123456", "GB", "+447911123456"),
        ("7911123456", "GB", "+447911123456"),
        ("447911123456", "GB", "+447911123456"),
        ("447911123456", "US", "+447911123456"),
        ("0044 7911 123456", "US", "+447911123456"),
        ("+07911123456", "GB", None),
        ("447911123456.0", "GB", "+447911123456"),
        ("447911123456.5", "GB", None),
        ("+447911123456 x12", "GB", "+447911123456"),
        ("+447911123456 (mum)", "GB", "+447911123456"),
        ("Mobile: 07911 123456", "GB", "+447911123456"),
        ("O79ll 123456", "GB", "+447911123456"),
        ("4915112345678", "DE", None),
        ("07911123456 / 07911123457", "GB", None),
        ("0909 879 0000", "GB", None),
        ("1-800-FLOWERS", "US", None),
        ("n/a", "GB", None),
        ("5" * 5000, "GB", None),
    ],
)
def test_a_suggestion_is_the_only_valid_reading(
    value: str, region: str, expected: str | None
) -> None:
    """One valid reading is suggested; none or several are not."""
    assert suggestion(value, region, OFF) == expected
