"""The published contracts: valid by the standards' own schemas, and so are the examples."""

import gzip
import json
from pathlib import Path
from typing import Any, Final

import pytest
from docs.generate import HERE, PROMISES
from docs.generating.examples import EXAMPLES, example
from docs.generating.headers import header_example, header_schema
from docs.generating.schemas import documented, schema
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.exceptions import ValidationError

from enlist_shared.contracts import CONTRACTS, Key
from enlist_shared.topics import FOREIGN, Topic

SCHEMAS: Final = HERE / "events" / "schemas"
# 3.0.0-without-$id.json of the npm package @asyncapi/specs 6.11.1, which the AsyncAPI
# Initiative publishes.
OFFICIAL: Final = Path(__file__).with_name("asyncapi-3.0.0.schema.json.gz")


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def faults(found: dict[str, Any], described: dict[str, Any]) -> list[str]:
    """What is wrong with a document, formats included."""
    validator = Draft202012Validator(described, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [error.message for error in validator.iter_errors(found)]


def test_the_document_is_asyncapi() -> None:
    """The committed document is valid by the official schema of AsyncAPI 3.0."""
    official = Draft7Validator(json.loads(gzip.decompress(OFFICIAL.read_bytes())))
    document = read(HERE / PROMISES)
    assert [error.message for error in official.iter_errors(document)] == []
    del document["channels"][Topic.IMPORT_COMPLETED]["bindings"]["kafka"]["topic"]
    document["operations"]["merge.send.enlist.import.completed.v1"]["action"] = "shout"
    with pytest.raises(ValidationError):
        official.validate(document)


def test_every_topic_has_its_contract() -> None:
    """No topic without a contract; a schema and an example for each event, and no others."""
    assert list(CONTRACTS) == list(Topic)
    assert {topic for topic in Topic if CONTRACTS[topic].is_accepted} == FOREIGN
    names = {f"{documented(topic)}.json" for topic in Topic}
    assert {path.name for path in SCHEMAS.iterdir()} == names
    assert {path.name for path in EXAMPLES.iterdir()} == names


@pytest.mark.parametrize("topic", Topic)
def test_an_example_is_valid(topic: Topic) -> None:
    """The example of each event, its headers too, is what the schemas describe."""
    committed = read(SCHEMAS / f"{documented(topic)}.json")
    Draft202012Validator.check_schema(committed)
    assert faults(example(topic), committed) == []
    assert (
        faults(header_example(topic, example(topic)), header_schema(topic, CONTRACTS[topic])) == []
    )


@pytest.mark.parametrize("topic", Topic)
def test_a_schema_refuses_what_is_wrong(topic: Topic) -> None:
    """A required field that is absent, or an identifier that is none, is found."""
    for name in schema(topic)["required"]:
        lacking = {field: value for field, value in example(topic).items() if field != name}
        assert faults(lacking, schema(topic)) == [f"'{name}' is a required property"]
    headers = header_example(topic, example(topic)) | {"ce_type": "enlist.other.v1"}
    assert faults(headers, header_schema(topic, CONTRACTS[topic])) == [f"'{topic}' was expected"]


def test_formats_are_looked_at() -> None:
    """An identifier or a time that is none is found."""
    wrong = example(Topic.IMPORT_COMPLETED) | {"import_id": "seven", "accepted_at": "yesterday"}
    assert sorted(faults(wrong, schema(Topic.IMPORT_COMPLETED))) == [
        "'seven' is not a 'uuid'",
        "'yesterday' is not a 'date-time'",
    ]


@pytest.mark.parametrize(
    "topic", [topic for topic in Topic if CONTRACTS[topic].key is not Key.ORIGINAL]
)
def test_a_key_is_made_of_the_event(topic: Topic) -> None:
    """Every field that a key names is in the event, and required there."""
    contract = CONTRACTS[topic]
    event = contract.event.model_validate(example(topic))
    expected = str(contract.key).format_map(example(topic))
    assert contract.key.of(event) == expected
    assert "None" not in expected
