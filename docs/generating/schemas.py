"""JSON Schemas (2020-12) of the events, from their models.

- What Enlist sends is described as it is written: complete. A field that was added later is not
  in older messages; its model says so by `x-since`, and it is not required.
- What others send is described as it is read: a field with a default may be missing.
- A value of a `StrEnum` that Enlist sends may be one that a consumer does not know yet: such a
  list is open (`x-extensible-enum`). A `Literal` is closed.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from enlist_shared.contracts import CONTRACTS, Contract
from enlist_shared.topics import Topic

SINCE: Final = "x-since"
OPEN: Final = "x-extensible-enum"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


class ContractSchema(GenerateJsonSchema):
    """Pydantic's schemas, with our rules for what is required and what is open."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - pydantic's
        """No: it would say the field's name again."""
        return False

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        """Always written, unless it was added later."""
        if self.mode == "validation":
            return super().field_is_required(field, total)
        return SINCE not in (field.get("metadata", {}).get("pydantic_js_extra") or {})

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        """An open list where we are the ones who send."""
        described = super().enum_schema(schema)
        if self.mode == "serialization" and "enum" in described:
            described[OPEN] = described.pop("enum")
        return described


def mode_of(contract: Contract) -> Literal["validation", "serialization"]:
    return "validation" if contract.is_accepted else "serialization"


def documented(topic: Topic) -> Topic:
    """The topic under whose name an event has its schema and example: twins share them."""
    event = CONTRACTS[topic].event
    return next(first for first, contract in CONTRACTS.items() if contract.event is event)


def schema(topic: Topic) -> dict[str, Any]:
    """The schema of a topic's messages, complete in itself."""
    contract = CONTRACTS[topic]
    body = contract.event.model_json_schema(mode=mode_of(contract), schema_generator=ContractSchema)
    return {"$schema": _DIALECT, "$id": f"urn:enlist:{documented(topic)}"} | body


def shared_schemas(
    contracts: Mapping[Topic, Contract],
) -> tuple[dict[Topic, dict[str, Any]], dict[str, Any]]:
    """For one document: each topic's reference, and the schemas that they refer to."""
    models = {(each.event, mode_of(each)) for each in contracts.values()}
    references, body = models_json_schema(
        sorted(models, key=lambda model: model[0].__name__),
        schema_generator=ContractSchema,
        ref_template="#/components/schemas/{model}",
    )
    by_topic = {
        topic: references[contract.event, mode_of(contract)]
        for topic, contract in contracts.items()
    }
    return by_topic, body["$defs"]
