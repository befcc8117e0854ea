"""A source of chance whose sequence is the same on every machine and version of Python.

Only `random()` is used: of the methods of `random.Random` its sequence alone is promised.
"""

from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Chance:
    """Draws from one seed."""

    def __init__(self, seed: int) -> None:
        self.fraction = Random(seed).random  # noqa: S311 - made-up people, not secrets

    def below(self, limit: int) -> int:
        return int(self.fraction() * limit)

    def happens(self, probability: float) -> bool:
        return self.fraction() < probability

    def one_of(self, choices: Sequence[T]) -> T:
        return choices[int(self.fraction() * len(choices))]

    def digits(self, count: int) -> str:
        return str(int(self.fraction() * 10**count)).zfill(count)


class Weighted(Generic[T]):
    """Choices of which each comes up as often as its weight says; a thousandth is the unit."""

    def __init__(self, *weighted: tuple[int, T]) -> None:
        bounds = accumulate(weight for weight, _ in weighted)
        self._table: list[T] = []
        for bound, (_, choice) in zip(bounds, weighted, strict=True):
            self._table += [choice] * (bound - len(self._table))

    def draw(self, chance: Chance) -> T:
        return chance.one_of(self._table)
