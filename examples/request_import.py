"""Ask Enlist to import an object: request_import.py ACCOUNT_ID OBJECT_KEY REQUEST_ID

The object lies in Enlist's bucket under uploads/ACCOUNT_ID/. REQUEST_ID is yours, the same at every
try: Enlist makes one import of it, so whoever is not sure that a try arrived tries again.
"""

import asyncio
import json
import os
import ssl
import sys
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaProducer

TOPIC = "enlist.upload.requested.v1"
DEADLINE = 30.0  # seconds from connecting to the broker's acknowledgement


def connection() -> dict[str, Any]:
    """KAFKA_BOOTSTRAP_SERVERS becomes bootstrap_servers; SASL and TLS by aiokafka's names, too."""
    settings: dict[str, Any] = {
        name[6:].lower(): value for name, value in os.environ.items() if name.startswith("KAFKA_")
    }
    if settings.get("security_protocol", "").endswith("SSL"):
        cafile = settings.pop("ssl_cafile", None)
        settings["ssl_context"] = ssl.create_default_context(cafile=cafile)
    return settings


async def request_import(account_id: str, object_key: str, request_id: str) -> None:
    """Return once the broker has the event on all its replicas."""
    event = {"account_id": account_id, "object_key": object_key, "request_id": request_id}
    headers = {
        "ce_specversion": "1.0",
        "ce_id": request_id,
        "ce_type": TOPIC,
        "ce_source": "/examples/upstream",
        "ce_time": datetime.now(UTC).isoformat(),
        "content-type": "application/json",
    }
    async with asyncio.timeout(DEADLINE), AIOKafkaProducer(**connection(), acks="all") as producer:
        await producer.send_and_wait(
            TOPIC,
            json.dumps(event).encode(),
            key=account_id.encode(),  # one account's requests keep their order
            headers=[(name, value.encode()) for name, value in headers.items()],
        )


if __name__ == "__main__":
    asyncio.run(request_import(*sys.argv[1:4]))
