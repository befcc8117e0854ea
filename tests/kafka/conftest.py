"""A broker, and a stack on it, that the tests of faults may do anything to."""

from collections.abc import AsyncIterator

import pytest
from tests.fixtures.kafka import Kafka, running_kafka
from tests.fixtures.stack import FINELY_CUT, IMPATIENT, Stack, stack_with


@pytest.fixture(scope="session")
async def kafka() -> AsyncIterator[Kafka]:
    """A broker that may be killed."""
    async with running_kafka() as node:
        yield node


@pytest.fixture(scope="session")
async def victim(kafka: Kafka) -> AsyncIterator[Stack]:
    """A stack on that broker, with many chunks and shards."""
    async with stack_with(IMPATIENT | FINELY_CUT, kafka.settings) as stack:
        yield stack
