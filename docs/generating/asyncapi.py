"""The AsyncAPI 3.0 document of all topics: who sends, who receives, keys, headers, bodies."""

from collections.abc import Mapping
from itertools import chain, starmap
from typing import Any, Final, get_args

from docs.generating.examples import example
from docs.generating.headers import header_example, header_schema
from docs.generating.schemas import shared_schemas

from enlist_shared.contracts import CONTRACTS, Contract, Key, Service
from enlist_shared.topics import Topic

_UUID: Final = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PATTERNS: Final = {
    Key.ACCOUNT: f"^{_UUID}$",
    Key.IMPORT: f"^{_UUID}$",
    Key.CHUNK: f"^{_UUID}:[0-9]+$",
    Key.SHARD: f"^{_UUID}:[0-9]+$",
}
_INFO: Final = {
    "title": "Enlist",
    "version": "1",
    "description": "Contact imports. Events are CloudEvents 1.0 in binary mode, delivered at "
    "least once; order holds within a key. docs/events.md says how to subscribe.",
    "license": {"name": "Apache License 2.0"},
}


def asyncapi(contracts: Mapping[Topic, Contract] = CONTRACTS) -> dict[str, Any]:
    """The document; it refers to nothing outside itself."""
    payloads, schemas = shared_schemas(contracts)
    return {
        "asyncapi": "3.0.0",
        "id": "urn:enlist",
        "info": _INFO,
        "defaultContentType": "application/json",
        "channels": {str(topic): _channel(topic) for topic in contracts},
        "operations": dict(chain.from_iterable(starmap(_operations, contracts.items()))),
        "components": {
            "messages": {
                str(topic): _message(topic, contract, payloads[topic])
                for topic, contract in contracts.items()
            },
            "schemas": schemas,
        },
    }


def _channel(topic: Topic) -> dict[str, Any]:
    return {
        "address": str(topic),
        "messages": {str(topic): {"$ref": f"#/components/messages/{topic}"}},
        "bindings": {"kafka": {"topic": str(topic), "bindingVersion": "0.5.0"}},
    }


def _message(topic: Topic, contract: Contract, payload: dict[str, Any]) -> dict[str, Any]:
    body = example(topic)
    return {
        "name": str(topic),
        "title": contract.event.__name__,
        "summary": summary(contract),
        "contentType": "application/json",
        "headers": header_schema(topic, contract),
        "payload": payload,
        "bindings": {"kafka": {"key": _key(contract.key), "bindingVersion": "0.5.0"}},
        "examples": [{"headers": header_example(topic, body), "payload": body}],
    }


def summary(contract: Contract) -> str:
    """The first paragraph of the event's docstring, on one line."""
    return " ".join((contract.event.__doc__ or "").split("\n\n")[0].split())


def _key(key: Key) -> dict[str, str]:
    described = {"type": "string", "x-made-of": str(key)}
    return described | ({"pattern": _PATTERNS[key]} if key in _PATTERNS else {})


def _operations(topic: Topic, contract: Contract) -> list[tuple[str, dict[str, Any]]]:
    """What our own services do with it; the others need not be said."""
    sides = [("send", party) for party in contract.senders]
    sides += [("receive", party) for party in contract.listeners]
    return [
        (
            f"{party}.{action}.{topic}",
            {
                "action": action,
                "channel": {"$ref": f"#/channels/{topic}"},
                "tags": [{"name": party}],
                "messages": [{"$ref": f"#/channels/{topic}/messages/{topic}"}],
            },
        )
        for action, party in sides
        if party in get_args(Service)
    ]
