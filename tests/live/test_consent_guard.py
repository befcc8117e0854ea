"""Opted-out stays opted-out: the database itself refuses anything else."""

import asyncpg
import pytest

from enlist_shared.ids import AccountId

NUMBER = "+447400000001"
UPDATE = "UPDATE consents SET state = 'opted_in', source = $1 WHERE number = $2"


@pytest.fixture
async def opted_out(observer: asyncpg.Connection, account_id: AccountId) -> asyncpg.Connection:
    await observer.execute(
        "INSERT INTO consents (account_id, number, channel, state, source, effective_at, seq) "
        "VALUES ($1, $2, 'phone', 'opted_out', 'keyword', now(), 1)",
        account_id,
        NUMBER,
    )
    return observer


@pytest.mark.parametrize("source", ["import", "opt_out_import", "hand"])
async def test_nothing_but_the_person_opts_back_in(
    opted_out: asyncpg.Connection, source: str
) -> None:
    """An import, and a hand, are refused even with every right on the table."""
    with pytest.raises(asyncpg.CheckViolationError, match="opted-out stays opted-out"):
        await opted_out.execute(UPDATE, source, NUMBER)


@pytest.mark.parametrize("source", ["keyword", "start", "consent_call"])
async def test_the_person_opts_back_in(opted_out: asyncpg.Connection, source: str) -> None:
    """A keyword, an inbound START and a consent call may."""
    assert await opted_out.execute(UPDATE, source, NUMBER) == "UPDATE 1"


async def test_an_opt_out_is_not_forgotten(opted_out: asyncpg.Connection) -> None:
    """Deleting the row would be another way back in."""
    with pytest.raises(asyncpg.CheckViolationError, match="opted-out stays opted-out"):
        await opted_out.execute("DELETE FROM consents WHERE number = $1", NUMBER)
