"""The page of all variables, `docs/settings.md`."""

from collections.abc import Iterator
from typing import Final, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from enlist_ingest.settings import IngestSettings
from enlist_merge.settings import MergeSettings
from enlist_shared.prepare import DatabaseSettings, TopicsSettings
from enlist_shared.settings import PREFIX, ServiceSettings

_INTRODUCTION: Final = """\
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
        _variables_section(
            "The jobs before a deployment, beside the servers they prepare",
            _beyond(DatabaseSettings, shared) | _beyond(TopicsSettings, shared),
        ),
    ]
    return "\n".join([_INTRODUCTION, *sections])


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
