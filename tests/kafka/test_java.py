"""The subscriber in Java, with the official client: run as it is, like those in Python."""

import json
from pathlib import Path
from typing import Final

import pytest
from tests.fixtures.stack import Stack
from tests.fixtures.tenant import Tenant
from tests.pipeline.test_examples import EXAMPLES, WAIT, environment, running, said_again

from enlist.embedded.waiting import wait_for

JARS: Final = EXAMPLES.parent / "build" / "example-java"  # made by `make test-kafka`


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


@pytest.mark.timeout(180)
async def test_the_java_subscriber_keeps_each_confirmation_once(
    stack: Stack, tenant: Tenant, tmp_path: Path
) -> None:
    """Repeats, and a start after a stop, add nothing; files hold the events as they were sent."""
    source = EXAMPLES / "java" / "OnConfirmation.java"
    command = ["java", "-cp", f"{JARS}/*", str(source), str(tmp_path)]
    first = await tenant.import_file(b"phone,first_name\n+447911123456,Ann\n")
    confirmation = await tenant.topics.final(first["import_id"])

    async def has(event_id: str) -> bool:
        return (tmp_path / f"{event_id}.json").exists()

    async with running(command, environment(stack)):
        await wait_for(lambda: has(confirmation.event_id), WAIT)
    kept = tmp_path / f"{confirmation.event_id}.json"
    assert json.loads(kept.read_bytes()) == confirmation.data
    before = kept.stat()
    await said_again(stack, confirmation, confirmation)
    second = await tenant.topics.final((await tenant.import_file(b""))["import_id"])
    async with running(command, environment(stack)):
        await wait_for(lambda: has(second.event_id), WAIT)
    assert (kept.stat().st_mtime_ns, kept.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    names = {f"{message.event_id}.json" for message in (confirmation, second)}
    assert {path.name for path in files(tmp_path)} >= names
    assert {path.suffix for path in files(tmp_path)} == {".json"}
