"""CloudEvents in binary mode, written and read by kcat: a client that knows nothing of us."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
from tests.fixtures.stack import Stack
from tests.fixtures.tenant import Tenant
from tests.fixtures.topics import Message

from enlist_shared.ids import ObjectKey
from enlist_shared.topics import Topic

KCAT: Final = Path(__file__).parents[2] / "build" / "kcat"  # made by `make test-kafka`
WAIT: Final = 40.0
pytestmark = pytest.mark.timeout(120)


async def kcat(stack: Stack, *arguments: str, said: bytes = b"") -> bytes:
    """What kcat prints; `said` is its input."""
    program = await asyncio.create_subprocess_exec(
        KCAT / "usr" / "bin" / "kcat", "-b", stack.ready.kafka, "-q", *arguments,
        env=os.environ | {"LD_LIBRARY_PATH": ":".join(map(str, KCAT.glob("usr/lib/*-linux-gnu")))},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, _ = await asyncio.wait_for(program.communicate(said), WAIT)
    assert program.returncode == 0
    return printed


async def read(stack: Stack, topic: Topic, event_id: str) -> dict[str, Any]:
    """The message with this `ce_id`, as kcat finds it on the topic."""
    lines = (await kcat(stack, "-C", "-t", topic, "-o", "beginning", "-e", "-J")).splitlines()
    messages = [json.loads(line) for line in lines]
    (found,) = [message for message in messages if headers_of(message)["ce_id"] == event_id]
    return dict(found)


def headers_of(message: dict[str, Any]) -> dict[str, str]:
    """kcat gives names and values in turn."""
    flat = message["headers"]
    return dict(zip(flat[::2], flat[1::2], strict=True))


async def confirmed(tenant: Tenant, correlation_id: str) -> Message:
    """The event that ended the import with this correlation id."""
    ends = (Topic.IMPORT_COMPLETED, Topic.IMPORT_FAILED)

    def found() -> list[Message]:
        heard = [message for message in tenant.topics.heard if message.topic in ends]
        return [one for one in heard if one.data["correlation_id"] == correlation_id]

    await tenant.topics.until(lambda: bool(found()), WAIT)
    return found()[0]


async def test_kcat_asks_for_an_import_and_reads_its_confirmation(
    stack: Stack, tenant: Tenant
) -> None:
    """An upload event from a foreign client is obeyed; the confirmation has its headers and key."""
    account, campaign = str(tenant.account_id), f"campaign-{uuid4()}"
    key = ObjectKey(f"uploads/{account}/people.csv")
    await tenant.objects.put(key, b"phone,first_name\n+447911123456,Ann\n")
    event = {"account_id": account, "object_key": key, "request_id": campaign}
    headers = {
        "ce_specversion": "1.0",
        "ce_id": campaign,
        "ce_type": Topic.UPLOAD_REQUESTED,
        "ce_source": "/kcat",
        "content-type": "application/json",
    }
    await kcat(
        stack, "-P", "-t", Topic.UPLOAD_REQUESTED, "-k", account,
        *(word for name, value in headers.items() for word in ("-H", f"{name}={value}")),
        said=json.dumps(event | {"correlation_id": campaign}).encode(),
    )  # fmt: skip
    expected = await confirmed(tenant, campaign)
    message = await read(stack, Topic.IMPORT_COMPLETED, expected.event_id)
    data = json.loads(message["payload"])
    assert data == expected.data
    assert (data["counts"]["records"], data["counts"]["created"]) == (1, 1)
    assert message["key"] == account
    found = headers_of(message)
    assert found.pop("ce_time").endswith("+00:00")
    assert found == {
        "ce_specversion": "1.0",
        "ce_id": expected.event_id,
        "ce_type": "enlist.import.completed.v1",
        "ce_source": "/enlist",
        "ce_subject": data["import_id"],
        "content-type": "application/json",
    }
