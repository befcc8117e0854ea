"""A contact that somebody types: one record, read by the rules of every import."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from enlist_rules.codes import Code
from enlist_rules.fields import STORED, Field
from enlist_rules.meeting import Keys
from enlist_rules.options import NumberRules, ReadingRules
from enlist_rules.rows import NOTES
from enlist_rules.validation import normalize


class TypedRejectedError(Exception):
    """The record cannot be taken; `code` and `field` say why."""

    def __init__(self, code: Code, field: str | None) -> None:
        super().__init__(code)
        self.code = code
        self.field = field


@dataclass(frozen=True, slots=True)
class Typed:
    """A record as it would be stored; `fields` are those that are not blank.

    `warnings` are codes with the fields that they are about.
    """

    phone_number: str
    keys: Keys
    fields: Mapping[str, str]
    custom: Mapping[str, str]
    warnings: tuple[tuple[str, str | None], ...]


def read_typed(cells: Mapping[str, str], numbers: NumberRules) -> Typed:
    """Read cells by target: a field or `custom.<name>`.

    Raises:
        TypedRejectedError: with a record's code.
    """
    frame = pl.DataFrame(
        {"record": pl.Series([1], dtype=pl.UInt32)}
        | {f"c{at}": [text or None] for at, text in enumerate(cells.values())},
        schema_overrides={f"c{at}": pl.String for at in range(len(cells))},
    )
    found = normalize(frame, tuple(cells), ReadingRules(numbers))
    if found.rejects.height:
        _, code, of_field = found.rejects.row(0)
        raise TypedRejectedError(Code(code), of_field)
    row = found.rows.row(0, named=True)
    notes = [note.partition(":") for note in (row["warnings"] or "").split(NOTES) if note]
    return Typed(
        phone_number=row[Field.PHONE_NUMBER],
        keys=(row["first_key"], row["last_key"]),
        fields={str(name): row[name] for name in STORED if row[name] is not None},
        custom=json.loads(row["custom"] or "{}"),
        warnings=tuple((code, of_field or None) for code, _, of_field in notes),
    )
