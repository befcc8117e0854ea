"""Which row is the header and what each column means (contacts.md, Header)."""

import unicodedata
from collections.abc import Set as AbstractSet
from typing import Any

import phonenumbers
from tests.model.numbers import clean
from tests.model.records import WHITE_SPACE, FileRefused, Row, split_rows

SEPARATORS = (",", ";", "\t", "|")
PHONE_RANKS = {"mobile": 0, "mobilenumber": 0, "phone": 1, "phonenumber": 1}
SYNONYMS = {
    "title": "title",
    "firstname": "first_name",
    "lastname": "last_name",
    "surname": "last_name",
    "name": "name",
    "fullname": "name",
    "whatsappnumber": "whatsapp_number",
    "countrycode": "country_code",
    "email": "email",
    "dateofbirth": "date_of_birth",
    "addressline1": "address_line1",
    "addressline2": "address_line2",
    "city": "city",
    "postcode": "postcode",
    "companyname": "company_name",
    "alternatephonenumber": "alternate_phone_number",
    "lists": "lists",
}
ADDED = ["record", "code", "field", "message", "suggestion"]
CUSTOM_COLUMNS = 50
CUSTOM_NAME = 64
COLUMNS = 500


def header_key(cell: str) -> str:
    """Letters and digits only, without case, accents and marks."""
    plain = unicodedata.normalize("NFKD", cell).casefold()
    return "".join(char for char in plain if char.isalnum())


def detect_separator(text: str) -> str:
    """The separator under which a header row is found, else the one that makes most cells."""

    def worth(separator: str) -> tuple[bool, int]:
        rows = split_rows(text, separator)[:20]
        header = next((row for row in rows if is_header(row)), None)
        return header is not None, len((header or rows[0]).cells) if rows else 0

    return max(SEPARATORS, key=worth)  # the first of equals


def is_header(row: Row, phone_names: AbstractSet[str] = frozenset()) -> bool:
    """Holds a phone synonym, or a name mapped to the phone number, and no parseable number."""
    keys = {header_key(cell) for cell in row.cells}
    return bool(keys & (set(PHONE_RANKS) | phone_names)) and not any(
        map(looks_like_number, row.cells)
    )


def looks_like_number(cell: str) -> bool:
    text = clean(cell)
    if not text or any(char.isalpha() for char in text):
        return False
    try:
        return bool(phonenumbers.is_possible_number(phonenumbers.parse(text, "GB")))
    except phonenumbers.NumberParseException:
        return False


def split_header(
    rows: list[Row], mode: str, mapping: dict[str, str]
) -> tuple[list[str] | None, list[Row]]:
    """The header's cells, or None without one, and the records."""
    phone_names = {header_key(name) for name in mapping if mapping[name] == "phone_number"}
    if mode == "present":
        return rows[0].cells, rows[1:]
    if mode == "auto":
        for place, row in enumerate(rows[:20]):
            if is_header(row, phone_names):
                return row.cells, rows[place + 1 :]
    return None, rows


def map_columns(header: list[str], options: dict[str, Any]) -> list[str]:
    """For each column a field, `custom.<name>`, `name`, `lists` or `skip`."""
    if len(header) > COLUMNS:
        raise FileRefused("too_many_columns")
    keys = [header_key(cell) for cell in header]
    mapping: list[str] = ["" for _ in header]
    chosen = {header_key(name): target for name, target in (options.get("mapping") or {}).items()}
    for place, key in enumerate(keys):
        mapping[place] = chosen.get(key, chosen.get(str(place), SYNONYMS.get(key, "")))
    if keys[-len(ADDED) :] == ADDED:
        mapping[-len(ADDED) :] = ["skip"] * len(ADDED)
    _map_phones(keys, mapping)
    _map_the_rest(header, mapping, options.get("unmapped", "custom"))
    taken = [target for target in mapping if target != "skip"]
    if "phone_number" not in taken:
        raise FileRefused("header_missing")
    if len(taken) != len(set(taken)):
        raise FileRefused("header_duplicate")
    return mapping


def map_by_content(rows: list[Row], chosen: dict[str, str]) -> list[str]:
    """Without a header: the column that is mostly numbers, the one that is mostly e-mails."""
    width = max(len(row.cells) for row in rows)
    mapping = [chosen.get(str(place), f"custom.column {place + 1}") for place in range(width)]
    for place in range(width):
        cells = [row.cells[place] for row in rows if place < len(row.cells)]
        filled = [cell for cell in cells if cell.strip(WHITE_SPACE)]
        if sum(map(looks_like_number, filled)) * 2 > len(filled) and "phone_number" not in mapping:
            mapping[place] = "phone_number"
        elif sum("@" in cell for cell in filled) * 2 > len(filled) and "email" not in mapping:
            mapping[place] = "email"
    if "phone_number" not in mapping:
        raise FileRefused("header_missing")
    return mapping


def _map_phones(keys: list[str], mapping: list[str]) -> None:
    found = [place for place, key in enumerate(keys) if not mapping[place] and key in PHONE_RANKS]
    found.sort(key=lambda place: (PHONE_RANKS[keys[place]], place))
    wanted = [field for field in ("phone_number", "alternate_phone_number") if field not in mapping]
    for place, target in zip(found, wanted, strict=False):
        mapping[place] = target


def _map_the_rest(header: list[str], mapping: list[str], unmapped: str) -> None:
    customs = 0
    for place, cell in enumerate(header):
        if mapping[place]:
            continue
        name = unicodedata.normalize("NFC", cell).strip(WHITE_SPACE)
        customs += bool(name)
        wanted = name and unmapped == "custom" and customs <= CUSTOM_COLUMNS
        mapping[place] = f"custom.{name[:CUSTOM_NAME].rstrip()}" if wanted else "skip"
