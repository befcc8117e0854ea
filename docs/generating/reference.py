"""The page of all events, `docs/events/README.md`."""

from typing import Final

from docs.generating.asyncapi import summary
from docs.generating.examples import example_text
from docs.generating.schemas import documented

from enlist_shared.contracts import CONTRACTS, Contract
from enlist_shared.topics import Topic

_INTRODUCTION: Final = """\
# The events, one by one

In the order in which an import meets them. [`asyncapi.json`](asyncapi.json) is the same for
machines (AsyncAPI 3.0); `schemas/` has a JSON Schema (2020-12) for each body, `examples/` a
message for each schema. [How to subscribe, and how events change](../events.md). `make docs`
writes this page, `asyncapi.json` and `schemas/` from `shared/enlist_shared/contracts.py`,
`shared/enlist_shared/topics.py` and `shared/enlist_shared/events.py`.

| topic | key | from → to | through |
|---|---|---|---|
"""


def reference_page() -> str:
    """The table of topics, then a section for each event with its example."""
    rows = [_row(topic, contract) for topic, contract in CONTRACTS.items()]
    sections = [_section(topic) for topic in CONTRACTS if documented(topic) is topic]
    return _INTRODUCTION + "\n".join([*rows, "", *sections])


def _row(topic: Topic, contract: Contract) -> str:
    parties = f"{', '.join(contract.senders)} → {', '.join(contract.listeners)}"
    return f"| `{topic}` | {_key(contract)} | {parties} | {contract.through} |"


def _key(contract: Contract) -> str:
    return f"`{contract.key}`" if "{" in contract.key else str(contract.key)


def _section(topic: Topic) -> str:
    names = [f"`{each}`" for each in CONTRACTS if documented(each) is topic]
    return f"""\
## {", ".join(names)}
{summary(CONTRACTS[topic])} [Schema](schemas/{topic}.json), [example](examples/{topic}.json):

```json
{example_text(topic).strip()}
```
"""
