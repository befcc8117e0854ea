"""The documents that are made from code, and the places that the others point to."""

import re
from pathlib import Path
from typing import Final

import pytest
from docs.generate import PAGES as GENERATED

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK: Final = re.compile(r"\]\((?!https?:)([^)#]+)")
_PLACE: Final = re.compile(
    r"`((?:shared|services|cli|deploy|docs|tests)/[\w./-]+\.(?:py|sql|md|json))`"
)


def places(page: Path) -> set[Path]:
    """The files that a page links to or names by their path from the root."""
    text = page.read_text(encoding="utf-8")
    linked = {page.parent / target for target in _LINK.findall(text)}
    return linked | {ROOT / named for named in _PLACE.findall(text)}


@pytest.mark.parametrize("page", GENERATED, ids=str)
def test_a_generated_page_is_what_the_code_gives(page: Path) -> None:
    """Codes, settings and events are documented as they are; `make docs` writes the pages."""
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == GENERATED[page]()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_points_to_exists(page: Path) -> None:
    """No document sends its reader to a file that is not there."""
    assert [str(place) for place in sorted(places(page)) if not place.exists()] == []


def test_the_pages_are_found() -> None:
    """The documents that everybody looks for first are among them."""
    names = {str(page.relative_to(ROOT)) for page in PAGES}
    assert {"README.md", "CHANGELOG.md", "docs/architecture.md", "docs/codes.md"} <= names
