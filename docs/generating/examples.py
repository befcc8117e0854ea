"""One agreed message for each event: written by hand, read by the tests, shown in the pages."""

import json
from pathlib import Path
from typing import Any, Final

from docs.generating.schemas import documented

from enlist_shared.topics import Topic

EXAMPLES: Final = Path(__file__).parents[1] / "events" / "examples"


def example_text(topic: Topic) -> str:
    """The example as it stands in its file."""
    return (EXAMPLES / f"{documented(topic)}.json").read_text(encoding="utf-8")


def example(topic: Topic) -> dict[str, Any]:
    """The body of the example."""
    body: dict[str, Any] = json.loads(example_text(topic))
    return body
