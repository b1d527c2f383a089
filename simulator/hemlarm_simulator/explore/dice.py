"""Choices that follow from a seed: what the schedules of chance are made with."""

from collections.abc import Sequence
from typing import TypeVar

from hemlarm_simulator.chance import Chance

T = TypeVar("T")


class Dice:
    """Throws that follow from a seed and a name."""

    def __init__(self, seed: int, name: str) -> None:
        self._chance = Chance(seed, name)

    def below(self, limit: int) -> int:
        """A number from 0 to `limit` - 1."""
        return int.from_bytes(self._chance(6), "big") % limit

    def between(self, least: int, most: int) -> int:
        """A number from `least` to `most`, both included."""
        return least + self.below(most - least + 1)

    def stretched(self, least: int, most: int) -> int:
        """As `between`, but small and large magnitudes alike: half of the throws lie below the geometric mean."""
        share = self.below(1 << 20) / (1 << 20)
        return round(least * float((most / least) ** share))

    def odds(self, percent: int) -> bool:
        """True in so many of a hundred throws."""
        return self.below(100) < percent

    def pick(self, among: Sequence[T]) -> T:
        """One of them, all alike."""
        return among[self.below(len(among))]

    def weighed(self, among: Sequence[tuple[int, T]]) -> T:
        """One of the (weight, thing)."""
        at = self.below(sum(weight for weight, _ in among))
        for weight, thing in among:
            if at < weight:
                return thing
            at -= weight
        raise AssertionError("the weights have no sum")
