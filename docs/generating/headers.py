"""The CloudEvents attributes of a message, as Kafka headers: a schema and an example each."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from enlist_shared.broker import cloud_event
from enlist_shared.contracts import CONTRACTS, Contract
from enlist_shared.events import Event
from enlist_shared.topics import Topic

_EVENT: Final = UUID("01890a5d-ac96-774b-bcce-b302099a8059")
_TIME: Final = datetime(2026, 11, 22, 21, 30, 1, 123456, UTC)
_REQUIRED: Final = ["ce_specversion", "ce_id", "ce_type", "ce_source"]
_UUID: Final = {"type": "string", "format": "uuid"}


def header_schema(topic: Topic, contract: Contract) -> dict[str, Any]:
    """What the headers are; source: CloudEvents 1.0.2, Kafka protocol binding, binary mode."""
    properties: dict[str, Any] = {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "minLength": 1, "description": "with ce_source: unique"},
        "ce_type": {"type": "string", "const": str(topic)},
        "ce_source": {"type": "string", "format": "uri-reference", "minLength": 1},
        "ce_time": {"type": "string", "format": "date-time"},
        "content-type": {"type": "string", "const": "application/json"},
    }
    if contract.is_accepted:
        return {"type": "object", "properties": properties, "required": _REQUIRED}
    properties["ce_id"] = _UUID | {"description": "the same however often it is delivered"}
    properties["ce_source"] = {"type": "string", "const": "/enlist"}
    if issubclass(contract.event, Event):
        properties["ce_subject"] = _UUID | {"description": "the import's id"}
    return {"type": "object", "properties": properties, "required": list(properties)}


def header_example(topic: Topic, payload: dict[str, Any]) -> dict[str, str]:
    """The headers of a message with this body."""
    about = issubclass(CONTRACTS[topic].event, Event)
    subject = payload["import_id"] if about else ""
    headers = cloud_event(topic, _EVENT, subject, _TIME)
    if CONTRACTS[topic].is_accepted:
        return headers | {"ce_source": "/upstream"}
    return headers
