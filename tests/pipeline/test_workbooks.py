"""Workbooks in the running system: read once, in a process of their own, then as any text."""

from typing import Any, Final

import pytest
from tests.fixtures.stack import Stack
from tests.fixtures.tenant import Tenant
from tests.fixtures.workbooks import as_csv, xls, xlsx
from tests.pipeline.checks import balances, result_of

PEOPLE: Final = [
    ["phone", "first name", "note", "lists"],
    ["+447911123456", "José", "a, b", "News"],
    ["+447911123456", "José", 'say "x"', ""],
    ["07911 123520", "Bob", "two\nlines", "News; Ünique"],
    ["", "", "", ""],
    ["12", "Cid", "=1+1", ""],
    ["+447911123584", "", "", ""],
]


async def imported(stack: Stack, data: bytes, options: dict[str, Any]) -> tuple[Any, ...]:
    """An import into an account of its own: what it says, and what it left."""
    async with stack.tenant() as tenant:
        found = await tenant.import_file(data, options)
        balances(found)
        outcomes = await tenant.outcomes(found["import_id"])
        return result_of(found), outcomes, await tenant.contacts()


@pytest.mark.parametrize("options", [{}, {"convert_national": True, "duplicates": "skip"}], ids=str)
async def test_a_workbook_is_what_its_csv_is(
    stack: Stack, finely_cut_stack: Stack, options: dict[str, Any]
) -> None:
    """The same rows as CSV, XLSX and XLS give the same contacts, counts and reasons."""
    expected = await imported(stack, as_csv(PEOPLE), options)
    assert await imported(stack, xlsx(PEOPLE), options) == expected
    assert await imported(finely_cut_stack, xls(PEOPLE), options) == expected


async def test_rejects_of_a_workbook_are_its_own_rows(tenant: Tenant) -> None:
    """Rejected records come back with the cells of the sheet that was read."""
    found = await tenant.import_file(xlsx(PEOPLE, name="Gäste"))
    assert (found["detected"]["sheet"], found["detected"]["other_sheets"]) == ("Gäste", [])
    answer = await tenant.http.get(f"/v1/imports/{found['import_id']}/rejects.csv")
    first, *rows = answer.text.removeprefix("\ufeff").splitlines()
    assert first.startswith("phone,first name,note,lists,record,code")
    assert [row.split(",")[:2] for row in rows if row.startswith(("07911", "12"))] == [
        ["07911 123520", "Bob"],
        ["12", "Cid"],
    ]
