"""Each container stops in the middle of an import, and starts again."""

from typing import Final

import pytest
from tests.fixtures.composed import SERVERS, SERVICES
from tests.fixtures.stack import Stack
from tests.model.account import Account
from tests.pipeline.checks import balances, is_confirmed, result_of, without_outcomes
from tests.pipeline.test_redelivery import WORK, some_contacts

from enlist_shared.states import FINAL
from enlist_shared.topics import Topic

RECORDS: Final = 600  # some 70 chunks and, of the 40 people among them, a dozen shards
WAIT: Final = 180.0  # seconds: a start, a place in the consumer groups, leases that run out


@pytest.mark.timeout(500)
@pytest.mark.parametrize("stopped", [*SERVERS, *SERVICES])
async def test_a_container_that_stops_costs_nothing(finely_cut_stack: Stack, stopped: str) -> None:
    """Stopped with work in hand, replicas together: nothing is lost and nothing doubled."""
    data, account = some_contacts(RECORDS), Account()
    expected = without_outcomes(account.import_file(data, {}))
    async with finely_cut_stack.tenant() as tenant:
        import_id = await tenant.upload(data)
        await tenant.topics.until(lambda: bool(tenant.topics.about(import_id, *WORK)))
        assert (await tenant.find(import_id))["status"] not in FINAL
        await restart(finely_cut_stack, stopped)
        await tenant.topics.final(import_id, WAIT)
        async with finely_cut_stack.again(tenant) as later:
            found = await later.find(import_id)
            balances(found)
            assert result_of(found) == expected
            assert await later.contacts() == account.contacts
            await is_confirmed(later, found)
            ends = later.topics.about(import_id, Topic.IMPORT_COMPLETED, Topic.IMPORT_FAILED)
            assert len({message.event_id for message in ends}) == 1


async def restart(stack: Stack, service: str) -> None:
    """Stop the containers of a service, start them, and wait until the API answers again."""
    assert stack.compose is not None
    await stack.compose.run("stop", "--timeout", "5", service)
    await stack.compose.run("start", service)
    await stack.compose.serving()


async def test_every_container_passes_its_health_check(finely_cut_stack: Stack) -> None:
    """Each image's own check, inside the container."""
    assert finely_cut_stack.compose is not None
    await finely_cut_stack.compose.healthy()
