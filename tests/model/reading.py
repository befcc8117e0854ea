"""One row to what it says: a number, names, fields, lists; or the code of why not."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from tests.model.identity import name_key
from tests.model.numbers import ALL_TYPES, ALLOWED_TYPES, read_number, region_of
from tests.model.records import TRIMMED, Row

LIMITS = {
    "title": 30,
    "first_name": 50,
    "last_name": 50,
    "address_line1": 255,
    "address_line2": 255,
    "city": 128,
    "state_or_county": 48,
    "postcode": 24,
    "company_name": 128,
    "alternate_phone_number": 128,
}
DEFAULT_LIMIT = 255  # e-mail, date of birth, custom values
RANK = (
    "phone_missing",
    "phone_not_e164",
    "phone_invalid",
    "phone_ambiguous",
    "phone_chars",
    "phone_too_long",
    "region_needed",
    "excel_scientific",
    "excel_decimal",
    "number_precision",
    "multiple_numbers",
    "extension",
    "short_code",
    "type_not_allowed",
    "field_too_long",
    "encoding",
    "control_char",
    "ragged",
    "quote",
    "cell_too_large",
    "header_repeated",
    "erased",
)
NAMES = ("first_name", "last_name")
EMAIL = re.compile(r"[^\s@,;<>()\"]+@[^\s@.,;<>()\"]+(\.[^\s@.,;<>()\"]+)+")


FORMULA_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"} | {
    "#CALC!",
    "#SPILL!",
}


@dataclass
class Reading:
    """What one record says. `fields` holds non-blank values only, `custom.<name>` included."""

    record: int
    number: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)  # name key → name
    warnings: set[str] = field(default_factory=set)
    faults: set[str] = field(default_factory=set)
    fixed_line: bool = False

    @property
    def code(self) -> str | None:
        return min(self.faults, key=RANK.index) if self.faults else None

    @property
    def keys(self) -> tuple[str, str]:
        return name_key(self.fields.get("first_name", "")), name_key(
            self.fields.get("last_name", "")
        )


def read_row(record: int, row: Row, mapping: list[str], options: dict[str, Any]) -> Reading:
    """The record of `row`; `options` as in contacts.md, `default_region` filled."""
    reading = Reading(record, faults=row.faults(len(mapping)))
    if reading.faults:  # its cells cannot be trusted to stand under their columns
        return reading
    values = {
        target: cell for target, cell in zip(mapping, row.cells, strict=False) if target != "skip"
    }
    for target in [target for target, cell in values.items() if _tidy(cell) in FORMULA_ERRORS]:
        reading.warnings.add("formula_error")
        values[target] = ""
    _read_numbers(reading, values, options)
    _read_lists(reading, values.pop("lists", ""))
    _split_name(reading, values)
    for target, cell in values.items():
        _read_field(reading, target, cell, options.get("over_limit", "reject"))
    return reading


def _read_numbers(reading: Reading, values: dict[str, str], options: dict[str, Any]) -> None:
    toggle = options.get("convert_national", False)
    usual = ALL_TYPES if options.get("purpose") == "opt_out" else ALLOWED_TYPES
    types = frozenset(options.get("number_types") or usual)
    country = _tidy(values.pop("country_code", ""))
    usable = region_of(country) if country else options["default_region"]
    region = usable or options["default_region"]
    if country and usable:
        reading.fields["country_code"] = usable

    number = read_number(values.pop("phone_number", ""), region, toggle, types)
    code = number.code if usable or number.code == "phone_missing" else "region_needed"
    reading.number, reading.fixed_line = number.e164, number.kind == "FIXED_LINE"
    reading.faults |= {code} if code else set()
    reading.warnings |= {"leading_zero_restored"} if number.restored else set()

    whatsapp = read_number(values.pop("whatsapp_number", ""), region, toggle, types)
    if whatsapp.code not in (None, "phone_missing"):
        reading.faults.add(str(whatsapp.code))
    if whatsapp.e164:
        reading.fields["whatsapp_number"] = whatsapp.e164
    other = read_number(values.get("alternate_phone_number", ""), region, toggle, ALL_TYPES)
    if other.e164:
        values["alternate_phone_number"] = other.e164


def _read_lists(reading: Reading, cell: str) -> None:
    names = [unicodedata.normalize("NFC", name).strip(TRIMMED) for name in cell.split(";")]
    distinct = {name_key(name): name for name in reversed(names) if name}
    kept = dict(list(reversed(distinct.items()))[:20])
    reading.lists = {key: name for key, name in kept.items() if len(name) <= DEFAULT_LIMIT}
    if len(reading.lists) < len(distinct):
        reading.warnings.add("list_skipped")


def _split_name(reading: Reading, values: dict[str, str]) -> None:
    full = _tidy(values.pop("name", ""))
    if not full or any(_tidy(values.get(name, "")) for name in NAMES):
        return
    first, space, last = full.rpartition(" ")
    values["first_name"], values["last_name"] = (first, last) if space else (full, "")
    if space:
        reading.warnings.add("name_split")


def _tidy(cell: str) -> str:
    return unicodedata.normalize("NFC", cell).strip(TRIMMED)


def _read_field(reading: Reading, target: str, cell: str, over_limit: str) -> None:
    if "\0" in cell:
        reading.faults.add("control_char")
    kept = "".join(char for char in cell if char in "\t\n\r" or unicodedata.category(char) != "Cc")
    if kept != cell:
        reading.warnings.add("control_char_removed")
    text = _tidy(kept)
    limit = LIMITS.get(target, DEFAULT_LIMIT)
    if len(text) > limit:
        text = _over(reading, text, limit, over_limit)
    if target == "email" and text and not EMAIL.fullmatch(text):
        reading.warnings.add("email_malformed")
        text = ""
    if text:
        reading.fields[target] = text


def _over(reading: Reading, text: str, limit: int, over_limit: str) -> str:
    if over_limit == "reject":
        reading.faults.add("field_too_long")
        return ""
    if over_limit == "blank":
        reading.warnings.add("blanked")
        return ""
    reading.warnings.add("truncated")
    return text[:limit].strip(TRIMMED)
