"""Workers are killed with SIGKILL in the middle of their work; the supervisor starts new ones."""

import asyncio

import pytest
from tests.fixtures.stack import Stack
from tests.fixtures.tenant import Tenant
from tests.model.account import Account
from tests.pipeline.checks import balances, is_confirmed, result_of, without_outcomes
from tests.pipeline.test_redelivery import some_contacts

from enlist_rules.codes import Code
from enlist_shared.states import UnitKind

ALWAYS = 9  # deaths; the third is the last
SMALL = b"phone,first_name\n+447911123999,Zoe\n"
pytestmark = pytest.mark.supervised
WAIT = 100.0  # seconds: a lease, a new process and a place in the consumer group, three times


async def outcome_is_the_models(tenant: Tenant, data: bytes) -> None:
    account = Account()
    expected = account.import_file(data, {})
    found = await tenant.import_file(data, seconds=WAIT)
    assert result_of(found) == without_outcomes(expected)
    assert await tenant.contacts() == account.contacts
    await is_confirmed(tenant, found)


def deaths(stack: Stack, service: str) -> int:
    return sum(line.startswith(service) and "SIGKILL" in line for line in stack.said)


@pytest.mark.timeout(150)
@pytest.mark.parametrize(
    ("point", "service"),
    [
        ("normalize.read:1", "normalize"),
        ("normalize.written:1", "normalize"),
        ("normalize.finished:1", "normalize"),
        ("merge.before_commit:1", "merge"),
        ("merge.committed:1", "merge"),
    ],
)
async def test_a_killed_worker_costs_nothing(
    finely_cut_stack: Stack, point: str, service: str
) -> None:
    """Killed once inside a chunk or a shard: the import completes as if nothing had happened."""
    before = deaths(finely_cut_stack, service)
    async with finely_cut_stack.tenant() as tenant:
        with finely_cut_stack.deadly(point):
            await outcome_is_the_models(tenant, some_contacts(60))
    assert deaths(finely_cut_stack, service) == before + 1


@pytest.mark.timeout(240)
async def test_a_chunk_that_always_kills_ends_its_own_import_alone(
    finely_cut_stack: Stack,
) -> None:
    """After three lost leases: failed(chunk_unreadable), nothing merged; another one completes."""
    before = deaths(finely_cut_stack, "normalize")
    async with finely_cut_stack.tenant() as tenant:
        with finely_cut_stack.deadly("normalize.read:2", ALWAYS):
            poisoned, healthy = await asyncio.gather(
                tenant.import_file(some_contacts(60), seconds=2 * WAIT),
                tenant.import_file(SMALL, seconds=2 * WAIT),
            )
        assert (poisoned["status"], poisoned["error"]["code"]) == ("failed", Code.CHUNK_UNREADABLE)
        assert poisoned["counts"]["unprocessed"] == poisoned["counts"]["records"] == 60
        balances(healthy)
        assert healthy["counts"]["created"] == 1
        assert set(await tenant.contacts()) == {("+447911123999", "zoe", "")}
        (unit,) = [
            row
            for row in await tenant.ledger("units", poisoned["import_id"])
            if (row["kind"], row["number"]) == (UnitKind.CHUNK, 2)
        ]
        assert (unit["state"], unit["attempts"]) == ("given_up", 3)
    assert deaths(finely_cut_stack, "normalize") == before + 3


@pytest.mark.timeout(240)
async def test_a_shard_that_always_kills_leaves_the_others_merged(finely_cut_stack: Stack) -> None:
    """After three lost leases: failed(shard_failed); what was merged stays and is counted."""
    before = deaths(finely_cut_stack, "merge")
    async with finely_cut_stack.tenant() as tenant:
        with finely_cut_stack.deadly("merge.before_commit:1", ALWAYS):
            found = await tenant.import_file(some_contacts(60), seconds=2 * WAIT)
        assert (found["status"], found["error"]["code"]) == ("failed", Code.SHARD_FAILED)
        balances(found)
        lost = [row for row in await tenant.ledger("shards", found["import_id"]) if row["given_up"]]
        assert [row["shard"] for row in lost] == [1]
        assert found["counts"]["unprocessed"] == lost[0]["forwarded"]
        assert found["counts"]["created"] == len(await tenant.contacts())
    assert deaths(finely_cut_stack, "merge") == before + 3
