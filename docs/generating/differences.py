"""What differs between two JSON Schemas, in the words that matter to those who use them.

Covers what our models give: objects, maps, arrays, scalars with limits, enumerations, `anyOf`.
A keyword that is neither known nor an annotation counts as narrower when it appears and wider
when it goes, so nothing is taken for harmless only because it is new to this module.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Any, Final, TypeAlias

Schema: TypeAlias = dict[str, Any]
_OPEN: Final = "x-extensible-enum"
_LOWER: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_NESTED: Final = ("items", "propertyNames", "additionalProperties")
_TREATED: Final = {
    "properties", "required", "anyOf", "type", "enum", "const", "default", _OPEN,
    *_LOWER, *_UPPER, *_NESTED,
}  # fmt: skip
_ANNOTATIONS: Final = {"title", "description", "examples", "deprecated", "x-since"}


class Change(StrEnum):
    """What became of a part of a schema."""

    FIELD_ADDED = "is new"
    FIELD_ADDED_REQUIRED = "is new and required: old messages lack it (a default and x-since help)"
    FIELD_REMOVED = "is gone or has another name"
    FIELD_REQUIRED = "has become required"
    FIELD_OPTIONAL = "may be missing now"
    NARROWED = "admits less than before"
    WIDENED = "admits more than before"
    VALUE_ADDED = "has a new value in an open list"
    VALUE_REMOVED = "has lost a value of an open list"
    DEFAULT_CHANGED = "has another default, so an old message means something else"


@dataclass(frozen=True, slots=True)
class Difference:
    """One change; `path` leads from the message to the part, by dots."""

    path: str
    change: Change

    def __str__(self) -> str:
        return f"{self.path} {self.change}"


def differences(path: str, old: Schema, new: Schema) -> Iterator[Difference]:
    """Every difference between two schemas without references."""
    if old == new:
        return
    before, after = _alternatives(old), _alternatives(new)
    if before.keys() - after.keys():
        yield Difference(path, Change.NARROWED)
    if after.keys() - before.keys():
        yield Difference(path, Change.WIDENED)
    for kind in [kind for kind in before if kind in after]:
        yield from _of_one_type(path, before[kind], after[kind])
    if "default" in old and "default" in new and old["default"] != new["default"]:
        yield Difference(path, Change.DEFAULT_CHANGED)


def _alternatives(schema: Schema) -> dict[str, Schema]:
    """The shapes that a value may have, by type; one without a type is of any."""
    shapes = schema.get("anyOf", [schema])
    return {str(shape.get("type", "any")): shape for shape in shapes}


def _of_one_type(path: str, old: Schema, new: Schema) -> Iterator[Difference]:
    changes = chain(_values(old, new), _limits(old, new), _other_keywords(old, new))
    yield from (Difference(path, change) for change in dict.fromkeys(changes))
    yield from _fields(path, old, new)
    for keyword in _NESTED:
        before, after = _nested(old, keyword), _nested(new, keyword)
        if before is not None and after is not None:
            yield from differences(f"{path}[{keyword}]", before, after)
        elif before is not after:
            yield Difference(path, Change.NARROWED if after is None else Change.WIDENED)


def _nested(schema: Schema, keyword: str) -> Schema | None:
    """The inner schema; absent and true admit anything ({}), false nothing (None)."""
    inner = schema.get(keyword, True)
    if isinstance(inner, bool):
        return {} if inner else None
    return dict(inner)


def _values(old: Schema, new: Schema) -> Iterator[Change]:
    before, after = _closed(old), _closed(new)
    if after is not None and (before is None or before - after):
        yield Change.NARROWED
    if before is not None and (after is None or after - before):
        yield Change.WIDENED
    before, after = set(old.get(_OPEN, ())), set(new.get(_OPEN, ()))
    if before - after:
        yield Change.VALUE_REMOVED
    if after - before:
        yield Change.VALUE_ADDED


def _closed(schema: Schema) -> set[Any] | None:
    """The values of a closed list, or None where any will do."""
    if "const" in schema:
        return {schema["const"]}
    return set(schema["enum"]) if "enum" in schema else None


def _limits(old: Schema, new: Schema) -> Iterator[Change]:
    for keywords, sign in ((_LOWER, 1), (_UPPER, -1)):
        for keyword in keywords:
            before, after = _bound(old, keyword, sign), _bound(new, keyword, sign)
            if before != after:
                yield Change.NARROWED if after > before else Change.WIDENED


def _bound(schema: Schema, keyword: str, sign: int) -> float:
    """How strict a limit is: the more, the stricter; minus infinity where there is none."""
    return sign * float(schema[keyword]) if keyword in schema else float("-inf")


def _other_keywords(old: Schema, new: Schema) -> Iterator[Change]:
    names = (old.keys() | new.keys()) - _TREATED - _ANNOTATIONS
    for name in names:
        if name in new and old.get(name) != new[name]:
            yield Change.NARROWED
        if name in old and new.get(name) != old[name]:
            yield Change.WIDENED


def _fields(path: str, old: Schema, new: Schema) -> Iterator[Difference]:
    before, after = old.get("properties", {}), new.get("properties", {})
    had_to, has_to = set(old.get("required", ())), set(new.get("required", ()))
    for name in before | after:
        where = f"{path}.{name}"
        if name not in after:
            yield Difference(where, Change.FIELD_REMOVED)
        elif name not in before:
            added = Change.FIELD_ADDED_REQUIRED if name in has_to else Change.FIELD_ADDED
            yield Difference(where, added)
        else:
            if (name in has_to) != (name in had_to):
                change = Change.FIELD_REQUIRED if name in has_to else Change.FIELD_OPTIONAL
                yield Difference(where, change)
            yield from differences(where, before[name], after[name])
