"""The embedded object store and broker: closed to strangers, complete after every start."""

import os
import signal
from pathlib import Path

import boto3
import psutil
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from botocore.exceptions import ClientError

from enlist.embedded import broker, objectstore
from enlist.embedded.program import running
from enlist.embedded.supervisor import supervising
from enlist.embedded.waiting import free_port, wait_for
from enlist_shared.ids import ObjectKey
from enlist_shared.objectstore import open_objectstore
from enlist_shared.topics import Topic


async def test_objects_survive_a_restart(tmp_path: Path) -> None:
    """What was stored is there, under the same key and secret, after a stop and a start."""
    key = ObjectKey("account/import/source")
    async with (
        objectstore.running_objectstore(tmp_path) as settings,
        open_objectstore(settings) as store,
    ):
        await store.put(key, b"contacts")
    async with (
        objectstore.running_objectstore(tmp_path) as settings,
        open_objectstore(settings) as store,
    ):
        assert await store.get(key) == b"contacts"


async def test_the_object_store_wants_its_secret(tmp_path: Path) -> None:
    """A wrong secret is refused."""
    async with objectstore.running_objectstore(tmp_path) as settings:
        client = boto3.client(
            "s3",
            endpoint_url=settings.endpoint,
            region_name=settings.region,
            aws_access_key_id=settings.access_key.get_secret_value(),
            aws_secret_access_key="wrong",
        )
        with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
            client.list_objects_v2(Bucket=settings.bucket)
        client.close()


async def test_no_secret_stands_on_a_command_line(tmp_path: Path) -> None:
    """Whoever lists the processes of the machine reads no key."""
    program = objectstore.program(tmp_path / "objects", free_port(), "s3cr3t", tmp_path / "log")
    async with running(program) as server:
        assert "s3cr3t" not in " ".join(psutil.Process(server.pid).cmdline())


async def test_a_broker_that_was_killed_comes_back_with_its_topics(tmp_path: Path) -> None:
    """Topics are made again before anybody is told that the broker runs."""
    port, said = free_port(), list[str]()
    async with supervising(said.append, tmp_path / "record") as supervisor:
        await supervisor.start(broker.program(port, tmp_path / "log"))
        assert await _topics(port) >= set(Topic)
        os.kill(supervisor.pid("broker"), signal.SIGKILL)

        async def runs_again() -> bool:
            return any("broker runs again" in line for line in said)

        await wait_for(runs_again, 20)
        assert await _topics(port) >= set(Topic)


async def _topics(port: int) -> set[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.address(port))
    await admin.start()
    try:
        return set(await admin.list_topics())
    finally:
        await admin.close()
