"""The closed table of codes: complete, explained at each of its levels, ranked as agreed."""

from typing import Final

import pytest

from enlist_rules.codes import EXPLANATIONS, RECORD_RANK, Code, Level

# contacts.md, Codes, word for word.
AGREED: Final[dict[Level, str]] = {
    "file": "empty too_large too_many_records too_many_columns record_too_large encoding "
    "unterminated_quote type_mismatch compressed archive bomb xml_dtd encrypted unsupported "
    "corrupt header_missing header_duplicate list_unknown list_name too_many_lists "
    "source_missing source_changed count_mismatch chunk_unreadable shard_failed expired options",
    "record": "phone_missing phone_not_e164 phone_invalid phone_ambiguous phone_chars "
    "phone_too_long region_needed excel_scientific excel_decimal number_precision "
    "multiple_numbers extension short_code type_not_allowed field_too_long encoding "
    "control_char ragged quote cell_too_large header_repeated erased",
    "field": "email_malformed truncated blanked name_split ambiguous_contact duplicate_conflict "
    "formula_error leading_zero_restored control_char_removed list_gone list_skipped "
    "too_many_custom_fields columns_skipped",
}
LEVELS: Final[tuple[Level, ...]] = ("file", "record", "field")


@pytest.mark.parametrize("level", LEVELS)
def test_the_codes_are_those_of_the_contract(level: Level) -> None:
    """Each level has the agreed codes, in the agreed order."""
    assert [code for of, code in EXPLANATIONS if of == level] == AGREED[level].split()


def test_every_code_belongs_to_a_level() -> None:
    """No code without an explanation."""
    assert {code for _, code in EXPLANATIONS} == set(Code)


def test_record_codes_rank_in_the_order_of_the_table() -> None:
    """A record with several faults carries the first in this order."""
    assert sorted(RECORD_RANK, key=RECORD_RANK.__getitem__) == AGREED["record"].split()


@pytest.mark.parametrize("key", EXPLANATIONS, ids=lambda key: f"{key[0]}-{key[1]}")
def test_an_explanation_says_what_happened_and_what_to_do(key: tuple[Level, Code]) -> None:
    """Message and remedy are sentences, and the row knows its own code and level."""
    row = EXPLANATIONS[key]
    assert (row.level, row.code) == key
    for sentence in (row.message, row.remedy):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
