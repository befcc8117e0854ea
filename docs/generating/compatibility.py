"""Whether contracts may replace those that are promised: what changed, and whom it breaks.

Both directions of time count. Consumers that know the old schema get new messages, and consumers
that know the new one get old messages, from a topic's past or from a process that is not yet
replaced. So what Enlist sends may only gain optional fields and values of open lists. What others
send may also be asked for less strictly: only their old messages must still be accepted.
"""

from collections.abc import Iterator
from typing import Any, Final

from docs.generating.differences import Change, Difference, Schema, differences

_ALWAYS: Final = {Change.FIELD_ADDED, Change.VALUE_ADDED}
_IF_ACCEPTED: Final = {Change.FIELD_OPTIONAL, Change.WIDENED}


def breaking(old: Schema, new: Schema) -> list[str]:
    """What the AsyncAPI document `new` breaks of what `old` promises, a line each."""
    return [
        f"{topic}: {broken}"
        for topic in old["channels"]
        for broken in _topic(topic, old, new)
    ]  # fmt: skip


def _topic(topic: str, old: Schema, new: Schema) -> Iterator[str]:
    if topic not in new["channels"]:
        yield "the topic is gone, and with it whoever sends or listens"
        return
    before, after = old["channels"][topic]["address"], new["channels"][topic]["address"]
    if before != after:
        yield f"its address was {before} and is {after}"
    if _is_accepted(topic, old) != _is_accepted(topic, new):
        yield "who sends it has changed sides"
    yield from map(str, _broken(topic, old, new))


def _broken(topic: str, old: Schema, new: Schema) -> Iterator[Difference]:
    harmless = _ALWAYS | (_IF_ACCEPTED if _is_accepted(topic, old) else set())
    parts = zip(_parts(topic, old).items(), _parts(topic, new).values(), strict=True)
    for (name, before), after in parts:
        for difference in differences(name, before, after):
            if difference.change not in harmless:
                yield difference


def _parts(topic: str, document: Schema) -> dict[str, Schema]:
    message = document["components"]["messages"][topic]
    return {
        "key": message["bindings"]["kafka"]["key"],
        "headers": message["headers"],
        "data": resolved(message["payload"], document),
    }


def _is_accepted(topic: str, document: Schema) -> bool:
    """No service of ours sends it."""
    channel = {"$ref": f"#/channels/{topic}"}
    return not any(
        operation["channel"] == channel and operation["action"] == "send"
        for operation in document["operations"].values()
    )


def resolved(node: Any, document: Schema) -> Any:  # noqa: ANN401 - any JSON
    """The node with everything it refers to in its place; beside a `$ref`, its siblings hold."""
    if isinstance(node, list):
        return [resolved(each, document) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" not in node:
        return {name: resolved(each, document) for name, each in node.items()}
    target: Any = document
    for step in node["$ref"].removeprefix("#/").split("/"):
        target = target[step]
    beside = {name: each for name, each in node.items() if name != "$ref"}
    return resolved(target, document) | resolved(beside, document)
