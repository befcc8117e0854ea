"""How a file is read, for a person to see: what was detected, and what each column becomes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from rich.table import Table

from enlist_rules.fields import CUSTOM_PREFIX, SKIP

_SEPARATORS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", " ": "space"}
_LISTED: Final = 30  # custom fields that are shown one a line; of more, the names alone
Column = tuple[str, str, Sequence[str]]  # name, field, samples


def detected_text(detected: Mapping[str, Any]) -> str:
    """Sheet or encoding and separator, and header, in one line."""
    return f"read as {_source_text(detected)}, with {_header_text(detected)}"


def _source_text(detected: Mapping[str, Any]) -> str:
    if sheet := detected.get("sheet"):
        others = ", ".join(detected.get("other_sheets") or ())
        return f"the sheet {sheet}" + (f" (not read: {others})" if others else "")
    sure = detected.get("encoding_confidence", 1.0)
    encoding = detected["encoding"] + (f" ({sure:.0%} sure)" if sure < 1 else "")
    separator = _SEPARATORS.get(detected["separator"], detected["separator"])
    return f"{encoding}, separated by {separator}"


def _header_text(detected: Mapping[str, Any]) -> str:
    header = "a header" if detected["header"] else "no header"
    rows = detected.get("preamble_rows", 0)
    above = f" below {rows} other row{'s' * (rows > 1)}" if rows else ""
    return f"{header}{above}"


def columns_table(columns: Iterable[Column]) -> Table:
    """What the columns become: fields first, then the rest; many custom fields in one line."""
    columns = list(columns)
    custom = [each for each in columns if each[1].startswith(CUSTOM_PREFIX)]
    skipped = [each for each in columns if each[1] == SKIP]
    fields = [each for each in columns if each not in custom and each not in skipped]
    many = len(custom) > _LISTED
    table = Table(box=None, pad_edge=False)
    table.add_column("column", overflow="fold")
    table.add_column("becomes", no_wrap=True)
    if any(samples for *_, samples in columns):
        table.add_column("for example", overflow="ellipsis", no_wrap=True, style="dim")
    for column in (*fields, *(() if many else custom)):
        table.add_row(*_row(column))
    for named, becomes in ((custom if many else (), "custom fields"), (skipped, "skipped")):
        if named:
            table.add_row(", ".join(name for name, *_ in named), becomes)
    return table


def _row(column: Column) -> tuple[str, ...]:
    name, field, samples = column
    becomes = "custom field" if field == CUSTOM_PREFIX + name else field
    example = " · ".join(" ".join(sample.split()) for sample in samples[:3])
    return (name, becomes, example) if example else (name, becomes)
