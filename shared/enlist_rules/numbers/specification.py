"""The specification: what one phone cell means, said plainly with phonenumbers.

The vectorised path must agree with `read_one` on everything that it decides itself.

Which code: a value that is refused before parsing is never parsed, so that neither
`phone_not_e164` nor `phone_invalid` can be said of it; it carries the reason of the refusal,
toggle on or off, and of several reasons the first by rank. Everything else is ranked as the table
of codes is: with the toggle off a national form is `phone_not_e164`, whatever else it is; what the
library does not find valid is `phone_invalid`, or `short_code` when it is one; a number that it
finds valid with more than 15 digits (they exist in Germany) is `phone_too_long`.
"""

from dataclasses import dataclass
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType, shortnumberinfo

from enlist_rules.codes import Code
from enlist_rules.numbers.library import e164, parsed, valid_number
from enlist_rules.numbers.refusals import refusal
from enlist_rules.numbers.regions import TYPE_NAMES
from enlist_rules.numbers.spelling import spelled
from enlist_rules.options import NumberRules

LONGEST_NUMBER: Final = 15  # digits, ITU-T E.164


@dataclass(frozen=True, slots=True)
class Reading:
    """What one cell means: a number in E.164, or the code that says why there is none.

    `fixed_line` is True for the type FIXED_LINE alone, not where mobiles share its numbers.
    """

    number: str | None
    code: Code | None = None
    fixed_line: bool = False
    warning: Code | None = None


def read_one(value: str | None, region: str, rules: NumberRules) -> Reading:
    """Read one cell as it stands; `region` is the ISO region of its record."""
    text = spelled(value or "")
    code = refusal(text, region)
    return _read(text, region, rules) if code is None else Reading(None, code)


def _read(text: str, region: str, rules: NumberRules) -> Reading:
    number, international = parsed(text, region)
    if number is not None and number.extension:
        return Reading(None, Code.EXTENSION)
    if not international and not rules.convert_national:
        return Reading(None, Code.PHONE_NOT_E164)
    if number is None or not phonenumbers.is_valid_number(number):
        short = not international and is_short_code(text, region)
        return Reading(None, Code.SHORT_CODE if short else Code.PHONE_INVALID)
    if not international and is_ambiguous(text, number, region):
        return Reading(None, Code.PHONE_AMBIGUOUS)
    code = storable(number, rules)
    if code is not None:
        return Reading(None, code)
    restored = not international and lost_zero(text, number, region)
    return Reading(
        e164(number),
        fixed_line=phonenumbers.number_type(number) == PhoneNumberType.FIXED_LINE,
        warning=Code.LEADING_ZERO_RESTORED if restored else None,
    )


def storable(number: PhoneNumber, rules: NumberRules) -> Code | None:
    """Why a valid number may not be stored; None when it may."""
    if len(e164(number)) > 1 + LONGEST_NUMBER:
        return Code.PHONE_TOO_LONG
    allowed = TYPE_NAMES[phonenumbers.number_type(number)] in rules.number_types
    return None if allowed else Code.TYPE_NOT_ALLOWED


def is_ambiguous(text: str, number: PhoneNumber, region: str) -> bool:
    """Whether the digits, with a + before them, would be another valid number of the region."""
    digits = phonenumbers.normalize_digits_only(text)
    if not digits.startswith(str(phonenumbers.country_code_for_region(region))):
        return False
    international = valid_number("+" + digits, region)
    return international is not None and e164(international) != e164(number)


def is_short_code(text: str, region: str) -> bool:
    """Whether the digits are a short code of the region, such as 999."""
    digits = phonenumbers.normalize_digits_only(text)
    code = PhoneNumber(
        country_code=phonenumbers.country_code_for_region(region),
        national_number=int(digits) if digits and digits[0] != "0" else 0,
    )
    return bool(shortnumberinfo.is_valid_short_number_for_region(code, region))


def lost_zero(text: str, number: PhoneNumber, region: str) -> bool:
    """Whether a national number stands without the 0 that it is dialled with at home."""
    digits = phonenumbers.normalize_digits_only(text)
    return (
        phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True) == "0"
        and not digits.startswith("0")
        and digits == phonenumbers.national_significant_number(number)
    )
