"""The `lists` cell of a record."""

import polars as pl
import pytest

from enlist_rules.findings import Findings
from enlist_rules.listing import read_lists

TWENTY = ";".join(f"list {number}" for number in range(20))
CASES: list[tuple[str | None, str | None, bool]] = [
    (None, None, False),
    ("", None, False),
    (" ; ;", None, False),
    ("News", "News", False),
    (" News ; vip ", "News;vip", False),
    ("News;NEWS; news ;vip", "News;vip", False),
    ("Cafe\u0301;café", "Café", False),
    (TWENTY, TWENTY, False),
    (f"{TWENTY};one more", TWENTY, True),
    (f"{TWENTY};LIST 3", TWENTY, False),
    ("x" * 255, "x" * 255, False),
    ("x" * 256, None, True),
    (f"News;{'x' * 256}", "News", True),
    ("Ne\0ws", "News", False),
]


@pytest.mark.parametrize(("cell", "names", "skipped"), CASES)
def test_a_cell(cell: str | None, names: str | None, skipped: bool) -> None:
    """Distinct names by their key, at most 20 of at most 255 characters; the rest is said."""
    findings = Findings()
    assert read_lists(pl.Series([cell], dtype=pl.String), findings).to_list() == [names]
    assert findings.warning_texts(1).to_list() == ["list_skipped:lists" if skipped else None]


def test_a_column() -> None:
    """All cells at once are as each alone."""
    findings = Findings()
    column = pl.Series([cell for cell, _, _ in CASES], dtype=pl.String)
    assert read_lists(column, findings).to_list() == [names for _, names, _ in CASES]
    assert [text is not None for text in findings.warning_texts(len(CASES))] == [
        skipped for _, _, skipped in CASES
    ]
