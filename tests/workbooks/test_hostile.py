"""Workbooks that nobody should open: each ends with its code, and its reader with it."""

from random import Random
from typing import Any

import pytest
from tests.fixtures.workbooks import xls, xlsx
from tests.workbooks.asking import read, readers
from tests.workbooks.hostile import HOSTILE, Hostile
from tests.workbooks.made import opendocument

from enlist_rules.codes import Code, PermanentFailure
from enlist_rules.kinds import HEAD_BYTES, is_workbook

ROWS: list[list[Any]] = [
    ["phone", "name", "n"],
    ["+447911123456", "Ann", 3.5],
    ["+447911123520", "Bo", 1e15],
]
MUTANTS = 60
OF_DAMAGE = (Code.CORRUPT, Code.BOMB, Code.ENCRYPTED, Code.EMPTY, Code.ARCHIVE, Code.UNSUPPORTED)


def code_of(workbook: bytes) -> Code | None:
    """Why a workbook is refused; None when it is read."""
    try:
        read(workbook)
    except PermanentFailure as refused:
        return refused.code
    return None


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_workbook_ends_with_its_code(hostile: Hostile) -> None:
    """What is wrong has a name; nobody is left behind."""
    workbook = hostile.make()
    assert is_workbook(workbook[:HEAD_BYTES])
    with pytest.raises(PermanentFailure) as refused:
        read(workbook)
    assert refused.value.code == hostile.code
    assert readers() == []


@pytest.mark.parametrize("seed", range(3))
def test_damage_is_a_code_too(seed: int) -> None:
    """Whatever bytes change, a workbook is read or refused with a code of a file."""
    random = Random(seed)
    whole = [xlsx(ROWS), xls(ROWS), opendocument("<table:table-row/>")][seed]
    for _ in range(MUTANTS // 3):
        damaged = bytearray(whole)
        for _ in range(random.randint(1, 8)):
            damaged[random.randrange(8, len(damaged))] = random.randrange(256)
        assert code_of(bytes(damaged)) in {None, *OF_DAMAGE}
