"""What somebody typed, read by the rules of an import."""

from typing import Any

import asyncpg

from enlist_ingest.api.contact_views import ContactChanges, ContactFields, NewContact
from enlist_ingest.api.problems import Problem
from enlist_ingest.contacts_columns import KEYS, Patch
from enlist_ingest.upload import Caller
from enlist_rules.cleaning import TRIM
from enlist_rules.codes import EXPLANATIONS, Code
from enlist_rules.fields import CUSTOM_PREFIX, Field
from enlist_rules.identity import name_key
from enlist_rules.numbers import NUMBER_TYPES
from enlist_rules.numbers.regions import DEFAULT_NUMBER_TYPES
from enlist_rules.options import NumberRules
from enlist_rules.typed import Typed, TypedRejectedError, read_typed

_NAMES = dict(zip((Field.FIRST_NAME, Field.LAST_NAME), KEYS, strict=True))


def typed_contact(said: NewContact, caller: Caller) -> Typed:
    """The record as it would be stored.

    Raises:
        TypedRejectedError: it cannot be taken.
    """
    texts = {name: getattr(said, name) for name in ContactFields.model_fields}
    cells = {str(Field.PHONE_NUMBER): said.phone_number} | texts
    cells |= {CUSTOM_PREFIX + name: text for name, text in said.custom.items()}
    rules = NumberRules(
        said.default_region or caller.default_region,
        said.convert_national,
        frozenset(DEFAULT_NUMBER_TYPES),
    )
    return read_typed({target: text for target, text in cells.items() if text}, rules)


def patch_of(said: ContactChanges, stored: asyncpg.Record, caller: Caller) -> Patch:
    """What is to become of the fields that were sent; a malformed one is left as it is.

    Raises:
        TypedRejectedError: one cannot be taken.
    """
    sent = {name: getattr(said, name) for name in _sent(said)}
    texts = {name: text for name, text in sent.items() if not _blank(text)}
    custom = {name: text for name, text in said.custom.items() if not _blank(text)}
    cells = {str(Field.PHONE_NUMBER): stored["phone_number"]} | texts
    if Field.COUNTRY_CODE not in sent and stored["country_code"]:
        cells[Field.COUNTRY_CODE] = stored["country_code"]
    cells |= {CUSTOM_PREFIX + name: text for name, text in custom.items()}
    rules = NumberRules(
        said.default_region or caller.default_region,
        said.convert_national,
        frozenset(NUMBER_TYPES if Field.WHATSAPP_NUMBER not in texts else DEFAULT_NUMBER_TYPES),
    )
    typed = read_typed(cells, rules)
    columns: dict[str, Any] = {name: None for name in sent if name not in texts}
    columns |= {name: text for name, text in typed.fields.items() if name in texts}
    keys = {
        _NAMES[Field(name)]: name_key(columns[name] or "") for name in columns if name in _NAMES
    }
    erased = dict.fromkeys(name for name in said.custom if name not in custom)
    return Patch(columns | keys, {**erased, **typed.custom}, tuple(said.channels))


def refused(rejected: TypedRejectedError) -> Problem:
    """Why a record is not taken, in the words that rejects have."""
    of_a_field = rejected.code is Code.TOO_MANY_CUSTOM_FIELDS
    explanation = EXPLANATIONS["field" if of_a_field else "record", rejected.code]
    detail = f"{rejected.field}: {explanation.message} {explanation.remedy}"
    return Problem(422, rejected.code, detail)


def _sent(said: ContactChanges) -> list[str]:
    return [name for name in ContactFields.model_fields if name in said.model_fields_set]


def _blank(text: str | None) -> bool:
    return text is None or not text.strip(TRIM)
