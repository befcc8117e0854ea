"""The questions that are put to phonenumbers, one text at a time."""

from typing import Final

import phonenumbers
from phonenumbers import CountryCodeSource, NumberParseException, PhoneNumber, PhoneNumberFormat

# Without it the library compiles its patterns again and again when a file has many regions.
phonenumbers.enable_pattern_cache()

_WRITTEN_INTERNATIONALLY: Final = frozenset(
    {CountryCodeSource.FROM_NUMBER_WITH_PLUS_SIGN, CountryCodeSource.FROM_NUMBER_WITH_IDD}
)
_WRONG_CALLING_CODE: Final = frozenset(
    {NumberParseException.INVALID_COUNTRY_CODE, NumberParseException.TOO_SHORT_AFTER_IDD}
)


def parsed(text: str, region: str) -> tuple[PhoneNumber | None, bool]:
    """What the library reads, None when it reads nothing, and whether that is international.

    International is what begins with `+` or with the international prefix of the region. Line
    breaks, which the library does not know, are separators.
    """
    try:
        number = phonenumbers.parse(text.replace("\n", " "), region, keep_raw_input=True)
    except NumberParseException as error:
        return None, "+" in text or error.error_type in _WRONG_CALLING_CODE
    return number, number.country_code_source in _WRITTEN_INTERNATIONALLY


def valid_number(text: str, region: str) -> PhoneNumber | None:
    """What the library reads, when it is valid."""
    number, _ = parsed(text, region)
    return number if number is not None and phonenumbers.is_valid_number(number) else None


def is_valid(text: str, region: str) -> bool:
    """Whether the library reads a valid number in the text."""
    return valid_number(text, region) is not None


def e164(number: PhoneNumber) -> str:
    """The stored form: `+`, calling code, national number."""
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))
