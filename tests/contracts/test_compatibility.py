"""The compatibility check: what may change within a version, and what may not."""

import json
import shutil
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from docs.generate import HERE, PROMISES, keeps, write
from docs.generating.asyncapi import asyncapi
from docs.generating.compatibility import breaking
from docs.generating.differences import Change
from pydantic import BaseModel, ConfigDict, Field, create_model

from enlist_shared.contracts import CONTRACTS, Key
from enlist_shared.topics import Topic

TOPIC: Final = Topic.SHARD_READY  # any that has a schema of its own
Fields = dict[str, Any]


class Way(StrEnum):
    POST = "post"
    HAND = "hand"


class MoreWays(StrEnum):
    POST = "post"
    HAND = "hand"
    PIGEON = "pigeon"


class OneWay(StrEnum):
    POST = "post"


class Size(BaseModel):
    rows: int
    bytes: int


class Rows(BaseModel):
    rows: int


BEFORE: Final[Fields] = {
    "name": (str, Field(max_length=255)),
    "age": (int, Field(ge=0)),
    "result": (Literal["done", "failed"], ...),
    "way": (Way, ...),
    "size": (Size, ...),
    "reasons": (dict[str, int], ...),
    "lists": (tuple[int, ...], ...),
    "note": (str | None, None),
    "region": (str, "GB"),
}
SINCE: Final[Any] = {"x-since": "0.2"}
# A change of fields (None: it goes), what it breaks where we send, and where others do.
NOTHING: Final[list[str]] = []
CASES: Final[dict[str, tuple[Fields, list[str], list[str]]]] = {
    "nothing": ({}, NOTHING, NOTHING),
    "another description": (
        {"age": (int, Field(ge=0, description="in years"))}, NOTHING, NOTHING,
    ),
    "an optional field": (
        {"more": (str | None, Field(default=None, json_schema_extra=SINCE))}, NOTHING, NOTHING,
    ),
    "a value of an open list": ({"way": (MoreWays, ...)}, NOTHING, NOTHING),
    "removed": (
        {"note": None},
        [f"data.note {Change.FIELD_REMOVED}"], [f"data.note {Change.FIELD_REMOVED}"],
    ),
    "renamed": (
        {"name": None, "title": (str, ...)},
        [f"data.name {Change.FIELD_REMOVED}", f"data.title {Change.FIELD_ADDED_REQUIRED}"],
        [f"data.name {Change.FIELD_REMOVED}", f"data.title {Change.FIELD_ADDED_REQUIRED}"],
    ),
    "removed within": (
        {"size": (Rows, ...)},
        [f"data.size.bytes {Change.FIELD_REMOVED}"], [f"data.size.bytes {Change.FIELD_REMOVED}"],
    ),
    "new, and silently always there": (
        {"more": (str | None, None)}, [f"data.more {Change.FIELD_ADDED_REQUIRED}"], NOTHING,
    ),
    "has become required": (
        {"note": (str | None, ...)}, NOTHING, [f"data.note {Change.FIELD_REQUIRED}"],
    ),
    "may be missing": (
        {"age": (int, Field(default=0, ge=0, json_schema_extra=SINCE))},
        [f"data.age {Change.FIELD_OPTIONAL}"], NOTHING,
    ),
    "another type": (
        {"age": (str, ...)},
        [f"data.age {Change.NARROWED}", f"data.age {Change.WIDENED}"],
        [f"data.age {Change.NARROWED}"],
    ),
    "may be null": ({"name": (str | None, Field(max_length=255))},
        [f"data.name {Change.WIDENED}"], NOTHING,
    ),
    "never null again": (
        {"note": (str, None)},
        [f"data.note {Change.NARROWED}"], [f"data.note {Change.NARROWED}"],
    ),
    "shorter": (
        {"name": (str, Field(max_length=50))},
        [f"data.name {Change.NARROWED}"], [f"data.name {Change.NARROWED}"],
    ),
    "longer": (
        {"name": (str, Field(max_length=500))}, [f"data.name {Change.WIDENED}"], NOTHING,
    ),
    "a new limit": (
        {"age": (int, Field(ge=0, lt=150))},
        [f"data.age {Change.NARROWED}"], [f"data.age {Change.NARROWED}"],
    ),
    "a limit gone": ({"age": (int, ...)}, [f"data.age {Change.WIDENED}"], NOTHING),
    "a new pattern": (
        {"region": (str, Field(default="GB", pattern="^[A-Z]{2}$"))},
        [f"data.region {Change.NARROWED}"], [f"data.region {Change.NARROWED}"],
    ),
    "a value less": (
        {"result": (Literal["done"], ...)},
        [f"data.result {Change.NARROWED}"], [f"data.result {Change.NARROWED}"],
    ),
    "a value more": (
        {"result": (Literal["done", "failed", "odd"], ...)},
        [f"data.result {Change.WIDENED}"], NOTHING,
    ),
    "a value less in an open list": (
        {"way": (OneWay, ...)},
        [f"data.way {Change.VALUE_REMOVED}"], [f"data.way {Change.NARROWED}"],
    ),
    "other items": (
        {"lists": (tuple[str, ...], ...)},
        [f"data.lists[items] {Change.NARROWED}", f"data.lists[items] {Change.WIDENED}"],
        [f"data.lists[items] {Change.NARROWED}"],
    ),
    "other values of a map": (
        {"reasons": (dict[str, int | str], ...)},
        [f"data.reasons[additionalProperties] {Change.WIDENED}"], NOTHING,
    ),
    "another default": (
        {"region": (str, "DE")},
        [f"data.region {Change.DEFAULT_CHANGED}"], [f"data.region {Change.DEFAULT_CHANGED}"],
    ),
}  # fmt: skip


def described(sender: str, **fields: Any) -> dict[str, Any]:
    """The document in which one topic has these fields and is sent by `sender`."""
    left: Fields = {name: field for name, field in fields.items() if field is not None}
    event = create_model("Changed", __config__=ConfigDict(extra="ignore"), **left)
    senders: Any = (sender,)
    return asyncapi({TOPIC: replace(CONTRACTS[TOPIC], event=event, senders=senders)})


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("sender", ["merge", "upstream services"])
def test_a_change_of_fields(case: str, sender: str) -> None:
    """Where we send, old and new must be the same but for additions; else old must be accepted."""
    changed, sent, accepted = CASES[case]
    before, after = described(sender, **BEFORE), described(sender, **BEFORE | changed)
    expected = sent if sender == "merge" else accepted
    assert breaking(before, after) == [f"{TOPIC}: {each}" for each in expected]


def changed_contract(**changes: Any) -> dict[str, Any]:
    return asyncapi(CONTRACTS | {TOPIC: replace(CONTRACTS[TOPIC], **changes)})


def test_a_change_around_the_body() -> None:
    """Another key, address, header or side is breaking, and so is a topic that goes."""
    before = asyncapi()
    keyed = changed_contract(key=Key.IMPORT)
    assert breaking(before, keyed) == [
        f"{TOPIC}: key {c}" for c in (Change.NARROWED, Change.WIDENED)
    ]
    sides = changed_contract(senders=("upstream services",))
    assert f"{TOPIC}: who sends it has changed sides" in breaking(before, sides)
    moved, gone, unmarked = asyncapi(), asyncapi(), asyncapi()
    moved["channels"][TOPIC]["address"] = "elsewhere"
    assert breaking(before, moved) == [f"{TOPIC}: its address was {TOPIC} and is elsewhere"]
    del gone["channels"][TOPIC]
    assert breaking(before, gone) == [
        f"{TOPIC}: the topic is gone, and with it whoever sends or listens"
    ]
    del unmarked["components"]["messages"][TOPIC]["headers"]["properties"]["ce_subject"]
    assert breaking(before, unmarked) == [f"{TOPIC}: headers.ce_subject {Change.FIELD_REMOVED}"]


def test_another_sender_or_listener_breaks_nothing() -> None:
    """Who of us sends or listens is our own affair, and a new topic is new."""
    before = asyncapi()
    assert breaking(before, changed_contract(senders=("ingest",), listeners=("anyone",))) == []
    del before["channels"][TOPIC]
    assert breaking(before, asyncapi()) == []


def test_promises_are_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`make docs` writes what is new, and nothing at all once a promise would be broken."""
    assert write(tmp_path) == 0
    written = (tmp_path / PROMISES).read_bytes()
    promised = json.loads(written)
    shard = promised["components"]["schemas"]["ShardReady"]
    shard["properties"]["weight"] = {"type": "integer"}
    (tmp_path / PROMISES).write_text(json.dumps(promised))
    shutil.rmtree(tmp_path / "events" / "schemas")
    assert write(tmp_path) == 1
    assert json.loads((tmp_path / PROMISES).read_bytes()) == promised
    assert not (tmp_path / "events" / "schemas").exists()
    assert f"broken: {TOPIC}: data.weight {Change.FIELD_REMOVED}" in capsys.readouterr().err


def test_the_code_keeps_what_is_promised() -> None:
    """What the services say today breaks none of the committed contracts."""
    assert keeps(HERE / PROMISES)
