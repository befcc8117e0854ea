"""Workbooks that mean trouble, in the running system: each comes to its end, and ends nothing else.

The numbers are those of the bad inputs that the project began with; texts are in `tests/cases`.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import pytest
from tests.fixtures.stack import Stack
from tests.pipeline.checks import balances
from tests.workbooks.hostile import HOSTILE, Hostile
from tests.workbooks.readable import READABLE, Readable

# Those on the list; what a child alone makes of the others is told by `tests/workbooks`.
LISTED: Final = {name: hostile for name, hostile in HOSTILE.items() if hostile.inputs}
WORKBOOKS: Final = {45, 46, *range(52, 65)}
AT_ONCE: Final = 4
SECONDS: Final = 90.0
COUNTED: Final = ("created", "updated", "unchanged", "duplicate", "rejected", "warnings")

pytestmark = pytest.mark.timeout(240)  # the first test waits for a stack

Answers = dict[str, asyncio.Task[dict[str, Any]]]


@pytest.fixture(scope="session")
async def answers(stack: Stack) -> AsyncIterator[Answers]:
    """What the system makes of every workbook, several at a time."""
    room = asyncio.Semaphore(AT_ONCE)

    async def answer(workbook: Hostile | Readable) -> dict[str, Any]:
        readable = workbook if isinstance(workbook, Readable) else None
        options, name = (readable.options, readable.name) if readable else ({}, "x.xlsx")
        async with room, stack.tenant() as tenant:
            data = await asyncio.to_thread(workbook.make)
            import_id = await tenant.upload(data, options, name)
            found = await tenant.ended(import_id, SECONDS)
            balances(found)
            return found | {"contacts": await tenant.contacts()}

    every: Mapping[str, Hostile | Readable] = {**LISTED, **READABLE}
    tasks = {name: asyncio.create_task(answer(workbook)) for name, workbook in every.items()}
    yield tasks
    for task in tasks.values():
        task.cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)


@pytest.fixture(scope="session")
def services(stack: Stack) -> set[int]:
    """The processes of ingest before anything was imported."""
    return _ids(stack)


@pytest.mark.supervised
@pytest.mark.parametrize("name", LISTED)
async def test_a_hostile_workbook_ends_its_import_alone(
    stack: Stack, services: set[int], answers: Answers, name: str
) -> None:
    """It fails with its code and brings nothing; the process that split it is still there."""
    found = await answers[name]
    code = found["error"] and found["error"]["code"]
    assert (found["status"], code, found["contacts"]) == ("failed", HOSTILE[name].code, {})
    assert _ids(stack) == services


@pytest.mark.parametrize("name", READABLE)
async def test_what_looks_like_trouble_is_read(answers: Answers, name: str) -> None:
    """The import completes with these contacts, counts, reasons and warnings."""
    found, expected = await answers[name], READABLE[name]
    assert found["status"] == "completed", found["error"]
    contacts = {c.number: dict(c.fields) for c in found["contacts"].values()}
    counts = {name: found["counts"][name] for name in COUNTED if found["counts"][name]}
    reasons, warnings = found["reasons"], found["warning_reasons"]
    assert (contacts, counts) == (expected.contacts, expected.counts)
    assert (reasons, warnings) == (expected.reasons, expected.warnings)


def test_each_bad_input_that_is_a_workbook_is_a_case() -> None:
    """Nothing on the list of bad inputs was forgotten."""
    every: list[Hostile | Readable] = [*HOSTILE.values(), *READABLE.values()]
    assert {number for workbook in every for number in workbook.inputs} == WORKBOOKS


def _ids(stack: Stack) -> set[int]:
    return {process.pid for process in stack.workers("enlist_ingest")}
