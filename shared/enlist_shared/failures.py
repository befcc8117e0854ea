"""Three kinds of failure: permanent, which ends a unit with a code; outages; everything else.

An outage is tried again: for two seconds where it happened, then by the reconciler after
`retry_delay`, for as long as it takes. It is never counted against the unit. Whatever else goes
wrong, a bug of ours or bytes that break a library, would go wrong for ever: it counts as an
attempt, and after the third the unit is given up.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import asyncpg
from aiokafka.errors import KafkaError
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from enlist_rules.codes import Code, PermanentFailure
from enlist_shared.postgres import is_transient

__all__ = ["Code", "PermanentFailure", "is_outage", "retry_delay", "with_retries"]

T = TypeVar("T")
_IN_PLACE: Final = (0.1, 0.3, 0.6, 1.0)  # seconds; two in all
_LONGEST: Final = 60.0
_NOT_ADMITTED: Final = ("28", "3D")  # SQLSTATE classes: a role or a database that is not there
_SERVERS: Final = (KafkaError, BotoCoreError, ClientError)
_TOLD_TO_STOP: Final = (asyncio.CancelledError, KeyboardInterrupt, SystemExit)


def is_outage(error: BaseException) -> bool:
    """Whether a server, the network or this process's own end made the work fail, not the unit."""
    if isinstance(error, asyncpg.PostgresError) and (error.sqlstate or "")[:2] in _NOT_ADMITTED:
        return True
    if isinstance(error, (*_SERVERS, *_TOLD_TO_STOP)):
        return not isinstance(error, ParamValidationError)
    return is_transient(error)


def retry_delay(failures: int) -> float:
    """Seconds until a unit that failed `failures` times before is tried again: 1, 2, 4 … 60."""
    return min(_LONGEST, 2.0 ** min(failures, 6))


async def with_retries(work: Callable[[], Awaitable[T]]) -> T:
    """Do `work`; while a server is away, again, for two seconds at most."""
    for delay in _IN_PLACE:
        try:
            return await work()
        except Exception as error:
            if not is_transient(error):
                raise
        await asyncio.sleep(delay * random.uniform(0.8, 1.2))  # noqa: S311 - jitter
    return await work()
