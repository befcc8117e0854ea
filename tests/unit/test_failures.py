"""Kinds of failure, and how long a unit waits."""

import asyncio

import asyncpg
import pytest
from aiokafka.errors import KafkaConnectionError
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError

from enlist_rules.codes import Code, PermanentFailure
from enlist_shared import failures
from enlist_shared.failures import is_outage, retry_delay, with_retries
from enlist_shared.postgres import is_transient

TRANSIENT = [
    ConnectionResetError(),
    TimeoutError(),
    asyncpg.DeadlockDetectedError(),
    asyncpg.SerializationError(),
    asyncpg.LockNotAvailableError(),
    asyncpg.QueryCanceledError(),
    asyncpg.AdminShutdownError(),
    asyncpg.CannotConnectNowError(),
    asyncpg.TooManyConnectionsError(),
    asyncpg.DiskFullError(),
    asyncpg.IdleInTransactionSessionTimeoutError(),
    asyncpg.ConnectionDoesNotExistError(),
    asyncpg.InterfaceError("connection is closed"),
]
LASTING = [
    ValueError(),
    asyncpg.CheckViolationError(),
    asyncpg.InsufficientPrivilegeError(),
    asyncpg.UndefinedTableError(),
    PermanentFailure(Code.CORRUPT),
]


def test_the_wait_doubles_to_a_minute() -> None:
    """1, 2, 4 … 60 seconds, however often it failed."""
    waits = [retry_delay(count) for count in (0, 1, 2, 3, 4, 5, 6, 7, 1000)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


@pytest.mark.parametrize("error", TRANSIENT, ids=lambda error: type(error).__name__)
def test_a_server_that_is_away_is_transient(error: Exception) -> None:
    """The same work may succeed on another try."""
    assert is_transient(error)


@pytest.mark.parametrize("error", LASTING, ids=lambda error: type(error).__name__)
def test_what_would_fail_again_is_not_transient(error: Exception) -> None:
    """Another try would end the same."""
    assert not is_transient(error)


OUTAGES = [
    *TRANSIENT,
    asyncpg.InvalidPasswordError(),
    asyncpg.InvalidCatalogNameError(),
    KafkaConnectionError(),
    EndpointConnectionError(endpoint_url="http://s3"),
    ClientError({"Error": {"Code": "SlowDown"}}, "GetObject"),
    asyncio.CancelledError(),
]
FAULTS = [
    *LASTING[:-1],
    KeyError(),
    MemoryError(),
    BaseException("a panic"),
    ParamValidationError(report="a number"),
]


@pytest.mark.parametrize("error", OUTAGES, ids=lambda error: type(error).__name__)
def test_an_outage_costs_nothing(error: BaseException) -> None:
    """A server, the network or the end of the process: it may last as long as it wants."""
    assert is_outage(error)


@pytest.mark.parametrize("error", FAULTS, ids=lambda error: type(error).__name__)
def test_anything_else_counts(error: BaseException) -> None:
    """It would come back for ever, so it has a bound."""
    assert not is_outage(error)


class Work:
    """Fails so many times, then answers."""

    def __init__(self, failures: int, error: Exception) -> None:
        self.left, self.error, self.tries = failures, error, 0

    async def __call__(self) -> str:
        self.tries += 1
        if self.tries <= self.left:
            raise self.error
        return "done"


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "_IN_PLACE", (0.0,) * 4)


@pytest.mark.usefixtures("no_waiting")
async def test_a_short_absence_is_waited_out() -> None:
    """Four failures in place, then success."""
    work = Work(4, ConnectionError())
    assert await with_retries(work) == "done"
    assert work.tries == 5


@pytest.mark.usefixtures("no_waiting")
async def test_a_long_absence_is_somebody_elses() -> None:
    """After the last try the failure is the caller's."""
    work = Work(9, ConnectionError())
    with pytest.raises(ConnectionError):
        await with_retries(work)
    assert work.tries == 5


@pytest.mark.parametrize("error", [*LASTING, asyncio.CancelledError()])
async def test_what_lasts_is_not_tried_again(error: Exception) -> None:
    """One try, and the failure goes up at once."""
    work = Work(9, error)
    with pytest.raises(type(error)):
        await with_retries(work)
    assert work.tries == 1


def test_in_place_is_two_seconds() -> None:
    """The waits of a handler sum up to two seconds."""
    assert sum(failures._IN_PLACE) == pytest.approx(2.0)


def test_a_permanent_failure_says_its_code() -> None:
    """The text is the code, and the detail where there is one."""
    assert str(PermanentFailure(Code.CORRUPT)) == "corrupt"
    assert str(PermanentFailure(Code.CORRUPT, "why")) == "corrupt: why"
