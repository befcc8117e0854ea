"""The reference model's consent against examples worked by hand."""

from typing import Any

import pytest
from tests.model.account import Account, Result

ONE, TWO, THREE = "+447911123456", "+447911123520", "+442079460018"
CONSENT = {"consent": {"source": "spring fair", "evidence": "signed sheet 12"}}


def run(account: Account, *rows: str, **options: Any) -> Result:
    text = "\n".join(["phone,first_name,whatsapp_number", *rows])
    return account.import_file(text.encode(), CONSENT | options)


@pytest.mark.parametrize(
    ("channel", "rows", "places"),
    [
        ("phone", [f"{ONE},Ann,{TWO}", "999,Bob,"], {ONE}),
        ("whatsapp", [f"{ONE},Ann,{TWO}", f"{THREE},Bob,"], {TWO, THREE}),
        ("whatsapp", [f"{ONE},Ann,{TWO}", f"{ONE},Ann,{THREE}"], {TWO, THREE}),
    ],
)
def test_consent_is_of_the_number_that_a_record_states(
    channel: str, rows: list[str], places: set[str]
) -> None:
    """On phone its number, on WhatsApp its own; duplicates state theirs, rejected ones none."""
    account = Account()
    run(account, *rows, channel=channel)
    assert account.opted_in == {(number, channel) for number in places}


@pytest.mark.parametrize(
    ("duplicates", "outcome"), [("merge", "updated"), ("merge_by_number", "updated"),
    ("skip", "unchanged")],
)  # fmt: skip
def test_a_consent_that_alone_differs(duplicates: str, outcome: str) -> None:
    """The record is updated, but under skip; the same again is unchanged."""
    account = Account()
    account.import_file(f"phone,first_name\n{ONE},Ann".encode(), {})
    for expected in (outcome, "unchanged"):
        result = run(account, f"{ONE},Ann,", duplicates=duplicates)
        assert result.outcomes == [(1, expected, None)]
        assert account.opted_in == {(ONE, "phone")}


def test_opted_out_stays() -> None:
    """Whoever opted out is suppressed, and that an importer states the contrary changes nothing."""
    account = Account(opted_out={(ONE, "phone")})
    result = run(account, f"{ONE},Ann,")
    assert (account.opted_in, result.counts["suppressed"]) == (set(), 1)


def test_an_import_that_opts_out() -> None:
    """Unknown or in: created; out: unchanged; again: duplicate. Nobody becomes a contact."""
    account = Account(opted_in={(ONE, "phone")}, opted_out={(TWO, "phone"), (ONE, "whatsapp")})
    rows = (f"{ONE},Ann,{THREE}", f"{TWO},,", f"{ONE},Bob,", f"{THREE},,", "999,,")
    text = "\n".join(["phone,first_name,whatsapp_number", *rows])
    result = account.import_file(text.encode(), {"purpose": "opt_out"})
    outcomes = ["created", "unchanged", "duplicate", "created", "rejected"]
    assert [outcome for _, outcome, _ in result.outcomes] == outcomes
    assert result.counts["suppressed"] == 1
    assert (account.contacts, account.opted_in) == ({}, set())
    assert account.opted_out == {
        (ONE, "phone"), (TWO, "phone"), (THREE, "phone"), (ONE, "whatsapp"),
    }  # fmt: skip
