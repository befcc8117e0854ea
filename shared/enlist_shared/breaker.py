"""Stops a consumer that would dead-letter everything: a bug of ours, or a producer gone wrong.

After `LIMIT` dead letters in a row on one topic, with nothing handled between them, the breaker
opens and messages are held back. After a pause it lets one through: if that one is handled, it
closes; if not, it opens again for twice as long, up to ten minutes. So a consumer neither empties
a topic into dead letters nor stands still for ever.
"""

import time
from collections import Counter
from collections.abc import Callable
from typing import Final

LIMIT: Final = 100
_PAUSE: Final = 10.0  # seconds
_LONGEST: Final = 600.0


class Breaker:
    """The dead letters in a row of each topic, and until when its messages are held back."""

    def __init__(
        self, limit: int = LIMIT, pause: float = _PAUSE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit
        self._pause = pause
        self._clock = clock
        self._in_a_row: Counter[str] = Counter()
        self._open_until: dict[str, float] = {}

    def closed_in(self, topic: str) -> float:
        """Seconds until a message may be dead-lettered; none while the breaker is closed."""
        return max(0.0, self._open_until.get(topic, 0.0) - self._clock())

    def handled(self, topic: str) -> None:
        """A message was handled: whatever was wrong is over."""
        self._in_a_row.pop(topic, None)
        self._open_until.pop(topic, None)

    def dead_lettered(self, topic: str) -> float:
        """A message was dead-lettered; the seconds for which that opens the breaker, or none."""
        self._in_a_row[topic] += 1
        beyond = self._in_a_row[topic] - self._limit
        if beyond < 0:
            return 0.0
        pause = min(_LONGEST, self._pause * 2.0 ** min(beyond, 10))
        self._open_until[topic] = self._clock() + pause
        return pause
