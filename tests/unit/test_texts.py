"""Cells to stored text: control characters, NFC, blanks, limits, e-mail addresses."""

import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist_rules.cleaning import TRIM
from enlist_rules.fields import LIMITS, Field
from enlist_rules.findings import Findings
from enlist_rules.options import OverLimit
from enlist_rules.texts import holds_controls, limited, tidy, well_formed_email

cells = st.text(
    st.sampled_from("aé e\u0301\t\n\r\0\x01\x1f\x7f\x85\x9f\u00a0\u200b\ufeff\u3000😀")
    | st.characters(exclude_categories=["Cs"]),
    max_size=10,
)


def series(*texts: str | None) -> pl.Series:
    return pl.Series(texts, dtype=pl.String)


def found(findings: Findings, height: int) -> tuple[list[str | None], list[tuple[int, str, str]]]:
    """Warnings by row, and rejects as (record, code, field)."""
    rejects = findings.rejects(pl.Series(range(1, height + 1), dtype=pl.UInt32))
    return findings.warning_texts(height).to_list(), rejects.rows()


def stored(cell: str) -> str | None:
    """What is stored of a cell, one character at a time."""
    kept = "".join(c for c in cell if c in "\t\n\r" or unicodedata.category(c) != "Cc")
    return unicodedata.normalize("NFC", kept).strip(TRIM) or None


@given(st.lists(st.none() | cells, min_size=1, max_size=6))
def test_tidy_text(column: list[str | None]) -> None:
    """Printable, composed and trimmed, null where blank; what was removed is said."""
    findings = Findings()
    tidied = tidy({"city": series(*column)}, findings, controls=True)["city"]
    assert tidied.to_list() == [None if cell is None else stored(cell) for cell in column]
    controls = [
        cell is not None
        and any(unicodedata.category(c) == "Cc" and c not in "\t\n\r" for c in cell)
        for cell in column
    ]
    nul = [number for number, cell in enumerate(column, 1) if cell and "\0" in cell]
    assert found(findings, len(column)) == (
        ["control_char_removed:city" if some else None for some in controls],
        [(number, "control_char", "city") for number in nul],
    )


@given(cells)
def test_control_characters_are_never_overlooked(cell: str) -> None:
    """Where `holds_controls` sees none, tidying with or without looking is the same."""
    if not holds_controls(cell.encode()):
        text = {"city": series(cell)}
        looked, skipped = (tidy(text, Findings(), controls=each) for each in (True, False))
        assert looked["city"].to_list() == skipped["city"].to_list()


@pytest.mark.parametrize(
    ("over_limit", "kept", "warnings", "rejects"),
    [
        (OverLimit.REJECT, None, [None] * 3, [(2, "field_too_long", "title")]),
        (OverLimit.TRUNCATE, "é" * 30, [None, "truncated:title", None], []),
        (OverLimit.BLANK, None, [None, "blanked:title", None], []),
    ],
)
def test_over_the_limit(
    over_limit: OverLimit,
    kept: str | None,
    warnings: list[str | None],
    rejects: list[tuple[int, str, str]],
) -> None:
    """Limits count code points; the importer says what becomes of a longer field."""
    findings = Findings()
    texts = limited({"title": series("é" * 30, "é" * 31, None)}, over_limit, findings)
    assert texts["title"].to_list() == ["é" * 30, kept, None]
    assert found(findings, 3) == (warnings, rejects)


def test_what_is_cut_is_trimmed_again() -> None:
    """A cut at a space leaves no space behind."""
    texts = limited({"title": series("a" * 29 + " b")}, OverLimit.TRUNCATE, Findings())
    assert texts["title"].to_list() == ["a" * 29]


@pytest.mark.parametrize("of_field", [*LIMITS, "custom.x"])
def test_each_field_has_its_limit(of_field: str) -> None:
    """At the limit a text passes, one more does not."""
    limit = 255 if of_field == "custom.x" else LIMITS[Field(of_field)]
    findings = Findings()
    texts = limited({of_field: series("x" * limit, "x" * (limit + 1))}, OverLimit.REJECT, findings)
    assert texts[of_field].to_list() == ["x" * limit, None]
    assert found(findings, 2)[1] == [(2, "field_too_long", of_field)]


GOOD = ["a@b.cd", "ann.lee+x@mail.example.org", "ö@bücher.example", "a'b@c.de"]
BAD = [
    "a@b",
    "@b.cd",
    "a@@b.cd",
    "a@b.",
    "a@.b",
    "a b@c.de",
    "a@b.cd, c@d.ef",
    "A <a@b.cd>",
    "a@b..c",
]


def test_email_addresses() -> None:
    """A malformed address is left out with a warning; a blank one is none."""
    findings = Findings()
    column = [*GOOD, *BAD, None]
    assert well_formed_email(series(*column), findings).to_list() == [
        *GOOD, *[None] * (len(BAD) + 1),
    ]  # fmt: skip
    assert found(findings, len(column))[0] == [
        *[None] * len(GOOD), *["email_malformed:email"] * len(BAD), None,
    ]  # fmt: skip
