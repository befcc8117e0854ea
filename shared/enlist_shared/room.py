"""The room of a process: a unit that lost a lease works there alone.

Whatever kills its process takes the leases of its company with it. The second time nobody else is
there, so that three deaths are the killer's own.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Room:
    """Who works in this process; of one event loop."""

    def __init__(self) -> None:
        self._inside = 0
        self._alone = False
        self._left = asyncio.Condition()

    @property
    def is_closed(self) -> bool:
        """Whether somebody works alone, or waits to."""
        return self._alone

    @asynccontextmanager
    async def enter(self, *, alone: bool) -> AsyncIterator[None]:
        """Work in a room that is not closed; `alone` closes it and waits until all have left."""
        self._inside += 1
        self._alone = self._alone or alone
        try:
            if alone:
                async with self._left:
                    await self._left.wait_for(lambda: self._inside == 1)
            yield
        finally:
            self._inside -= 1
            if alone:
                self._alone = False
            async with self._left:
                self._left.notify_all()
