"""Named statements in `.sql` files."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from enlist_shared.statements import statements

Package = Callable[[str], str]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    """Makes a package with one file of statements; returns its name."""

    def make(text: str) -> str:
        folder = tmp_path / "sqlpackage" / "sql"
        folder.mkdir(parents=True)
        (folder.parent / "__init__.py").touch()
        (folder / "all.sql").write_text(text, encoding="utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.delitem(sys.modules, "sqlpackage", raising=False)
        return "sqlpackage"

    return make


def test_statements_by_name(package: Package) -> None:
    """Each is what stands under its name, with its comments; what is above the first is prose."""
    text = "-- About this.\n\n-- name: one\n-- Why.\nSELECT 1\n\n-- name: two\nSELECT '-- name'\n"
    assert statements(package(text), "all.sql") == {
        "one": "-- Why.\nSELECT 1",
        "two": "SELECT '-- name'",
    }


@pytest.mark.parametrize(
    "text", ["", "SELECT 1\n", "-- name: one\nSELECT 1\n-- name: one\nSELECT 2\n"]
)
def test_names_are_there_and_once(package: Package, text: str) -> None:
    """A file without a named statement, or with one name twice, is refused."""
    with pytest.raises(ValueError, match=r"sqlpackage/sql/all\.sql"):
        statements(package(text), "all.sql")
