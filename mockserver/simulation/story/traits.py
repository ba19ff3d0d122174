"""Traits: what makes one participant answer, rate and connect otherwise than another.

They are part of a world's ground truth. Rating levels are dealt out, not drawn: the participants of a
condition get the evenly spaced quantiles of a normal distribution in a seeded order, so that a planted
effect is in the sample and not only in the population it might have come from.
"""

import math
from dataclasses import dataclass

from mockserver.simulation.chance import Chance, natural_log
from mockserver.simulation.scenario.specs import Scenario
from mockserver.simulation.story.rooms import RoomRef

__all__ = ["Traits", "normal_quantile", "traits_of"]


@dataclass(frozen=True, slots=True)
class Traits:
    """One participant's.

    Attributes:
        rt_mu_ms, rt_sigma_ms, rt_tau_ms: Own ex-Gaussian of response times.
        typing_ms: For one character of a message. reading_ms: for one character of a question;
            0 for agents, whose turns are short.
        level, spread: Where on a slider (0 to 1) the person rates, and by how much they move it.
        lag_ms: How late the hand follows the feeling.
        skew_ppm: Own media clock against the host's, parts per million.
        latency_ms: Typical latency to the server. clock_offset_ms: own clock minus the server's.
    """

    rt_mu_ms: float
    rt_sigma_ms: float
    rt_tau_ms: float
    typing_ms: int
    reading_ms: int
    level: float
    spread: float
    lag_ms: int
    skew_ppm: float
    latency_ms: float
    clock_offset_ms: int


def traits_of(room: RoomRef, scenario: Scenario, seed: int, index: int) -> Traits:
    """The traits of the room's n-th participant. The host's media clock is the one the others differ from."""
    chance = Chance(seed, "traits", room.experiment_id, room.index, index)
    behaviour, network = scenario.behaviour, scenario.network
    pace = chance.between(0.75, 1.35, "pace")
    return Traits(
        rt_mu_ms=round(behaviour.rt_mu_ms * pace, 1),
        rt_sigma_ms=round(behaviour.rt_sigma_ms * pace, 1),
        rt_tau_ms=round(behaviour.rt_tau_ms * chance.between(0.6, 1.4, "tau"), 1),
        typing_ms=chance.integer(120, 260, "typing"),
        reading_ms=0 if room.is_agent(index) else chance.integer(25, 55, "reading"),
        level=_level(room, scenario, seed, index),
        spread=round(chance.between(0.1, 0.16, "spread"), 4),
        lag_ms=chance.integer(250, 700, "lag"),
        skew_ppm=0.0 if room.is_host(index) else round(network.skew_ppm * chance.normal("skew"), 3),
        latency_ms=round(network.latency_ms * chance.between(0.6, 1.6, "latency"), 1),
        clock_offset_ms=chance.integer(-40, 40, "clock"),
    )


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
