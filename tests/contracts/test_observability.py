"""Names of metrics and actions of logs: closed lists, documented one by one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_args

from enlist_shared.actions import Action
from enlist_shared.metrics import REGISTRY, Metric

ROOT: Final = Path(__file__).parents[2]
LABELS: Final = {"stage", "step", "status", "outcome", "code", "topic", "result"} | {
    "kind", "state", "pool",
}  # fmt: skip
LEVELS: Final = {"info", "warning", "error", "critical"}
_NAME: Final = re.compile(r"`([\w.]+)`")


def documented(section: str) -> set[str]:
    """The names in the first column of the table of a section of operations.md."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    text = page.split(f"\n## {section}\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in _NAME.findall(row)}


def logged(tree: ast.AST) -> Iterator[str]:
    """The first argument of every call like `logger().info(…)`."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Call(func=ast.Name(id="logger")), attr=level),
                args=[ast.Constant(value=str(action)), *_],
            ) if level in LEVELS:
                yield action


def test_metrics_are_a_closed_list() -> None:
    """What a process shows to Prometheus is what the enumeration and operations.md list."""
    shown = {family.name + "_total" * (family.type == "counter") for family in REGISTRY.collect()}
    assert shown == set(Metric)
    assert documented("Metrics") == set(Metric)


def test_no_label_can_hold_an_id() -> None:
    """Labels take their values from closed sets; `le` is a histogram's own."""
    used = {
        name
        for collector in REGISTRY._names_to_collectors.values()
        for name in getattr(collector, "_labelnames", ())
    }
    assert used == LABELS


def test_actions_are_a_closed_list() -> None:
    """Every action is logged somewhere, and documented; nothing else is."""
    files = [file for part in ("shared", "services") for file in (ROOT / part).rglob("*.py")]
    used = {action for file in files for action in logged(ast.parse(file.read_bytes()))}
    assert used | {"library"} == set(get_args(Action))
    assert documented("Logs") == set(get_args(Action))
