"""Log lines as a process writes them: JSON, by action, with ids, and without anybody's data."""

import json
import subprocess
import sys
from contextlib import suppress
from typing import Any, Final

from structlog.contextvars import get_contextvars

from enlist_shared.telemetry import bind_ids, own_ids

SECRET: Final = "Margaret Canary +447700900123"
PROGRAM: Final = """
import asyncio, logging, sys, warnings
from enlist_shared.telemetry import bind_ids, configure_logging, describe, logger, own_ids

configure_logging("test", "info")
SECRET = sys.argv[1]

def rows():
    raise ValueError(SECRET)

async def forgotten():
    asyncio.get_running_loop().create_task(unlucky())
    await asyncio.sleep(0.01)

async def unlucky():
    rows()

with own_ids():
    bind_ids(account_id="a", import_id="i", unit="chunk:7")
    try:
        rows()
    except ValueError as error:
        logger().warning("delivery.failed", **describe(error))
        logging.getLogger("aiokafka").warning("node %s: %s", 1, error)
        logging.getLogger("aiokafka").error("a batch\\nof %s", SECRET, exc_info=True)
logger().info("worker.stopping")
asyncio.run(forgotten())
rows()
"""


def lines_of(program: str) -> list[dict[str, Any]]:
    """What a process with this program logs, and that nothing of it is the secret."""
    done = subprocess.run(
        [sys.executable, "-c", program, SECRET], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "Canary" not in done.stderr
    assert "7700900123" not in done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    return [{name: line[name] for name in line if name != "timestamp"} for line in lines]


def test_a_process_never_logs_what_an_exception_says() -> None:
    """Ours, a library's, a forgotten task's and the one that ends the process: class and place."""
    ids = {"account_id": "a", "import_id": "i", "unit": "chunk:7", "service": "test"}
    raised = {"error": "ValueError", "at": "<string>:9", "sqlstate": ""}
    test = {"service": "test"}
    library = {"action": "library", "logger": "aiokafka"}
    assert lines_of(PROGRAM) == [
        {"action": "delivery.failed", "level": "warning"} | ids | raised,
        library | {"level": "warning", "message": "node 1: ValueError"} | ids,
        library | {"level": "error", "message": "a batch"} | ids | raised,
        {"action": "worker.stopping", "level": "info"} | test,
        {
            "action": "library",
            "logger": "asyncio",
            "level": "error",
            "message": "Task exception was never retrieved",
        }
        | test
        | raised,
        {"action": "process.failed", "level": "critical"} | test | raised,
    ]


def test_the_ids_of_a_message_are_forgotten_after_it() -> None:
    """Not even a failure lets a line speak of the message before it."""
    with suppress(ZeroDivisionError), own_ids():
        bind_ids(import_id=7, unit="split:0")
        bound = get_contextvars()
        bind_ids(account_id=1 // 0)
    assert (bound, get_contextvars()) == ({"import_id": "7", "unit": "split:0"}, {})
