"""Imports of one account at the same time: no deadlock, and an order in every slot."""

import asyncio
from collections import defaultdict

from tests.fixtures.database import connected
from tests.fixtures.stack import Stack
from tests.model.account import Account, Identity
from tests.model.classification import Contact
from tests.pipeline.checks import balances

from enlist_rules.rows import SLOTS

PEOPLE = 200
CONSENT = {"consent": {"source": "spring fair", "evidence": "signed sheet 12"}}


def file_of(import_number: int, step: int) -> bytes:
    """Rows about the same people, walked through in another order each time.

    On WhatsApp each is reached at the number of somebody else.
    """
    lines = [
        f"+4479111{(n * step) % PEOPLE:05d},{'Anna' if n % 3 else ''},City {import_number},"
        f"+4479111{(n * step + 37) % PEOPLE:05d}"
        for n in range(PEOPLE)
    ]
    return "\n".join(["phone,first_name,city,whatsapp_number", *lines]).encode()


def by_slot(contacts: dict[Identity, Contact]) -> dict[int, dict[Identity, Contact]]:
    slots: dict[int, dict[Identity, Contact]] = defaultdict(dict)
    for identity, contact in contacts.items():
        slots[int(contact.number[1:]) % SLOTS][identity] = contact
    return slots


def in_order(*files: bytes) -> dict[int, dict[Identity, Contact]]:
    account = Account()
    for data in files:
        assert account.import_file(data, {"lists": ["Both"]}).status == "completed"
    return by_slot(account.contacts)


async def deadlocks(stack: Stack) -> int:
    async with connected(stack.ready.postgres) as owner:
        counted: int = await owner.fetchval("SELECT sum(deadlocks)::int FROM pg_stat_database")
    return counted


async def test_two_overlapping_imports_keep_an_order_in_every_slot(
    finely_cut_stack: Stack,
) -> None:
    """Every slot holds what one of the two orders would have left there."""
    first, second = file_of(1, 1), file_of(2, 7)
    one_way, other_way = in_order(first, second), in_order(second, first)
    async with finely_cut_stack.tenant() as tenant:
        options = {"lists": ["Both"]}
        results = await asyncio.gather(
            tenant.import_file(first, options, 90), tenant.import_file(second, options, 90)
        )
        for found in results:
            assert found["status"] == "completed"
            balances(found)
        found_slots = by_slot(await tenant.contacts())
    assert set(found_slots) == set(one_way)
    for slot, contacts in found_slots.items():
        assert contacts in (one_way[slot], other_way[slot])


async def test_many_overlapping_imports_never_deadlock(finely_cut_stack: Stack) -> None:
    """Four imports at once that state consent of each other's numbers: not one deadlock."""
    before = await deadlocks(finely_cut_stack)
    async with finely_cut_stack.tenant() as tenant:
        steps = (1, 7, 11, 13)
        results = await asyncio.gather(
            *(
                tenant.import_file(
                    file_of(number, step),
                    {"lists": [f"L{number % 2}", "Both"], "channel": "whatsapp", **CONSENT},
                    seconds=90,
                )
                for number, step in enumerate(steps)
            )
        )
        for found in results:
            assert found["status"] == "completed"
            balances(found)
        assert sum(found["counts"]["created"] for found in results) == len(await tenant.contacts())
        events = await tenant.rows.fetch("SELECT number FROM consent_events")
        assert len(events) == len(await tenant.rows.fetch("SELECT number FROM consents")) == PEOPLE
    assert "deadlock detected" not in await finely_cut_stack.postgres_log()
    assert await deadlocks(finely_cut_stack) == before
