"""The page of all codes, `docs/codes.md`."""

from typing import Final

from enlist_rules.codes import EXPLANATIONS, Explanation, Level

_INTRODUCTION: Final = """\
# Codes

Every reason for which a file, a record or a field can be refused or noted. The table is closed
and lives in `shared/enlist_rules/codes.py` and `code_texts.py`; `make docs` writes this page from
it, and `tests/contracts/test_docs.py` fails when the two differ. A code never changes its meaning.
`docs/operations.md` says what an operator does, and which codes nothing raises yet.
"""
_LEVELS: Final[tuple[tuple[Level, str], ...]] = (
    ("file", "File codes"),
    ("record", "Record codes"),
    ("field", "Field codes (warnings)"),
)
_MEANINGS: Final[dict[Level, str]] = {
    "file": """\
The import ends `failed`. Nothing was merged, except with `shard_failed`, where the other parts
were. They stand in `error.code` of the import and in `code` of `enlist.import.failed.v1`.""",
    "record": """\
The record is `rejected`. A record with several faults carries the first of them in the order of
this table. They are counted in `reasons`, whose sum is `rejected`.""",
    "field": """\
The record was kept, but something in it was not taken as it stood. They are counted in
`warning_reasons`; one record may stand under several.""",
}


def codes_page() -> str:
    """The page of all codes, level by level, in the order of the table."""
    return "\n".join([_INTRODUCTION, *(_section(*level) for level in _LEVELS)])


def _section(level: Level, title: str) -> str:
    rows = [_row(each) for each in EXPLANATIONS.values() if each.level == level]
    head = ["| code | what happened | what to do |", "|---|---|---|"]
    return "\n".join([f"## {title}", "", _MEANINGS[level], "", *head, *rows, ""])


def _row(explanation: Explanation) -> str:
    return f"| `{explanation.code}` | {explanation.message} | {explanation.remedy} |"
