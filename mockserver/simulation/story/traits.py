"""Traits: what makes one participant answer, rate and connect otherwise than another.

They are part of a world's ground truth. Rating levels are dealt out, not drawn: the participants of a
condition get the evenly spaced quantiles of a normal distribution in a seeded order, so that a planted
effect is in the sample and not only in the population it might have come from.
"""

import math
from functools import cached_property

from mockserver.simulation.chance import Chance, natural_log
from mockserver.simulation.scenario.specs import Scenario
from mockserver.simulation.story.rooms import RoomRef

__all__ = ["Traits", "normal_quantile"]


class Traits:
    """One participant's traits, each drawn when first asked for: most that is asked of a room needs few of them.

    Args:
        index: The participant's place in the room.
    """

    def __init__(self, room: RoomRef, scenario: Scenario, seed: int, index: int) -> None:
        self._room, self._scenario, self._seed, self._index = room, scenario, seed, index

    @cached_property
    def _chance(self) -> Chance:
        return Chance(self._seed, "traits", self._room.experiment_id, self._room.index, self._index)

    @cached_property
    def _pace(self) -> float:
        return self._chance.between(0.75, 1.35, "pace")

    @cached_property
    def rt_mu_ms(self) -> float:
        """Of the person's own ex-Gaussian of response times, as the next two."""
        return round(self._scenario.behaviour.rt_mu_ms * self._pace, 1)

    @cached_property
    def rt_sigma_ms(self) -> float:
        """Standard deviation of its normal part."""
        return round(self._scenario.behaviour.rt_sigma_ms * self._pace, 1)

    @cached_property
    def rt_tau_ms(self) -> float:
        """Mean of its exponential part."""
        return round(self._scenario.behaviour.rt_tau_ms * self._chance.between(0.6, 1.4, "tau"), 1)

    @cached_property
    def typing_ms(self) -> int:
        """For one character of a message."""
        return self._chance.integer(120, 260, "typing")

    @cached_property
    def reading_ms(self) -> int:
        """For one character of a question; 0 for agents, whose turns are short."""
        return 0 if self._room.is_agent(self._index) else self._chance.integer(25, 55, "reading")

    @cached_property
    def level(self) -> float:
        """Where on a slider (0 to 1) the person rates."""
        return _level(self._room, self._scenario, self._seed, self._index)

    @cached_property
    def spread(self) -> float:
        """By how much they move it."""
        return round(self._chance.between(0.1, 0.16, "spread"), 4)

    @cached_property
    def lag_ms(self) -> int:
        """How late the hand follows the feeling."""
        return self._chance.integer(250, 700, "lag")

    @cached_property
    def skew_ppm(self) -> float:
        """Own media clock against the host's, parts per million; the others differ from the host's."""
        skew_ppm = self._scenario.network.skew_ppm
        return 0.0 if self._room.is_host(self._index) else round(skew_ppm * self._chance.normal("skew"), 3)

    @cached_property
    def latency_ms(self) -> float:
        """Typical latency to the server."""
        return round(self._scenario.network.latency_ms * self._chance.between(0.6, 1.6, "latency"), 1)

    @cached_property
    def clock_offset_ms(self) -> int:
        """Own clock minus the server's."""
        return self._chance.integer(-40, 40, "clock")


def _level(room: RoomRef, scenario: Scenario, seed: int, index: int) -> float:
    """The mean rating: a dealt quantile, moved by the planted effect of the room's condition."""
    spec = room.experiment
    conditions = len(spec.conditions)
    number = (room.index // conditions) * spec.participants + index
    # Rooms that are launched later are beyond the planned ones; they begin at the first quantile again.
    planned = len(range(room.index % conditions, spec.rooms, conditions))
    same = max(1, planned) * spec.participants
    order = Chance(seed, "levels", room.experiment_id, room.condition)
    place = (number * _coprime(order.integer(1, same, "step"), same) + order.integer(0, same, "shift")) % same
    standard = normal_quantile((place + 0.5) / same)
    moved = sum(effect.d for effect in scenario.effects.values() if effect.condition == room.condition)
    ratings = scenario.ratings
    level = ratings.level + ratings.level_spread * (standard + moved)
    return round(min(0.95, max(0.05, level)), 5)


def _coprime(wanted: int, number: int) -> int:
    """The first whole number from `wanted` on that shares no factor with `number`: a step that visits all."""
    while math.gcd(wanted, number) != 1:
        wanted += 1
    return wanted


# Wichura's AS 241 (PPND7): numerators and denominators, highest power first; error below 1e-6.
_CENTRE = (
    (59.109374720, 159.29113202, 50.434271938, 3.3871327179),
    (67.187563600, 78.757757664, 17.895169469, 1.0),
)
_TAIL = (
    (0.17023821103, 1.3067284816, 2.7568153900, 1.4234372777),
    (0.12021132975, 0.73700164250, 1.0),
)


def normal_quantile(share: float) -> float:
    """The standard normal quantile of a share from 0.001 to 0.999 (beyond, it is a little less exact)."""
    centred = share - 0.5
    if abs(centred) <= 0.425:
        return centred * _ratio(_CENTRE, 0.180625 - centred * centred)
    tail = math.sqrt(-natural_log(min(share, 1.0 - share)))
    return math.copysign(_ratio(_TAIL, tail - 1.6), centred)


def _ratio(polynomials: tuple[tuple[float, ...], tuple[float, ...]], x: float) -> float:
    values = []
    for coefficients in polynomials:
        value = 0.0
        for coefficient in coefficients:
            value = value * x + coefficient
        values.append(value)
    return values[0] / values[1]
