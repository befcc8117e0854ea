"""One number at a time, by the library alone (contacts.md, Numbers)."""

import re
import unicodedata
from dataclasses import dataclass, replace

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumber, PhoneNumberFormat, PhoneNumberType

INVISIBLE = re.compile(
    "[\u00a0\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
SEPARATORS = re.compile(r"[\s.()\[\]/\-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+")
INEXACT = re.compile(r"\d{16,}\.0")
DECIMAL = re.compile(r"(\d+)\.\d+")
EXTENSION = re.compile(r"(?i)(?<=\d)\s*(?:;ext=|,?\s*ext(?:n|ension)?\.?:?|x|#)\s*\d{1,9}\Z")
TYPE_NAMES = {
    getattr(PhoneNumberType, name): name
    for name in (
        "FIXED_LINE",
        "MOBILE",
        "FIXED_LINE_OR_MOBILE",
        "TOLL_FREE",
        "PREMIUM_RATE",
        "SHARED_COST",
        "VOIP",
        "PERSONAL_NUMBER",
        "PAGER",
        "UAN",
        "VOICEMAIL",
        "UNKNOWN",
    )
}
LONGEST_INPUT = 250  # characters; the library refuses longer ones
LONGEST_E164 = 16
REFUSED_TYPES = {"PREMIUM_RATE", "SHARED_COST", "PAGER", "UAN", "VOICEMAIL"}
ALL_TYPES = frozenset(TYPE_NAMES.values())
ALLOWED_TYPES = ALL_TYPES - REFUSED_TYPES


@dataclass(frozen=True)
class Number:
    """A number that was read, or the code of why it was not."""

    e164: str = ""
    kind: str = ""
    code: str | None = None
    restored: bool = False


def clean(raw: str) -> str:
    """ASCII digits, no invisible marks, no guards; contacts.md, 'Before parsing'."""
    text = "".join(_ascii_digit(char) for char in raw).replace("\uff0b", "+")
    text = INVISIBLE.sub("", text).strip()
    guarded = re.fullmatch(r'="(.*)"', text, re.DOTALL)
    text = guarded[1] if guarded else text
    text = text.removeprefix("'").strip()
    return re.sub(r"(?i)^tel:", "", text).strip()


# What people and spreadsheets write where there is no number.
NOTHING = frozenset(
    {"0", "n/a", "n.a.", "na", "none", "nil", "null", "nan", "unknown", "undefined", "missing"}
    | {"#ref!", "#n/a", "#value!", "#name?", "#div/0!", "#null!", "#num!"}
)


def read_number(
    raw: str, region: str, convert_national: bool, types: frozenset[str] = ALLOWED_TYPES
) -> Number:
    """The E.164 form of `raw`, or the code of why there is none."""
    text = clean(raw)
    digits = SEPARATORS.sub("", text)
    code = _code_before_parsing(text, region)
    if code:
        return Number(code=code)
    international = _international(digits, region)
    if international is not None:
        return _judge(_parse("+" + international, None), types)
    if not convert_national:
        return Number(code="phone_not_e164")
    return _read_national(digits, region, types)


def _code_before_parsing(text: str, region: str) -> str | None:
    if len(text) > LONGEST_INPUT:
        return "phone_too_long"
    if text.casefold() in NOTHING or not any(char.isalnum() for char in text):
        return "phone_missing"
    return "number_precision" if INEXACT.fullmatch(text) else refusal(text, region)


def refusal(text: str, region: str) -> str | None:
    """What is refused before parsing, because the library would make a stranger's number."""
    body = EXTENSION.sub("", text)
    if SCIENTIFIC.fullmatch(text):
        return "excel_scientific"
    if not re.fullmatch(r"\+?\d+", re.sub(r"[+,;*#]", "", SEPARATORS.sub("", body))):
        return "phone_chars"
    decimal = DECIMAL.fullmatch(text)
    if decimal and (_valid(decimal[1], region) or _valid("+" + decimal[1], region)):
        return "excel_decimal"
    for place, char in enumerate(body):
        halves = body[:place], body[place + 1 :]
        if char in "/,;" and all(_valid(SEPARATORS.sub("", half), region) for half in halves):
            return "multiple_numbers"
    if body != text or re.search("[,;]", text):
        return "extension"
    return "short_code" if re.search("[*#]", text) else None


def region_of(country: str) -> str | None:
    """ISO alpha-2, or a calling code (its main region); None when it is neither."""
    text = country.strip().upper()
    if text in phonenumbers.SUPPORTED_REGIONS:
        return text
    digits = text.removeprefix("+").removeprefix("00")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 3:
        return None
    region = phonenumbers.region_code_for_country_code(int(digits))
    return region if region in phonenumbers.SUPPORTED_REGIONS else None


def _ascii_digit(char: str) -> str:
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


def _international(digits: str, region: str) -> str | None:
    if digits.startswith("+"):
        return digits[1:]
    metadata = PhoneMetadata.metadata_for_region(region)
    prefix = metadata.international_prefix if metadata else None
    found = re.match(prefix, digits) if prefix else None
    rest = digits[found.end() :] if found else ""
    return rest if rest and not rest.startswith("0") else None


def _parse(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _valid(text: str, region: str | None) -> bool:
    number = _parse(text, region)
    return number is not None and phonenumbers.is_valid_number(number)


def _read_national(digits: str, region: str, types: frozenset[str]) -> Number:
    """Without `+`: both readings are looked at when the digits begin with the calling code."""
    calling = str(phonenumbers.country_code_for_region(region))
    readings = {"+" + calling + digits, "+" + digits} if digits.startswith(calling) else set()
    valid = [_parse(text, None) for text in readings if _valid(text, None)]
    if len(valid) == 2 and valid[0] != valid[1]:
        return Number(code="phone_ambiguous")
    answer = _judge(_parse(digits, region), types)
    if answer.code == "phone_invalid" and _is_short(digits, region):
        return Number(code="short_code")
    metadata = PhoneMetadata.metadata_for_region(region)
    zero = metadata is not None and metadata.national_prefix == "0" and digits[0] != "0"
    return replace(answer, restored=zero and answer.e164 == "+" + calling + digits)


def _is_short(digits: str, region: str) -> bool:
    number = _parse(digits, region)
    return number is not None and phonenumbers.is_valid_short_number_for_region(number, region)


def _judge(number: PhoneNumber | None, types: frozenset[str]) -> Number:
    if number is None or not phonenumbers.is_valid_number(number):
        return Number(code="phone_invalid")
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if len(e164) > LONGEST_E164:
        return Number(code="phone_too_long")
    kind = TYPE_NAMES[phonenumbers.number_type(number)]
    return Number(e164, kind) if kind in types else Number(code="type_not_allowed")
