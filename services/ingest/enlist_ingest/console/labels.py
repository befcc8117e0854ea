"""The fields of a contact, consent and its sources, in the words of the pages."""

from collections.abc import Mapping
from typing import Final

from enlist_rules.fields import Field

GROUPS: Final[Mapping[str, Mapping[Field, str]]] = {
    "Name": {
        Field.TITLE: "Title",
        Field.FIRST_NAME: "First name",
        Field.LAST_NAME: "Last name",
        Field.COMPANY_NAME: "Company",
        Field.DATE_OF_BIRTH: "Date of birth",
    },
    "Ways to reach them": {
        Field.WHATSAPP_NUMBER: "WhatsApp number",
        Field.ALTERNATE_PHONE_NUMBER: "Another phone number",
        Field.EMAIL: "E-mail",
    },
    "Address": {
        Field.ADDRESS_LINE1: "Address, first line",
        Field.ADDRESS_LINE2: "Address, second line",
        Field.CITY: "City",
        Field.STATE_OR_COUNTY: "State or county",
        Field.POSTCODE: "Postcode",
        Field.COUNTRY_CODE: "Country code",
    },
}
"""Every field but the number, which is the contact's identity."""

LABELS: Final[Mapping[str, str]] = {
    Field.PHONE_NUMBER: "Phone number",
    **{field: label for group in GROUPS.values() for field, label in group.items()},
}
CHANNELS: Final = {"phone": "Phone", "whatsapp": "WhatsApp"}
SOURCES: Final = {
    "import": "said by an import",
    "opt_out_import": "said by an import of opt-outs",
    "hand": "entered by hand",
    "keyword": "texted a keyword",
    "start": "texted START",
    "consent_call": "told by another program",
}
EFFECTS: Final = {
    "join": "opts in and joins a list",
    "stop": "opts out",
    "start": "opts in",
}


def label(field: str) -> str:
    """A field's name; a custom field has its own."""
    return LABELS.get(field, field.removeprefix("custom."))
