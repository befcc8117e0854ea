"""Claims as the role of normalize: who may run a unit, and what counts against it."""

from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
from tests.fixtures.ledger import key_of, lease_runs_out, put_unit, set_unit, unit_row

from enlist_shared import failures
from enlist_shared.claims import Answer, Claim, Claims, Unit
from enlist_shared.ids import AccountId, ObjectKey
from enlist_shared.states import Status, UnitKind

BELONGS = {
    UnitKind.SPLIT: {Status.ACCEPTED, Status.SPLITTING},
    UnitKind.CHUNK: {Status.NORMALIZING},
    UnitKind.FORECAST_SHARD: {Status.FORECASTING},
    UnitKind.SHARD: {Status.MERGING},
    UnitKind.UNDO_SHARD: {Status.UNDOING},
}


class Panic(BaseException):
    """As pyo3's PanicException: no Exception."""


@pytest.fixture
def claims(normalize_pool: asyncpg.Pool) -> Claims:
    return Claims(normalize_pool, lease_seconds=60)


@pytest.fixture
async def unit(observer: asyncpg.Connection, account_id: AccountId) -> Unit:
    return await put_unit(observer, account_id)


async def release(
    pool: asyncpg.Pool, unit: Unit, token: object, retry_in: timedelta | None = None
) -> bool:
    statement = "SELECT enlist.release($1, $2, $3, $4, $5, 'a key', $6)"
    return bool(await pool.fetchval(statement, *key_of(unit), token, retry_in))


async def test_one_claimant_at_a_time(claims: Claims, unit: Unit) -> None:
    """The first goes with a token; until the lease ends the next is told that it is busy."""
    first = await claims.claim(unit)
    assert (first.answer, first.token is not None, first.key, first.failures) == (
        Answer.GO, True, None, 0,
    )  # fmt: skip
    assert (await claims.claim(unit)).answer is Answer.BUSY


async def test_a_finished_unit_is_done(claims: Claims, unit: Unit) -> None:
    """Whoever asks for a finished unit gets the key of what it left."""
    assert await claims.finish(await claims.claim(unit), ObjectKey("where"))
    again = await claims.claim(unit)
    assert (again.answer, again.token, again.key) == (Answer.DONE, None, "where")


async def test_the_lease_is_by_the_databases_clock(
    claims: Claims, unit: Unit, observer: asyncpg.Connection
) -> None:
    """A claim's lease ends when the database says so, no sooner and no later."""
    await claims.claim(unit)
    left = await observer.fetchval("SELECT lease_until - clock_timestamp() FROM units")
    assert timedelta(seconds=50) < left <= timedelta(seconds=60)


async def test_three_leases_that_ran_out_give_up(
    claims: Claims, unit: Unit, observer: asyncpg.Connection
) -> None:
    """A unit that killed three workers kills no fourth, and stays given up."""
    answers = []
    for _ in range(5):
        answers.append((await claims.claim(unit)).answer)
        await lease_runs_out(observer, unit)
    assert answers == [Answer.GO] * 3 + [Answer.QUARANTINED] * 2
    row = await unit_row(observer, unit)
    assert (row["state"], row["attempts"], row["token"]) == ("given_up", 3, None)


async def test_a_released_failure_is_never_counted(
    claims: Claims, unit: Unit, observer: asyncpg.Connection
) -> None:
    """Twenty lost brokers cost no attempt; each wait is longer, up to a minute."""
    waits = []
    for _ in range(9):
        claim = await claims.claim(unit)
        assert claim.answer is Answer.GO
        with pytest.raises(ConnectionError):
            async with claims.hold(claim):
                raise ConnectionError
        left = await observer.fetchval("SELECT retry_at - clock_timestamp() FROM units")
        waits.append(round(left.total_seconds() + 0.4))
        assert (await claims.claim(unit)).answer is Answer.BUSY
        await set_unit(observer, unit, "retry_at = clock_timestamp()")
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    row = await unit_row(observer, unit)
    assert (row["state"], row["attempts"], row["failures"]) == ("open", 0, 9)


@pytest.mark.parametrize("failure", [ValueError(), Panic(), asyncpg.CheckViolationError()])
async def test_a_failure_that_is_no_outage_counts(
    claims: Claims, unit: Unit, observer: asyncpg.Connection, failure: BaseException
) -> None:
    """After 8 and 16 seconds it is tried again; the third time the unit is given up at once."""
    waits = []
    for _ in range(3):
        claim = await claims.claim(unit)
        assert claim.answer is Answer.GO
        with pytest.raises(type(failure)):
            async with claims.hold(claim):
                raise failure
        left = await observer.fetchval("SELECT retry_at - clock_timestamp() FROM units")
        waits.append(round(left.total_seconds() + 0.4))
        await set_unit(observer, unit, "retry_at = clock_timestamp()")
    assert waits == [8, 16, 0]
    assert [(await claims.claim(unit)).answer for _ in range(2)] == [Answer.QUARANTINED] * 2
    row = await unit_row(observer, unit)
    assert (row["state"], row["attempts"], row["failures"]) == ("given_up", 3, 3)


async def test_an_answer_that_was_lost_is_given_again(
    claims: Claims, unit: Unit, observer: asyncpg.Connection
) -> None:
    """The same caller gets its go again, also when the lease has run out; nobody else does."""
    ask = "SELECT answer || ' ' || token FROM enlist.claim($1, $2, $3, $4, interval '1 min', $5)"
    token = uuid4()
    for _ in range(3):
        assert await claims._pool.fetchval(ask, *key_of(unit), token) == f"go {token}"
        assert (await claims.claim(unit)).answer is Answer.BUSY
        await lease_runs_out(observer, unit)
    assert await claims._pool.fetchval(ask, *key_of(unit), token) == f"go {token}"
    assert (await unit_row(observer, unit))["attempts"] == 0


async def test_what_was_granted_unheard_is_given_back(
    claims: Claims, unit: Unit, observer: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer is lost after its commit, for longer than a handler waits: no attempt."""
    ask, asked = claims._ask, []

    async def ask_in_vain(wanted: Claim) -> Claim:
        asked.append(await ask(wanted))
        raise ConnectionResetError

    monkeypatch.setattr(failures, "_IN_PLACE", (0.0,) * 4)
    monkeypatch.setattr(claims, "_ask", ask_in_vain)
    with pytest.raises(ConnectionResetError):
        await claims.claim(unit)
    assert [claim.answer for claim in asked] == [Answer.GO] * 5
    row = await unit_row(observer, unit)
    assert (row["state"], row["token"], row["attempts"]) == ("open", None, 0)


async def test_failures_in_between_do_not_forgive_attempts(
    claims: Claims, unit: Unit, observer: asyncpg.Connection
) -> None:
    """Leases that ran out add up, whatever was released between them."""
    for _ in range(2):
        await claims.claim(unit)
        await lease_runs_out(observer, unit)
        claim = await claims.claim(unit)
        await release(claims._pool, unit, claim.token, timedelta(0))
    await claims.claim(unit)
    await lease_runs_out(observer, unit)
    assert (await claims.claim(unit)).answer is Answer.QUARANTINED


async def test_a_lost_token_changes_nothing(
    claims: Claims, unit: Unit, observer: asyncpg.Connection
) -> None:
    """Whose lease went to somebody else can neither extend, nor release, nor finish."""
    lost = await claims.claim(unit)
    await lease_runs_out(observer, unit)
    current = await claims.claim(unit)
    before = await unit_row(observer, unit)
    extend = "SELECT enlist.extend($1, $2, $3, $4, $5, interval '1 h')"
    for token in (lost.token, uuid4(), None):
        assert not await claims._pool.fetchval(extend, *key_of(unit), token)
        assert not await release(claims._pool, unit, token)
        assert not await release(claims._pool, unit, token, timedelta(seconds=1))
    assert not await claims.finish(lost, ObjectKey("late"))
    assert await unit_row(observer, unit) == before
    assert await claims.finish(current, ObjectKey("right"))
    assert not await claims.finish(current, ObjectKey("twice"))
    assert (await claims.claim(unit)).key == "right"


async def test_a_lease_is_renewed_while_the_work_goes_on(
    normalize_pool: asyncpg.Pool, unit: Unit, observer: asyncpg.Connection
) -> None:
    """Work that takes longer than its lease keeps it."""
    claims = Claims(normalize_pool, lease_seconds=0.3)
    claim = await claims.claim(unit)
    async with claims.hold(claim):
        first = (await unit_row(observer, unit))["lease_until"]
        while (await unit_row(observer, unit))["lease_until"] < first + timedelta(seconds=0.4):
            pass
        assert await claims.finish(claim, None)
    assert (await unit_row(observer, unit))["attempts"] == 0


@pytest.mark.parametrize("kind", UnitKind)
async def test_a_unit_belongs_to_a_state(
    claims: Claims, observer: asyncpg.Connection, account_id: AccountId, kind: UnitKind
) -> None:
    """Only in the state that a unit belongs to does it go; in every other it has ended."""
    goes = set()
    for status in Status:
        claim = await claims.claim(await put_unit(observer, account_id, kind, status))
        assert claim.answer in (Answer.GO, Answer.ENDED)
        if claim.answer is Answer.GO:
            goes.add(status)
    assert goes == BELONGS[kind]


async def test_what_does_not_exist_has_ended(claims: Claims, unit: Unit) -> None:
    """A unit, an import or an account that nobody knows answers `ended`."""
    strangers = [
        Unit(unit.account_id, unit.import_id, unit.kind, 1),
        Unit(unit.account_id, unit.import_id, UnitKind.SHARD, 0),
        Unit(AccountId(uuid4()), unit.import_id, unit.kind, 0),
    ]
    assert [(await claims.claim(each)).answer for each in strangers] == [Answer.ENDED] * 3
