"""The regions and number types that libphonenumber knows, by the names that options use."""

from typing import Final

import phonenumbers

from enlist_rules.cleaning import TRIM

LIBRARY_VERSION: Final[str] = phonenumbers.__version__
REGIONS: Final[frozenset[str]] = frozenset(phonenumbers.SUPPORTED_REGIONS)

TYPE_NAMES: Final[dict[int, str]] = {
    value: name
    for name, value in vars(phonenumbers.PhoneNumberType).items()
    if name.isupper() and isinstance(value, int)
}
NUMBER_TYPES: Final[frozenset[str]] = frozenset(TYPE_NAMES.values())
DEFAULT_NUMBER_TYPES: Final[frozenset[str]] = NUMBER_TYPES - {
    "PREMIUM_RATE",
    "SHARED_COST",
    "PAGER",
    "UAN",
    "VOICEMAIL",
    "UNKNOWN",
}

# ISO 3166-1 reserves UK for the United Kingdom, and address books use it more than GB.
_RESERVED: Final = {"UK": "GB"}


def region_of(country_code: str) -> str | None:
    """The ISO region that a `country_code` cell means, or None when it is not usable.

    Takes ISO 3166-1 alpha-2 in any case, or a calling code (`44`, `+44`, `0044`), which means its
    main region. Calling codes without a region (+800, +881, …) are not usable.
    """
    text = country_code.strip(TRIM).upper()
    if text in REGIONS or text in _RESERVED:
        return _RESERVED.get(text, text)
    digits = text.removeprefix("+").removeprefix("00")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 3):
        return None
    region = phonenumbers.region_code_for_country_code(int(digits))
    return region if region in REGIONS else None
