"""`enlist check` says what an import into an empty account says."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from tests.cases.make import HERE, input_of
from tests.model.account import Account
from tests.model.strategies import Upload, uploads

from enlist.checking.engine import check
from enlist.checking.tally import Checked
from enlist_shared.options import ImportOptions

CASES: Final = sorted(expected.parent for expected in HERE.glob("*/expected.json"))
Check = Callable[[bytes, dict[str, Any]], dict[str, Any]]


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Check:
    """Check some bytes in many chunks; the answer in the words of an import's result."""
    file = tmp_path_factory.mktemp("check") / "input.csv"

    def run(data: bytes, options: dict[str, Any]) -> dict[str, Any]:
        file.write_bytes(data)
        return result_of(
            check(file, ImportOptions.model_validate(options), chunk_bytes=100 + len(data) // 20)
        )

    return run


def result_of(found: Checked) -> dict[str, Any]:
    return {
        "status": "failed" if found.failure else "completed",
        "code": found.failure.code if found.failure else None,
        "counts": {name: count for name, count in found.balance.counts if count},
        "reasons": dict(found.balance.reasons),
        "warning_reasons": dict(found.balance.warning_reasons),
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case(checked: Check, case: Path) -> None:
    """The balance and the reasons that the pipeline and the model give."""
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    found = checked(input_of(case), expected["options"])
    assert found == {name: expected[name] for name in found}


@settings(max_examples=60)
@given(uploads())
def test_any_file(checked: Check, upload: Upload) -> None:
    """The same for messy files and options, by the reference model."""
    expected = Account().import_file(upload.data, upload.options)
    assert checked(upload.data, upload.options) == {
        "status": expected.status,
        "code": expected.code,
        "counts": {name: count for name, count in expected.counts.items() if count},
        "reasons": expected.reasons,
        "warning_reasons": expected.warning_reasons,
    }
