"""Keep what Enlist says of ended imports: on_confirmation.py DATABASE

At least once becomes exactly once: what a message causes and its ce_id commit together, then the
offset. Killed in between, the message comes again and is known.
"""

import asyncio
import json
import os
import signal
import sqlite3
import ssl
import sys
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

TOPICS = ("enlist.import.completed.v1", "enlist.import.failed.v1")
GROUP = "examples.confirmations"  # one a team: each group gets every message
TABLE = "CREATE TABLE IF NOT EXISTS imports (ce_id PRIMARY KEY, import_id, type, created)"


def connection() -> dict[str, Any]:
    """KAFKA_BOOTSTRAP_SERVERS becomes bootstrap_servers; SASL and TLS by aiokafka's names, too."""
    settings: dict[str, Any] = {
        name[6:].lower(): value for name, value in os.environ.items() if name.startswith("KAFKA_")
    }
    if settings.get("security_protocol", "").endswith("SSL"):
        cafile = settings.pop("ssl_cafile", None)
        settings["ssl_context"] = ssl.create_default_context(cafile=cafile)
    return settings


def keep(message: ConsumerRecord, database: sqlite3.Connection) -> None:
    """Do the work of a message, unless it was done before. Fields not known are ignored."""
    headers, event = dict(message.headers), json.loads(message.value)
    row = (headers["ce_id"], event["import_id"], headers["ce_type"], event["counts"]["created"])
    with database:  # a transaction; an error ends the program, and the message comes again
        database.execute("INSERT OR IGNORE INTO imports VALUES (?, ?, ?, ?)", row)


async def follow(database: sqlite3.Connection) -> None:
    """Keep one message after another until SIGTERM."""
    settings = {"enable_auto_commit": False, "auto_offset_reset": "earliest"}
    async with AIOKafkaConsumer(*TOPICS, group_id=GROUP, **connection(), **settings) as consumer:
        if task := asyncio.current_task():
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        async for message in consumer:
            await asyncio.to_thread(keep, message, database)
            partition = TopicPartition(message.topic, message.partition)
            await consumer.commit({partition: message.offset + 1})


if __name__ == "__main__":
    with sqlite3.connect(sys.argv[1], timeout=10, check_same_thread=False) as imports:
        imports.execute(TABLE)
        with suppress(asyncio.CancelledError):
            asyncio.run(follow(imports))
