"""What the services really say, held to the published contracts by others' programs."""

from typing import Any, Final

import pytest
from aiokafka import AIOKafkaProducer
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from docs.generating.headers import header_schema
from docs.generating.schemas import schema
from jsonschema import Draft202012Validator
from tests.fixtures.stack import Stack
from tests.fixtures.topics import Message
from tests.pipeline.test_redelivery import OPTIONS, some_contacts

from enlist_shared.contracts import CONTRACTS, Key
from enlist_shared.topics import Topic

FORMATS: Final = Draft202012Validator.FORMAT_CHECKER
SENT: Final = {topic for topic, contract in CONTRACTS.items() if not contract.is_accepted}


@pytest.fixture(scope="module")
async def heard(finely_cut_stack: Stack) -> list[Message]:
    """Every event of a large import, a small one and a failed one, a call, and a dead letter."""
    topics = finely_cut_stack.topics
    async with finely_cut_stack.tenant() as tenant:
        files = (some_contacts(60), some_contacts(2), b"")
        ids = [(await tenant.import_file(data, OPTIONS))["import_id"] for data in files]
        call = {"number": "+447400123456", "state": "opted_out", "evidence": "call 4711"}
        made = (await tenant.http.post("/v1/consents", json=call)).json()
    async with AIOKafkaProducer(bootstrap_servers=finely_cut_stack.ready.kafka) as producer:
        lost = await producer.send_and_wait(Topic.SHARD_READY, b'{"shard": "lost"}', key=b"lost")

    def letters() -> list[Message]:
        place = {"topic": lost.topic, "partition": lost.partition, "offset": lost.offset}
        return [
            m
            for m in topics.heard
            if m.topic == Topic.DEAD_LETTER and place.items() <= m.data.items()
        ]

    def changes() -> list[Message]:
        said = [m for m in topics.heard if m.topic == Topic.CONSENT_CHANGED]
        return [m for m in said if m.data["consent_id"] == made["consent_id"]]

    await topics.until(lambda: bool(letters() and changes()))
    return [*(message for each in ids for message in topics.about(each)), *changes(), *letters()]


def faults(found: Any, described: dict[str, Any]) -> list[str]:
    validator = Draft202012Validator(described, format_checker=FORMATS)
    return [error.message for error in validator.iter_errors(found)]


@pytest.mark.parametrize("topic", SENT)
def test_messages_are_what_the_contract_says(heard: list[Message], topic: Topic) -> None:
    """Body, headers and key of every message; each topic has at least one."""
    contract = CONTRACTS[topic]
    messages = [message for message in heard if message.topic == topic]
    assert messages
    for message in messages:
        headers = {name: value.decode() for name, value in message.headers}
        assert faults(message.data, schema(topic)) == []
        assert faults(headers, header_schema(topic, contract)) == []
        event = contract.event.model_validate_json(message.value)
        key = "lost" if contract.key is Key.ORIGINAL else contract.key.of(event)
        assert message.key.decode() == key


def test_messages_are_cloudevents(heard: list[Message]) -> None:
    """The SDK of the CloudEvents project reads each of them, in binary mode."""
    for message in heard:
        event = from_binary_event(KafkaMessage(dict(message.headers), message.key, message.value))
        assert event.get_specversion() == "1.0"
        assert (event.get_id(), event.get_type()) == (message.event_id, message.topic)
        assert event.get_source() == "/enlist"
        about = None if message.topic == Topic.CONSENT_CHANGED else message.data.get("import_id")
        assert event.get_subject() == about
        assert event.get_datacontenttype() == "application/json"
        assert event.get_extension("partitionkey") == message.key.decode()
        assert event.get_data() == message.data
