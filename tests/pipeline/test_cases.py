"""Files that once went wrong, or could: each folder of `tests/cases` is one, with its reason."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from tests.fixtures.stack import Stack
from tests.model.account import Account, Identity, Result
from tests.model.classification import Contact
from tests.pipeline.checks import balances, result_of, without_outcomes

CASES: Final = sorted(Path(__file__).parents[1].joinpath("cases").iterdir())
Outcomes = list[tuple[int, str, str | None]]


def agreed(case: Path) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    return expected


def shown(
    result: dict[str, Any], outcomes: Outcomes, contacts: dict[Identity, Contact]
) -> dict[str, Any]:
    """A result as `expected.json` says it: counts that are not 0, contacts by identity."""
    return result | {
        "counts": {name: count for name, count in result["counts"].items() if count},
        "outcomes": [list(outcome) for outcome in outcomes],
        "contacts": [
            {
                "number": contact.number,
                **contact.fields,
                "channels": sorted(contact.channels),
                "lists": sorted(contact.lists),
            }
            for _, contact in sorted(contacts.items())
        ],
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_model_agrees_with_a_case(case: Path) -> None:
    """The reference model gives what was agreed for the file."""
    expected = agreed(case)
    account = Account()
    options = expected.pop("options")
    result: Result = account.import_file((case / "input.csv").read_bytes(), options)
    assert shown(without_outcomes(result), result.outcomes, account.contacts) == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_the_system_agrees_with_a_case(finely_cut_stack: Stack, case: Path) -> None:
    """The pipeline gives what was agreed for the file."""
    expected = agreed(case)
    async with finely_cut_stack.tenant() as tenant:
        data = (case / "input.csv").read_bytes()
        found = await tenant.import_file(data, expected.pop("options"))
        balances(found)
        outcomes = await tenant.outcomes(found["import_id"])
        assert shown(result_of(found), outcomes, await tenant.contacts()) == expected


def test_every_case_says_why() -> None:
    """A case without its reason is a riddle to the next reader."""
    assert len(CASES) >= 20
    for case in CASES:
        assert {path.name for path in case.iterdir()} == {"input.csv", "expected.json", "why.md"}
        assert (case / "why.md").read_text(encoding="utf-8").strip().endswith(".")
