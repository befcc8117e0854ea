"""The fields of a contact, in the order in which they are stored, and their limits.

Limits count Unicode code points after NFC and trimming (contacts.md, Fields).
"""

from enum import StrEnum
from typing import Final


class Field(StrEnum):
    """A column of a contact."""

    TITLE = "title"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    PHONE_NUMBER = "phone_number"
    WHATSAPP_NUMBER = "whatsapp_number"
    COUNTRY_CODE = "country_code"
    EMAIL = "email"
    DATE_OF_BIRTH = "date_of_birth"
    ADDRESS_LINE1 = "address_line1"
    ADDRESS_LINE2 = "address_line2"
    CITY = "city"
    STATE_OR_COUNTY = "state_or_county"
    POSTCODE = "postcode"
    COMPANY_NAME = "company_name"
    ALTERNATE_PHONE_NUMBER = "alternate_phone_number"


LISTS: Final = "lists"
NAME: Final = "name"
SKIP: Final = "skip"
CUSTOM_PREFIX: Final = "custom."

LIMITS: Final[dict[Field, int]] = {
    Field.TITLE: 30,
    Field.FIRST_NAME: 50,
    Field.LAST_NAME: 50,
    Field.COUNTRY_CODE: 255,
    Field.EMAIL: 255,
    Field.DATE_OF_BIRTH: 255,
    Field.ADDRESS_LINE1: 255,
    Field.ADDRESS_LINE2: 255,
    Field.CITY: 128,
    Field.STATE_OR_COUNTY: 48,
    Field.POSTCODE: 24,
    Field.COMPANY_NAME: 128,
    Field.ALTERNATE_PHONE_NUMBER: 128,
}
LIST_NAMES_PER_RECORD: Final = 20
LIST_NAME_LIMIT: Final = 255
CUSTOM_FIELDS_PER_CONTACT: Final = 50
CUSTOM_NAME_LIMIT: Final = 64
CUSTOM_VALUE_LIMIT: Final = 255

# What a contact stores beside its number; the number is its identity and never changes.
STORED: Final = tuple(field for field in Field if field is not Field.PHONE_NUMBER)
