"""What was ever said about the consent of numbers."""

from collections.abc import Iterable
from typing import Final

import asyncpg

from enlist_ingest.consents import Consents
from enlist_shared.ids import AccountId

SHOWN: Final = 100
"""Events of a number; a history is short, unless a program repeats itself."""


async def histories_of(
    consents: Consents, account_id: AccountId, numbers: Iterable[str]
) -> list[asyncpg.Record]:
    """The events of all of these numbers, the latest said first."""
    events = [
        event
        for number in numbers
        for event in await consents.events(account_id, number, None, None, SHOWN)
    ]
    return sorted(events, key=lambda event: event["event_id"].int, reverse=True)
