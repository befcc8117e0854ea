"""What `enlist check` says of a file, the pipeline says of its import into an empty account.

Cases and the reference model are held against it in `tests/cli/test_check_agrees.py`.
"""

from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest
from tests.exports.every import EVERY
from tests.fixtures.stack import Stack
from tests.pipeline.checks import balances

from enlist.checking.engine import check
from enlist.samples import write_sample
from enlist_shared.options import ImportOptions


def sample() -> bytes:
    """Some hundred messy records."""
    text = StringIO()
    write_sample(text, 300, seed=7)
    return text.getvalue().encode()


FILES: Final = {export.name: export.render() for export in EVERY} | {"sample": sample()}


@pytest.mark.parametrize("name", FILES)
async def test_the_check_and_the_pipeline_agree(
    finely_cut_stack: Stack, name: str, tmp_path: Path
) -> None:
    """Counts, reasons, warnings, how the file is read, and the rejects file to the byte."""
    options: dict[str, Any] = {"convert_national": True, "lists": ["All"]}
    file, rejects = tmp_path / "file.csv", tmp_path / "rejects.csv"
    file.write_bytes(FILES[name])
    checked = check(file, ImportOptions.model_validate(options), rejects=rejects)
    async with finely_cut_stack.tenant() as tenant:
        found = await tenant.import_file(FILES[name], options)
        returned = await tenant.http.get(f"/v1/imports/{found['import_id']}/rejects.csv")
    balances(found)
    assert returned.content == rejects.read_bytes()
    assert checked.layout is not None
    assert {
        "status": "completed",
        "counts": checked.balance.counts.model_dump(),
        "reasons": checked.balance.reasons,
        "warning_reasons": checked.balance.warning_reasons,
        "mapping": [
            {"column": column, "field": field}
            for column, field in zip(checked.layout.columns, checked.layout.mapping, strict=True)
        ],
    } == {
        **{part: found[part] for part in ("status", "counts", "reasons", "warning_reasons")},
        "mapping": found["detected"]["mapping"],
    }
