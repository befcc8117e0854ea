"""Writes the pages and contracts of `docs/` that are made from code: `make docs`.

It refuses to write contracts that break what the committed ones promise; `docs/events.md` says
how to begin a new version. With an argument it only compares what the code gives with the
AsyncAPI document in that file, such as the one of an earlier release.
"""

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from docs.generating.asyncapi import asyncapi
from docs.generating.codes import codes_page
from docs.generating.compatibility import breaking
from docs.generating.exports import exports_page
from docs.generating.reference import reference_page
from docs.generating.schemas import documented, schema
from docs.generating.settings import settings_page

from enlist_shared.contracts import CONTRACTS

HERE: Final = Path(__file__).parent
PROMISES: Final = Path("events/asyncapi.json")


def _json(make: Callable[[], dict[str, Any]]) -> str:
    return json.dumps(make(), indent=2, ensure_ascii=False) + "\n"


PAGES: Final[dict[Path, Callable[[], str]]] = {
    Path("codes.md"): codes_page,
    Path("exports.md"): exports_page,
    Path("settings.md"): settings_page,
    PROMISES: partial(_json, asyncapi),
    Path("events/README.md"): reference_page,
    **{
        Path(f"events/schemas/{topic}.json"): partial(_json, partial(schema, topic))
        for topic in CONTRACTS
        if documented(topic) is topic
    },
}


def broken_promises(promises: Path) -> list[str]:
    """What the code breaks of the contracts in a file; nothing if there is no such file yet."""
    if not promises.exists():
        return []
    return breaking(json.loads(promises.read_text(encoding="utf-8")), asyncapi())


def write(folder: Path) -> int:
    """Write every page into the folder, unless a promise in it would be broken.

    Returns the exit code: 1 if nothing was written.
    """
    if not keeps(folder / PROMISES):
        print("nothing was written; see docs/events.md, How events change", file=sys.stderr)
        return 1
    for path, page in PAGES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(page(), encoding="utf-8")
    return 0


def keeps(promises: Path) -> bool:
    """Whether the code keeps the contracts in a file; says which it breaks."""
    broken = broken_promises(promises)
    for each in broken:
        print(f"broken: {each}", file=sys.stderr)
    return not broken


if __name__ == "__main__":
    match sys.argv[1:]:
        case [promises]:
            sys.exit(not keeps(Path(promises)))
        case _:
            sys.exit(write(HERE))
