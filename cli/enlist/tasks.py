"""Work on many contacts that goes on after its request: followed until it has ended."""

import time
from typing import Any, Final

import typer

from enlist.http import Http
from enlist.showing import show_json

_EVERY: Final = 0.5  # seconds
Task = dict[str, Any]


def followed_task(api: Http, task: Task) -> Task:
    """The task at its end."""
    while task["ended_at"] is None:
        time.sleep(_EVERY)
        task = api.get(f"/v1/tasks/{task['task_id']}")
    return task


def show_task(task: Task, *, as_json: bool) -> None:
    """What was done so far."""
    if as_json:
        show_json(task)
        return
    done = {"add": "added", "remove": "removed", "delete_list": "removed"}[task["kind"]]
    deleted = f", {task['contacts']:,} contacts deleted" if task["contacts"] else ""
    under_way = "" if task["ended_at"] else "; it goes on in the background"
    typer.echo(f"{task['memberships']:,} memberships {done}{deleted}{under_way}")
