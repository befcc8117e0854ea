"""Folding: records of one import that mean one contact become one row (M6, M7)."""

import json
from itertools import permutations
from typing import Any

import polars as pl
import pytest

from enlist_rules.folding import fold
from enlist_rules.identity import name_key
from enlist_rules.options import Duplicates
from enlist_rules.rows import ROW

ONE, TWO = "+447400000001", "+447400000002"
MERGE, BY_NUMBER, SKIP = Duplicates.MERGE, Duplicates.MERGE_BY_NUMBER, Duplicates.SKIP
Row = dict[str, Any]


def row(record: int, number: str, first: str | None = None, **fields: Any) -> Row:
    """A normalised row; `custom` may be given as a dict."""
    if isinstance(fields.get("custom"), dict):
        fields["custom"] = json.dumps(fields["custom"])
    last = fields.get("last_name")
    keys = {"first_key": name_key(first or ""), "last_key": name_key(last or "")}
    return {"record": record, "phone_number": number, "first_name": first, **keys, **fields}


def frame(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=ROW)


def folded(rows: list[Row], mode: Duplicates) -> tuple[list[Row], list[int], set[tuple[int, str]]]:
    """Rows without nulls, duplicates, warnings: the same for every order of the rows."""
    answers = []
    for order in list(permutations(rows))[:24]:
        result = fold(frame(list(order)), mode)
        kept = [
            {k: v for k, v in each.items() if v is not None and not k.endswith("_key")}
            for each in result.rows.iter_rows(named=True)
        ]
        for each in kept:
            if "custom" in each:
                each["custom"] = json.loads(each["custom"])
            if "lists" in each:
                each["lists"] = set(each["lists"].split(";"))
        answers.append((kept, result.duplicates.to_list(), set(result.warnings.iter_rows())))
    assert all(answer == answers[0] for answer in answers)
    return answers[0]


CASES: dict[str, tuple[Duplicates, list[Row], tuple[list[Row], list[int], set[Any]]]] = {
    "numbers that stand once pass untouched": (
        MERGE,
        [row(1, ONE, "Ann", warnings="x:y"), row(2, TWO, fixed_line=True)],
        (
            [
                {"record": 1, "phone_number": ONE, "first_name": "Ann", "warnings": "x:y"},
                {"record": 2, "phone_number": TWO, "fixed_line": True},
            ],
            [],
            set(),
        ),
    ),
    "M6: the last value that is not blank, lists by union, the lowest record": (
        MERGE,
        [
            row(2, ONE, "Ann", city="Leeds", lists="a;b", custom={"x": "1", "y": "1"}),
            row(5, ONE, "ANN", lists="b;c", custom={"y": "2", "z": "2"}),
            row(9, ONE, "Ann", email="a@b.cd"),
        ],
        (
            [
                {
                    "record": 2,
                    "phone_number": ONE,
                    "first_name": "Ann",
                    "city": "Leeds",
                    "email": "a@b.cd",
                    "lists": {"a", "b", "c"},
                    "custom": {"x": "1", "y": "2", "z": "2"},
                }
            ],
            [5, 9],
            {(2, "duplicate_conflict"), (5, "duplicate_conflict")},
        ),
    ),
    "M6: a blank is no conflict, nor is the same value": (
        MERGE,
        [row(1, ONE, "Ann", city="York"), row(2, ONE, "Ann"), row(3, ONE, "Ann", city="York")],
        (
            [{"record": 1, "phone_number": ONE, "first_name": "Ann", "city": "York"}],
            [2, 3],
            set(),
        ),
    ),
    "M6: rows without names of one number": (
        MERGE,
        [row(1, ONE, city="Leeds"), row(2, ONE, city="York")],
        ([{"record": 1, "phone_number": ONE, "city": "York"}], [2], {(1, "duplicate_conflict")}),
    ),
    "M7: beside one name the nameless one folds in and never carries": (
        MERGE,
        [row(1, ONE, city="Leeds", lists="a"), row(4, ONE, "Ann", city="York")],
        (
            [
                {
                    "record": 4,
                    "phone_number": ONE,
                    "first_name": "Ann",
                    "city": "York",
                    "lists": {"a"},
                }
            ],
            [1],
            {(1, "duplicate_conflict")},
        ),
    ),
    "M7: beside several names lists go to each, fields to none": (
        MERGE,
        [
            row(1, ONE, city="Leeds", lists="a"),
            row(2, ONE, "Ann", lists="b"),
            row(3, ONE, "Bob"),
            row(4, ONE, lists="c"),
        ],
        (
            [
                {"record": 2, "phone_number": ONE, "first_name": "Ann", "lists": {"a", "b", "c"}},
                {"record": 3, "phone_number": ONE, "first_name": "Bob", "lists": {"a", "c"}},
            ],
            [1, 4],
            {(1, "ambiguous_contact")},
        ),
    ),
    "by number: one row, each name's last value": (
        BY_NUMBER,
        [row(1, ONE, "Ann", last_name="Lee"), row(2, ONE, "Bob"), row(3, ONE, city="York")],
        (
            [
                {
                    "record": 1,
                    "phone_number": ONE,
                    "first_name": "Bob",
                    "last_name": "Lee",
                    "city": "York",
                }
            ],
            [2, 3],
            {(1, "duplicate_conflict")},
        ),
    ),
    "skip: the lowest record of each identity, the rest contribute nothing": (
        SKIP,
        [
            row(1, ONE, city="Leeds", lists="a"),
            row(2, ONE, "Ann", city="York"),
            row(3, ONE, "ann", email="a@b.cd", lists="b"),
            row(4, ONE, "Bob"),
        ],
        (
            [
                {"record": 2, "phone_number": ONE, "first_name": "Ann", "city": "York"},
                {"record": 4, "phone_number": ONE, "first_name": "Bob"},
            ],
            [1, 3],
            set(),
        ),
    ),
    "skip: without any name the lowest counts": (
        SKIP,
        [row(1, ONE, city="Leeds"), row(2, ONE, city="York")],
        ([{"record": 1, "phone_number": ONE, "city": "Leeds"}], [2], set()),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_folding(case: str) -> None:
    """Rows, duplicates and warnings are what M6, M7 and the mode say, in any order."""
    mode, rows, expected = CASES[case]
    assert folded(rows, mode) == expected


@pytest.mark.parametrize("mode", Duplicates)
def test_every_record_is_kept_or_a_duplicate(mode: Duplicates) -> None:
    """No record is lost and none counts twice, with or without anything to fold."""
    for rows in (
        [row(3, ONE), row(1, TWO)],
        [row(n, (ONE, TWO)[n % 2], (None, "Ann", "Bob")[n % 3]) for n in range(1, 40)],
    ):
        result = fold(frame(rows), mode)
        assert result.rows.schema == ROW
        kept = [*result.rows["record"], *result.duplicates]
        assert sorted(kept) == sorted(each["record"] for each in rows)


def test_the_keys_follow_the_names_that_won() -> None:
    """By number, the keys of the row are those of the names that it has."""
    rows = [row(1, ONE, "Ann", last_name="Lee"), row(2, ONE, "BOB")]
    [only] = fold(frame(rows), BY_NUMBER).rows.iter_rows(named=True)
    assert (only["first_key"], only["last_key"]) == ("bob", "lee")
