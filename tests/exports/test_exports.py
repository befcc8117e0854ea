"""Exports of other programs import without any option but the toggle."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from tests.exports.every import EVERY, FILES
from tests.exports.export import Export

from enlist_rules.layout import LayoutRules, read_layout
from enlist_rules.numbers.regions import DEFAULT_NUMBER_TYPES
from enlist_rules.options import NumberRules, ReadingRules
from enlist_rules.reading import read_rows
from enlist_rules.validation import normalize

CONTACTS: Final = Path(__file__).parent / "contacts.json"
_KEYS: Final = ("record", "first_key", "last_key")


def imported(export: Export) -> dict[str, Any]:
    """The contacts of a file by their fields that hold something, and the rejected records."""
    data = export.render().decode(export.encoding).encode()
    layout = read_layout(data, LayoutRules(), complete=True)
    rows = read_rows(
        data[layout.data_start :], len(layout.columns), export.separator, layout.header_cells, 1
    )
    numbers = NumberRules("GB", convert_national=True, number_types=frozenset(DEFAULT_NUMBER_TYPES))
    found = normalize(rows.frame, layout.mapping, ReadingRules(numbers))
    return {
        "contacts": [_filled(row) for row in found.rows.drop(_KEYS).to_dicts()],
        "rejected": [[record, code] for record, code, _ in found.rejects.rows()]
        + [list(row) for row in rows.refused.rows()],
    }


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    custom = json.loads(row.pop("custom") or "{}")
    return {name: value for name, value in row.items() if value} | (
        {"custom": custom} if custom else {}
    )


@pytest.mark.parametrize("export", EVERY, ids=lambda export: export.name)
def test_what_becomes_of_an_export(export: Export) -> None:
    """Names, numbers, address and the rest arrive in the fields where they belong."""
    expected = json.loads(CONTACTS.read_text(encoding="utf-8"))
    assert imported(export) == expected[export.name]


@pytest.mark.parametrize("export", EVERY, ids=lambda export: export.name)
def test_the_files_are_what_the_script_writes(export: Export) -> None:
    """`python -m tests.exports` brings them up to date."""
    assert (FILES / f"{export.name}.csv").read_bytes() == export.render()
