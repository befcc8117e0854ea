"""What a rejected cell most probably means, when there is exactly one answer."""

import re
from collections.abc import Iterator
from typing import Final

import phonenumbers

from enlist_rules.numbers.library import e164, valid_number
from enlist_rules.numbers.refusals import (
    LONGEST_TEXT,
    is_decimal,
    is_missing,
    valid_parts,
    without_extension,
)
from enlist_rules.numbers.specification import storable
from enlist_rules.numbers.spelling import spelled
from enlist_rules.options import NumberRules

_LOOKS_LIKE_A_DIGIT: Final = str.maketrans("OoIl", "0011")
_REMARK: Final = re.compile(r"\([^()\d]*\)|(?<![^\s:])[^\W\d]+[.:]?(?![^\s])")


def suggestion(value: str, region: str, rules: NumberRules) -> str | None:
    """The E.164 form of the only number that the cell can mean, else None.

    The national and the international reading of the digits both count, whatever the toggle
    says, and so do the number without its extension, its decimals or a remark beside it, and
    letters that look like digits. Reading the suggestion again, under the same rules, succeeds.
    """
    text = spelled(value)
    if is_missing(text) or len(text) > LONGEST_TEXT or len(valid_parts(text, region)) > 1:
        return None
    numbers = {
        number for candidate in _candidates(text, region) for number in _read(candidate, region)
    }
    if len(numbers) != 1:
        return None
    (only,) = numbers
    allowed = storable(phonenumbers.parse(only), rules) is None
    return only if allowed else None


def _candidates(text: str, region: str) -> Iterator[str]:
    body = without_extension(text)
    if is_decimal(body, region):
        whole, fraction = re.split(r"[.,]", body)
        if not fraction.strip("0"):
            yield whole
        return
    if not re.search(r"[^\W\d]", body):
        yield body
        return
    for candidate in (_REMARK.sub("", body), body.translate(_LOOKS_LIKE_A_DIGIT)):
        if not re.search(r"[^\W\d]", candidate):
            yield candidate


def _read(text: str, region: str) -> Iterator[str]:
    digits = phonenumbers.normalize_digits_only(text)
    readings = [text] if "+" in text else [text, "+" + digits]
    if digits.startswith("00"):
        readings.append("+" + digits[2:])
    for reading in readings:
        number = valid_number(reading, region)
        if number is not None and not number.extension:
            yield e164(number)
