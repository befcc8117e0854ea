"""Workbooks that nobody should open: each ends with its code, and its reader with it."""

from random import Random
from typing import Any

import pytest
from tests.fixtures.workbooks import xls, xlsx
from tests.workbooks.asking import read, readers
from tests.workbooks.binary import xlsb
from tests.workbooks.fuzz import WHOLE, verdict
from tests.workbooks.hostile import HOSTILE, Hostile
from tests.workbooks.made import opendocument
from tests.workbooks.mutation import mutant

from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.kinds import HEAD_BYTES, is_workbook

ROWS: list[list[Any]] = [
    ["phone", "name", "n"],
    ["+447911123456", "Ann", 3.5],
    ["+447911123520", "Bo", 1e15],
]
MUTANTS = 60


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_workbook_ends_with_its_code(hostile: Hostile) -> None:
    """What is wrong has a name; nobody is left behind."""
    workbook = hostile.make()
    assert is_workbook(workbook[:HEAD_BYTES])
    with pytest.raises(PermanentFailure) as refused:
        read(workbook)
    assert refused.value.code == hostile.code
    assert readers() == []


def test_damage_is_a_code_too() -> None:
    """Whatever bytes change, a workbook is read or refused with a code of a file."""
    whole = [xlsx(ROWS), xls(ROWS), xlsb(ROWS), opendocument("<table:table-row/>")]
    verdicts = {verdict(mutant(Random(seed), whole)) for seed in range(MUTANTS)}
    assert {WHOLE, Code.CORRUPT} < verdicts
    assert readers() == []
