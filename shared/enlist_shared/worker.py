"""The life of a process that listens: connect, work until told to stop, drain."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

from faststream.kafka import KafkaBroker

from enlist_shared.broker import keep_connected
from enlist_shared.telemetry import logger


async def run_worker(broker: KafkaBroker, *background: Coroutine[Any, Any, None]) -> None:
    """Consume until SIGTERM or SIGINT, then finish the messages in hand.

    `background` runs beside for as long; if any of it ends, the process ends with its error.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    tasks = [asyncio.create_task(work) for work in (keep_connected(broker), *background)]
    told = asyncio.create_task(stopping.wait())
    try:
        await _first_end(told, tasks)
    finally:
        logger().info("worker.stopping")
        for task in (told, *tasks):
            task.cancel()
        await broker.stop()
        await asyncio.gather(told, *tasks, return_exceptions=True)


async def _first_end(told: "asyncio.Task[Any]", tasks: "list[asyncio.Task[None]]") -> None:
    running = set(tasks)
    while not told.done():
        ended, _ = await asyncio.wait({told, *running}, return_when=asyncio.FIRST_COMPLETED)
        for task in ended - {told}:
            task.result()
            running.discard(task)
