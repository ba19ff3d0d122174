"""Latent curves: what people feel over a video, as sums of a few slow waves.

The waves of a room are dealt out: some to the curve that all who watch share, some to each participant's
own. Waves of different whole numbers of turns over the video are orthogonal, so the correlation of two
people's curves over the whole video is what the scenario says, exactly, and not only on average. Any
instant can be had alone. The cosine is a polynomial of our own, because the platform's differs.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mockserver.simulation.chance import Chance, Floats, Ints

__all__ = ["WAVES", "Waves", "WaveTable", "cosine", "waves"]

WAVES = 6
# Feelings that change faster than this do not survive the way through a hand.
_SHORTEST_MS = 6000


@dataclass(frozen=True)
class Waves:
    """A curve with mean 0 and variance 1 over its duration; dealt when it is first read, as few of many are.

    Attributes:
        part, parts: Which of how many curves that must not correlate.
    """

    chance: Chance
    duration_ms: int
    part: int
    parts: int

    @cached_property
    def turns(self) -> tuple[int, ...]:
        """How often each wave goes round over the duration; whole numbers, 0 for waves without weight."""
        most = max(self.duration_ms // _SHORTEST_MS, self.parts)
        every = range(self.part + 1, most + 1, self.parts)
        chosen = _spread(every, self.chance) if len(every) > WAVES else list(every)
        return (*chosen, *[0] * (WAVES - len(chosen)))

    @cached_property
    def phases(self) -> tuple[float, ...]:
        """Where each begins, in turns, 0 to 1."""
        return tuple(self.chance.uniform("phase", turns) if turns else 0.0 for turns in self.turns)

    @cached_property
    def weights(self) -> tuple[float, ...]:
        """Amplitudes; their squares add up to 2."""
        # Slow waves are the strong ones.
        raw = [1.0 / (1.0 + 0.35 * n) for n in range(WAVES) if self.turns[n]]
        scale = math.sqrt(2.0 / sum(weight * weight for weight in raw))
        return (*(weight * scale for weight in raw), *[0.0] * (WAVES - len(raw)))


def waves(chance: Chance, duration_ms: int, part: int, parts: int) -> Waves:
    """Deal out one part's waves.

    Args:
        duration_ms: Length of the video.
        part, parts: Which of how many curves that must not correlate; 0 is the shared one by custom.

    Returns:
        `WAVES` waves; where the video is too short for as many, the last ones have no weight.
    """
    return Waves(chance, duration_ms, part, parts)


def _spread(every: Sequence[int], chance: Chance) -> list[int]:
    """One of each of `WAVES` stretches, longer ones for quicker waves; evenly chosen ones would beat in time."""
    last = len(every)
    bounds = [max(n, last * n * n // (WAVES * WAVES)) for n in range(WAVES + 1)]
    return [every[chance.integer(bounds[n], bounds[n + 1] - 1, "turns", n)] for n in range(WAVES)]


# Taylor's coefficients of sin(2 pi x), highest first; error below 2e-9 for x within a quarter.
_SINE = (15.094642576822984, 42.058693944897634, 76.70585975306136, 81.60524927607504, 41.341702240399755)
_TURN = 6.283185307179586


def cosine(turns: Floats) -> Floats:
    """Cosine of an angle in turns, from + - x alone."""
    # Folded to a quarter turn around zero, where the sine's series is short.
    x = 0.25 - np.abs(turns - np.rint(turns))
    square = x * x
    series = -square * 3.8199525848482803
    for coefficient in _SINE:
        series = square * (coefficient + series) * -1.0
    return x * (_TURN + series)


class WaveTable:
    """Many curves as columns, for reading any of them at any instant. A curve that nobody reads is not dealt."""

    def __init__(self, curves: Sequence[Waves]) -> None:
        self._curves = curves
        self._dealt = np.zeros(len(curves), dtype=np.bool_)
        self._duration = np.array([one.duration_ms for one in curves], dtype=np.int64)
        # A row for each wave.
        self._turns = np.zeros((WAVES, len(curves)), dtype=np.int64)
        self._phases, self._weights = np.zeros(self._turns.shape), np.zeros(self._turns.shape)

    def at(self, curve: Ints, t_ms: Ints) -> Floats:
        """Curve `curve[i]` at media time `t_ms[i]`."""
        self._deal(curve)
        duration = self._duration[curve]
        # Whole turns are taken out while the numbers are whole, so nothing is lost in long videos.
        turned = ((t_ms * self._turns[:, curve]) % duration).astype(np.float64) / duration
        parts = self._weights[:, curve] * cosine(turned + self._phases[:, curve])
        # One after the other, as sums of decimals depend on the order.
        total = np.zeros(len(curve))
        for part in parts:
            total += part
        return total

    def _deal(self, curve: Ints) -> None:
        undealt = curve[~self._dealt[curve]]
        for number in set(undealt.tolist()) if len(undealt) else ():
            one = self._curves[number]
            self._turns[:, number], self._phases[:, number], self._weights[:, number] = (
                one.turns,
                one.phases,
                one.weights,
            )
            # Last, since another thread may be reading.
            self._dealt[number] = True
