"""The rules applied to a chunk: rows that can be merged, and rejects."""

import json
from typing import Any

import polars as pl
import pytest

from enlist_rules.numbers.regions import DEFAULT_NUMBER_TYPES
from enlist_rules.options import NumberRules, OverLimit, ReadingRules
from enlist_rules.rows import NOTES, REJECT, ROW, slot
from enlist_rules.validation import normalize

ONE, TWO = "+447400000001", "+447400000002"
Cells = list[str | None]


def rules(over_limit: OverLimit = OverLimit.REJECT, *, convert: bool = False) -> ReadingRules:
    return ReadingRules(NumberRules("GB", convert, frozenset(DEFAULT_NUMBER_TYPES)), over_limit)


def applied(
    columns: dict[str, Cells], reading: ReadingRules | None = None
) -> tuple[list[dict[str, Any]], list[tuple[int, str, str | None]]]:
    """Rows without nulls, blank keys and `False`; rejects as (record, code, field)."""
    cells = list(columns.values())
    frame = pl.DataFrame(
        {"record": range(1, len(cells[0]) + 1)}
        | {f"c{position}": column for position, column in enumerate(cells)},
        schema={"record": pl.UInt32} | {f"c{n}": pl.String for n in range(len(cells))},
    )
    result = normalize(frame, list(columns), reading or rules())
    assert (result.rows.schema, result.rejects.schema) == (ROW, REJECT)
    rows = [
        {key: value for key, value in row.items() if value not in (None, "", False)}
        for row in result.rows.iter_rows(named=True)
    ]
    for row in rows:
        if "custom" in row:
            row["custom"] = json.loads(row["custom"])
    return rows, sorted(result.rejects.rows())


def test_a_whole_row() -> None:
    """Every kind of column finds its place; a skipped one leaves no trace."""
    rows, rejects = applied(
        {
            "phone_number": [ONE],
            "first_name": [" Ann "],
            "last_name": ["LEE"],
            "whatsapp_number": ["+44 7400 000002"],
            "country_code": ["gb"],
            "email": ["a@b.cd"],
            "custom.tier": ["gold"],
            "skip": ["secret"],
            "custom.size": [None],
            "lists": ["News; vip"],
            "alternate_phone_number": ["ask her mother"],
        }
    )
    assert rejects == []
    assert rows == [
        {
            "record": 1,
            "phone_number": ONE,
            "first_key": "ann",
            "last_key": "lee",
            "first_name": "Ann",
            "last_name": "LEE",
            "whatsapp_number": TWO,
            "country_code": "GB",
            "email": "a@b.cd",
            "alternate_phone_number": "ask her mother",
            "custom": {"tier": "gold"},
            "lists": "News;vip",
        }
    ]


@pytest.mark.parametrize(
    ("name", "first", "last", "warning"),
    [
        ("Ann Lee", "Ann", "Lee", True),
        ("Anna Maria Lee", "Anna Maria", "Lee", True),
        ("Ann  Lee", "Ann", "Lee", True),
        ("  Madonna ", "Madonna", None, False),
        ("Ann\u00a0Lee", "Ann\u00a0Lee", None, False),
        (" ", None, None, False),
    ],
)
def test_a_full_name(name: str, first: str | None, last: str | None, warning: bool) -> None:
    """Split at the last space, both halves trimmed, with a warning where it was split."""
    [row], _ = applied({"phone_number": [ONE], "name": [name]})
    found = row.get("first_name"), row.get("last_name"), row.get("warnings")
    assert found == (first, last, "name_split:name" if warning else None)


def test_a_full_name_gives_way_to_its_parts() -> None:
    """A record that has a first or a last name keeps it, and its full name is not split."""
    rows, _ = applied(
        {"phone_number": [ONE, TWO], "name": ["Ann Lee", "Bob Ray"], "last_name": ["Ek", None]}
    )
    assert [(row.get("first_name"), row["last_name"]) for row in rows] == [
        (None, "Ek"), ("Bob", "Ray"),
    ]  # fmt: skip


def test_a_whatsapp_number_that_is_not_usable_rejects() -> None:
    """With the phone's codes and its own field; a blank one is the phone's."""
    rows, rejects = applied(
        {"phone_number": [ONE, TWO, ONE], "whatsapp_number": ["abc", None, " "]}
    )
    assert [row["record"] for row in rows] == [2, 3]
    assert rejects == [(1, "phone_chars", "whatsapp_number")]


def test_the_records_own_region() -> None:
    """A usable country reads the number, an unusable one is `region_needed`."""
    rows, rejects = applied(
        {
            "phone_number": ["0151 12345678"] * 3 + [None],
            "country_code": ["DE", "Atlantis", "49", "?"],
        },
        rules(convert=True),
    )
    assert [(row["record"], row["phone_number"], row["country_code"]) for row in rows] == [
        (1, "+4915112345678", "DE"), (3, "+4915112345678", "DE"),
    ]  # fmt: skip
    assert rejects == [(2, "region_needed", "phone_number"), (4, "phone_missing", "phone_number")]


def test_faults_reject_and_warnings_stay() -> None:
    """One code a reject, by rank; a row that is kept has all of its warnings."""
    rows, rejects = applied(
        {
            "phone_number": ["none", ONE, TWO],
            "city": ["x" * 200, "x" * 200, "a\x01b"],
            "email": [None, None, "nobody"],
        }
    )
    assert rejects == [(1, "phone_missing", "phone_number"), (2, "field_too_long", "city")]
    assert [(row["record"], row["city"], row["warnings"].split(NOTES)) for row in rows] == [
        (3, "ab", ["control_char_removed:city", "email_malformed:email"])
    ]


def test_formula_errors_are_left_out() -> None:
    """What a spreadsheet could not calculate is no value, in whichever column; it is said."""
    error = "#N/A "
    rows, rejects = applied(
        {
            "phone_number": [error, ONE, TWO],
            "country_code": ["GB", "#REF!", "GB"],
            "lists": [None, "#VALUE!", None],
            "custom.x": ["1", "#DIV/0!", "#1"],
        }
    )
    assert rejects == [(1, "phone_missing", "phone_number")]
    fields = ("country_code", "lists", "custom.x")
    assert [(row.get("lists"), row.get("custom"), row.get("warnings")) for row in rows] == [
        (None, None, NOTES.join(f"formula_error:{name}" for name in fields)),
        (None, {"x": "#1"}, None),
    ]


@pytest.mark.parametrize(("over_limit", "kept"), [("truncate", "x" * 255), ("blank", None)])
def test_long_custom_values(over_limit: str, kept: str | None) -> None:
    """What the importer chose holds for custom fields, under their own names."""
    [row], _ = applied(
        {"phone_number": [ONE], "custom.a, b": ["x" * 300]}, rules(OverLimit(over_limit))
    )
    code = {"truncate": "truncated", "blank": "blanked"}[over_limit]
    assert (row.get("custom", {}).get("a, b"), row["warnings"]) == (kept, f"{code}:custom.a, b")


def test_nothing_in_nothing_out() -> None:
    """A chunk without records has neither rows nor rejects."""
    assert applied({"phone_number": [], "lists": [], "custom.x": [], "name": []}) == ([], [])


def test_slots() -> None:
    """A slot is the digits modulo 64, also of the longest number."""
    numbers = [ONE, "+1", "+999999999999999", "+64", "+12025550123"]
    slots = pl.select(slot(pl.lit(pl.Series(numbers)))).to_series().to_list()
    assert slots == [int(number[1:]) % 64 for number in numbers]
