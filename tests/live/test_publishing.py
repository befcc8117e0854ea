"""A producer that is ended while the broker takes nothing: it ends soon, and without an error."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from tests.live.test_relay import TOPIC

from enlist.embedded.broker import PARTITIONS, address, program
from enlist.embedded.program import running
from enlist.embedded.waiting import free_port
from enlist_shared import publishing
from enlist_shared.publishing import Publishing, producing
from enlist_shared.settings import KafkaSettings
from enlist_shared.topic_creation import create_topics


def row(number: int) -> dict[str, object]:
    import_id = uuid4()
    said = {
        "id": number,
        "import_id": import_id,
        "queue": import_id,
        "event_id": uuid4(),
        "created_at": datetime.now(UTC),
    }
    return said | {"topic": TOPIC, "key": str(number), "data": "{}"}


async def test_it_ends_while_events_are_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broker dies: new events get no answer, their imports wait, and it is known to be away."""
    monkeypatch.setattr(publishing, "PATIENCE", 1.0)
    port = free_port()
    settings = KafkaSettings(bootstrap_servers=address(port), enable_idempotence=False)
    async with asyncio.timeout(60):
        broker = running(program(port, tmp_path / "broker.log"), grace=1.0)
        async with broker as child:
            await create_topics(settings, PARTITIONS)
            async with producing(settings) as producer:
                relay = Publishing(producer)
                rows = [row(number) for number in range(20)]
                assert sorted((await relay.publish(rows)).ids) == list(range(20))
                await child.stop(grace=0)
                result = await relay.publish([row(number) for number in range(20, 40)])
                assert result.ids == []
                assert len(result.obstacles) == 20
                with pytest.raises(ConnectionError):
                    await relay.look()
