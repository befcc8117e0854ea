"""Files that once went wrong, or could: each folder of `tests/cases` is one, with its reason."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
from tests.cases.make import HERE, KEPT, MODELLED, RECIPES, input_of, modelled, shown
from tests.fixtures.stack import Stack
from tests.pipeline.checks import balances, result_of

CASES: Final = sorted(why.parent for why in HERE.glob("*/why.md"))
AT_ONCE: Final = 6
# The bad inputs that the project began with, but for those that are workbooks (45, 46, 52 to 64),
# concern several imports, lists or HTTP (99, 100, 102 to 104), or sizes alone (34).
TEXTS: Final = {*range(1, 45), *range(47, 52), *range(65, 99), 101, 105} - {34}
FROM_THE_START: Final = {37, 42, 89}  # cases that no script makes

pytestmark = pytest.mark.timeout(240)  # the first test waits for two stacks

Answers = dict[str, asyncio.Task[dict[str, Any]]]


def agreed(case: Path) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    return expected


@pytest.fixture(scope="session")
async def answers(stack: Stack, finely_cut_stack: Stack) -> AsyncIterator[Answers]:
    """What the system makes of each case, several at a time; large ones are not cut finely."""
    room = asyncio.Semaphore(AT_ONCE)

    async def answer(case: Path) -> dict[str, Any]:
        data = input_of(case)
        running = finely_cut_stack if len(data) <= KEPT else stack
        async with room, running.tenant() as tenant:
            options = agreed(case)["options"]
            found = await tenant.import_file(data, options)
            balances(found)
            outcomes = await tenant.outcomes(found["import_id"])
            contacts = [contact for _, contact in sorted((await tenant.contacts()).items())]
            return {"options": options} | shown(result_of(found), outcomes, contacts)

    tasks = {case.name: asyncio.create_task(answer(case)) for case in CASES}
    yield tasks
    for task in tasks.values():
        task.cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_the_system_agrees_with_a_case(answers: Answers, case: Path) -> None:
    """The pipeline gives what was agreed for the file."""
    assert await answers[case.name] == agreed(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_model_agrees_with_a_case(case: Path) -> None:
    """The reference model gives what was agreed for the file, unless it is very large."""
    data, expected = input_of(case), agreed(case)
    options = expected.pop("options")
    if len(data) <= MODELLED:
        assert modelled(data, options) == expected


def test_every_case_says_why() -> None:
    """A case without its reason is a riddle to the next reader."""
    for case in CASES:
        names = {path.name for path in case.iterdir()}
        assert names - {"input.csv"} == {"expected.json", "why.md"}
        assert "input.csv" in names or case.name in RECIPES
        assert (case / "why.md").read_text(encoding="utf-8").strip().endswith((".", "?"))


def test_made_inputs_are_what_the_script_makes() -> None:
    """Odd bytes survive editors and version control only when somebody looks."""
    for name, recipe in RECIPES.items():
        assert agreed(HERE / name)["options"] == recipe.options
        assert input_of(HERE / name) == recipe.data


def test_each_bad_input_that_is_text_is_a_case() -> None:
    """Nothing on the list of bad inputs was forgotten."""
    made = {number for recipe in RECIPES.values() for number in recipe.inputs}
    assert TEXTS - made == FROM_THE_START - made
