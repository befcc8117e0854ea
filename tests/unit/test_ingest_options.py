"""The options of an upload."""

import json
from typing import Any

import pytest

from enlist_ingest.api.options import parse_options
from enlist_rules.codes import PermanentFailure
from enlist_rules.numbers import DEFAULT_NUMBER_TYPES, NUMBER_TYPES
from enlist_shared.options import Consent, ImportOptions


def test_no_options_are_the_defaults() -> None:
    """An upload without options is an upload with all defaults."""
    assert parse_options(b"") == parse_options(b" {} ") == ImportOptions()


def test_lists_are_names_or_ids() -> None:
    """Numbers are ids, texts are names without the space around them."""
    options = parse_options(b'{"lists": ["  Friends ", 7, "7"]}')
    assert options.lists == ("Friends", 7, "7")


def test_consent_is_where_and_what_proves_it() -> None:
    """Both texts lose the space around them; up to their limits they are kept."""
    said = {"consent": {"source": " " + "x" * 255, "evidence": "y" * 1000 + "\n"}}
    options = parse_options(json.dumps(said).encode())
    assert options.consent == Consent(source="x" * 255, evidence="y" * 1000)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"lists": ["  "]}, "list_name"),
        ({"lists": ["x" * 256]}, "list_name"),
        ({"lists": ["x"], "colour": 1}, "options"),
        ({"channel": "fax"}, "options"),
        ({"default_region": "ZZ"}, "options"),
        ({"number_types": ["MOBILE", "LETTER"]}, "options"),
        ({"consent": {"source": "form"}}, "options"),
        ({"consent": {"source": " ", "evidence": "ticked"}}, "options"),
        ({"consent": {"source": "form", "evidence": "\u200b "}}, "options"),
        ({"consent": {"source": "x" * 256, "evidence": "ticked"}}, "options"),
        ({"consent": {"source": "form", "evidence": "x" * 1001}}, "options"),
        ({"consent": {"source": "form", "evidence": "a\0"}}, "options"),
        ({"consent": {"source": "form", "evidence": "ticked", "state": "opted_out"}}, "options"),
        ({"purpose": "opt_in"}, "options"),
        ({"purpose": "opt_out", "lists": ["x"]}, "options"),
        ({"purpose": "opt_out", "duplicates": "merge"}, "options"),
        ({"purpose": "opt_out", "consent": {"source": "form", "evidence": "ticked"}}, "options"),
        ({"correlation_id": "a\0"}, "options"),
        ({"mapping": {"a\0": "email"}}, "options"),
        (["lists"], "options"),
    ],
)
def test_options_that_cannot_be_met_are_refused(given: Any, code: str) -> None:
    """Each refusal has its code and names the option."""
    with pytest.raises(PermanentFailure) as refusal:
        parse_options(json.dumps(given).encode())
    assert refusal.value.code == code


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"correlation_id": "\\ud800"}', b"null"])
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    """Bytes that are no JSON object are `options`, whatever they are."""
    with pytest.raises(PermanentFailure) as refusal:
        parse_options(body)
    assert refusal.value.code == "options"


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({}, DEFAULT_NUMBER_TYPES),
        ({"purpose": "opt_out"}, NUMBER_TYPES),
        ({"purpose": "opt_out", "number_types": ["MOBILE"]}, {"MOBILE"}),
    ],
)
def test_who_opts_out_may_do_so_with_any_number(given: Any, taken: set[str]) -> None:
    """Types that are no use for contacts are still remembered as opted out."""
    assert parse_options(json.dumps(given).encode()).taken_types == taken
