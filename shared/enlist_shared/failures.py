"""Two kinds of failure: permanent, which ends a unit with a code, and everything else.

A transient failure is tried again: for two seconds where it happened, then by the reconciler
after `retry_delay`, for as long as it takes. It is never counted against the unit.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from enlist_rules.codes import Code, PermanentFailure
from enlist_shared.postgres import is_transient

__all__ = ["Code", "PermanentFailure", "retry_delay", "with_retries"]

T = TypeVar("T")
_IN_PLACE: Final = (0.1, 0.3, 0.6, 1.0)  # seconds; two in all
_LONGEST: Final = 60.0


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
