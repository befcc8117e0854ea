"""The transactional outbox: what changed and the event that says so commit together.

`announce` writes an event inside the caller's transaction; `relay.py` publishes it.
"""

from typing import Final

from enlist_shared.events import ConsentChanged, Event
from enlist_shared.postgres import Connection
from enlist_shared.topics import Topic

_INSERT: Final = """
INSERT INTO outbox (account_id, import_id, topic, key, data) VALUES ($1, $2, $3, $4, $5)
"""

_INSERT_CONSENT: Final = """
INSERT INTO outbox (account_id, event_id, topic, key, data)
VALUES ($1, coalesce($2, uuidv7()), $3, $4, $5)
"""


async def announce(connection: Connection, topic: Topic, key: str, event: Event) -> None:
    """Publish `event` if and when the caller's transaction commits."""
    await announce_all(connection, [(topic, key, event)])


async def announce_all(connection: Connection, events: list[tuple[Topic, str, Event]]) -> None:
    """Publish several events, in this order, if and when the transaction commits."""
    await connection.executemany(
        _INSERT,
        [
            (event.account_id, event.import_id, topic, key, event.model_dump_json())
            for topic, key, event in events
        ],
    )


async def announce_consent(connection: Connection, event: ConsentChanged) -> None:
    """Publish it if and when the transaction commits, in the order of its account.

    The event of a single change has the id of that change.
    """
    said = (Topic.CONSENT_CHANGED, str(event.account_id), event.model_dump_json())
    await connection.execute(_INSERT_CONSENT, event.account_id, event.consent_id, *said)
