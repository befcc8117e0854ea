"""The programs that other teams copy: run as they are, on the broker of the stack."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Final

import pytest
from aiokafka import AIOKafkaProducer
from tests.fixtures.stack import Stack
from tests.fixtures.tenant import Tenant
from tests.fixtures.topics import Message

from enlist.embedded.waiting import wait_for

EXAMPLES: Final = Path(__file__).parents[2] / "examples"
SOURCES: Final = sorted(path for path in EXAMPLES.rglob("*.*") if path.suffix in {".py", ".java"})
WAIT: Final = 40.0  # seconds: a broker may let a first consumer wait


@asynccontextmanager
async def running(command: list[str], environment: Mapping[str, str]) -> AsyncIterator[None]:
    """A program for the length of a block; SIGTERM must end it, without an error."""
    variables = {"PATH": os.environ["PATH"], **environment}
    program = await asyncio.create_subprocess_exec(*command, env=variables)
    try:
        yield
        program.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(program.wait(), 20)
        assert code in {0, 128 + signal.SIGTERM}  # the latter is Java's own
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()


async def finished(command: list[str], environment: Mapping[str, str]) -> None:
    """Run a program to its end, which must be a good one."""
    variables = {"PATH": os.environ["PATH"], **environment}
    program = await asyncio.create_subprocess_exec(*command, env=variables)
    assert await asyncio.wait_for(program.wait(), WAIT) == 0


def environment(stack: Stack) -> dict[str, str]:
    return {"KAFKA_BOOTSTRAP_SERVERS": stack.ready.kafka}


async def said_again(stack: Stack, *messages: Message) -> None:
    """The messages come once more, word for word, as after a lost acknowledgement."""
    async with AIOKafkaProducer(bootstrap_servers=stack.ready.kafka) as producer:
        for message in messages:
            await producer.send_and_wait(
                message.topic, message.value, key=message.key, headers=list(message.headers)
            )


def kept(database: Path, *import_ids: str) -> list[tuple[str, str, int]]:
    """What the subscriber keeps of these imports; nothing before it has made its table."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as imports:
        if not imports.execute("SELECT 1 FROM sqlite_master WHERE name = 'imports'").fetchall():
            return []
        rows = imports.execute("SELECT import_id, type, created FROM imports").fetchall()
    return sorted((row[0], row[1].decode(), row[2]) for row in rows if row[0] in import_ids)


async def test_a_subscriber_keeps_each_confirmation_once(
    stack: Stack, tenant: Tenant, tmp_path: Path
) -> None:
    """Repeats, and a start after a stop, add nothing; a failed import is told, too."""
    database = tmp_path / "imports.db"
    command = [sys.executable, str(EXAMPLES / "on_confirmation.py"), str(database)]
    first = (await tenant.import_file(b"phone,first_name\n+447911123456,Ann\n"))["import_id"]
    second = (await tenant.import_file(b""))["import_id"]
    expected = [(first, "enlist.import.completed.v1", 1), (second, "enlist.import.failed.v1", 0)]

    async def has(*import_ids: str) -> bool:
        return database.exists() and len(kept(database, *import_ids)) == len(import_ids)

    async with running(command, environment(stack)):
        await wait_for(lambda: has(first, second), WAIT)
    confirmation = await tenant.topics.final(first)
    await said_again(stack, confirmation, confirmation)
    third = (await tenant.import_file(b"phone\n+447911123457\n"))["import_id"]
    expected.append((third, "enlist.import.completed.v1", 1))
    async with running(command, environment(stack)):
        await wait_for(lambda: has(third), WAIT)
    assert kept(database, first, second, third) == sorted(expected)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_an_example_is_short(source: Path) -> None:
    """It fits on a page: fewer than sixty lines."""
    assert len(source.read_text(encoding="utf-8").splitlines()) < 60
