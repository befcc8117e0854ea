# ruff: noqa: INP001 - docs is a folder of pages, not a package
"""Writes the pages of `docs/` that are made from code: `make docs`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from enlist_ingest.settings import IngestSettings
from enlist_merge.settings import MergeSettings
from enlist_rules.codes import EXPLANATIONS, Explanation, Level
from enlist_shared.settings import PREFIX, ServiceSettings

HERE: Final = Path(__file__).parent
_INTRODUCTION: Final = """\
# Codes

Every reason for which a file, a record or a field can be refused or noted. The table is closed
and lives in `shared/enlist_rules/codes.py` and `code_texts.py`; `make docs` writes this page from
it, and `tests/contracts/test_docs.py` fails when the two differ. A code never changes its meaning.
`docs/operations.md` says what an operator does, and which codes nothing raises yet.
"""
_LEVELS: Final[tuple[tuple[Level, str], ...]] = (
    ("file", "File codes"),
    ("record", "Record codes"),
    ("field", "Field codes (warnings)"),
)
_MEANINGS: Final[dict[Level, str]] = {
    "file": """\
The import ends `failed`. Nothing was merged, except with `shard_failed`, where the other parts
were. They stand in `error.code` of the import and in `code` of `enlist.import.failed.v1`.""",
    "record": """\
The record is `rejected`. A record with several faults carries the first of them in the order of
this table. They are counted in `reasons`, whose sum is `rejected`.""",
    "field": """\
The record was kept, but something in it was not taken as it stood. They are counted in
`warning_reasons`; one record may stand under several.""",
}


def codes_page() -> str:
    """The page of all codes, level by level, in the order of the table."""
    return "\n".join([_INTRODUCTION, *(_section(*level) for level in _LEVELS)])


def _section(level: Level, title: str) -> str:
    rows = [_row(each) for each in EXPLANATIONS.values() if each.level == level]
    head = ["| code | what happened | what to do |", "|---|---|---|"]
    return "\n".join([f"## {title}", "", _MEANINGS[level], "", *head, *rows, ""])


def _row(explanation: Explanation) -> str:
    return f"| `{explanation.code}` | {explanation.message} | {explanation.remedy} |"


_SETTINGS_INTRODUCTION: Final = """\
# Settings

Every service reads its settings from the environment and from nowhere else. A secret may lie in a
file: `NAME_FILE=path` stands for `NAME=<content of the file>`; both together are an error. Within a
group (`KAFKA__`, `S3__`, …) a misspelt variable is an error, too. Times are milliseconds under
`KAFKA__` and seconds elsewhere; sizes are bytes. `make docs` writes this page from
the settings models, and `tests/contracts/test_docs.py` fails when the two differ.
`docs/operations.md` says which role belongs into which DSN.
"""


def settings_page() -> str:
    """The page of all variables: those of every service, then what single ones read beside."""
    shared = dict(_variables(ServiceSettings))
    sections = [
        _variables_section("Every service", shared),
        _variables_section("ingest, beside these", _beyond(IngestSettings, shared)),
        _variables_section("merge, beside these", _beyond(MergeSettings, shared)),
    ]
    return "\n".join([_SETTINGS_INTRODUCTION, *sections])


def _beyond(model: type[BaseModel], shared: dict[str, FieldInfo]) -> dict[str, FieldInfo]:
    return {name: info for name, info in _variables(model) if name not in shared}


def _variables(model: type[BaseModel], prefix: str = PREFIX) -> Iterator[tuple[str, FieldInfo]]:
    for name, info in model.model_fields.items():
        variable = f"{prefix}{name.upper()}"
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from _variables(info.annotation, f"{variable}__")
        else:
            yield variable, info


def _variables_section(title: str, variables: dict[str, FieldInfo]) -> str:
    head = ["| variable | default | meaning |", "|---|---|---|"]
    rows = [
        f"| `{name}` | {_default(info)} | {_meaning(info)} |" for name, info in variables.items()
    ]
    return "\n".join([f"## {title}", "", *head, *rows, ""])


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "(needed)"
    return "none" if info.default is None else f"`{info.default}`".replace("True", "true")


def _meaning(info: FieldInfo) -> str:
    return info.description or ", ".join(f"`{choice}`" for choice in _choices(info.annotation))


def _choices(annotation: object) -> Iterator[str]:
    """The values of a Literal, also of one that may be None."""
    for argument in get_args(annotation):
        if isinstance(argument, str):
            yield argument
        yield from _choices(argument)


PAGES: Final[dict[Path, Callable[[], str]]] = {
    HERE / "codes.md": codes_page,
    HERE / "settings.md": settings_page,
}

if __name__ == "__main__":
    for path, page in PAGES.items():
        path.write_text(page(), encoding="utf-8")
