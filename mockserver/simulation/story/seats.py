"""Seats: the participants of a room while its story is being told (`planner.py`)."""

from dataclasses import dataclass, field

from mockserver.simulation.chance import Chance
from mockserver.simulation.scenario.specs import Behaviour, Scenario
from mockserver.simulation.story.plan import Span, minus_gaps
from mockserver.simulation.story.responses import response_time_ms
from mockserver.simulation.story.rooms import RoomRef
from mockserver.simulation.story.traits import Traits

__all__ = ["ANSWER_LIMIT_MS", "NEVER_STARTED", "Seat", "lose_connection", "rt_ms_of", "take_seat"]

# Whoever has not answered by then is taken on without an answer.
ANSWER_LIMIT_MS = 30_000
# Fates that end before the experiment begins.
NEVER_STARTED = ("NOCONSENT", "CHECK_FAILED", "TIMEOUT")


@dataclass(slots=True)
class Seat:
    """A participant while the story is being told.

    Attributes:
        fate: How the story ends: a completion code, or `CHECK_FAILED`.
        leaves_in_state: Number of the state in which the person leaves for good.
        left_ms: Set when that has happened. gaps: when the connection was lost.
    """

    index: int
    host: bool
    chance: Chance
    fate: str
    idle: bool
    leaves_in_state: int | None
    traits: Traits
    left_ms: int | None = None
    gaps: list[Span] = field(default_factory=list)

    @property
    def here(self) -> bool:
        """Has the person not left yet?"""
        return self.left_ms is None

    def connected_throughout(self, start_ms: int, end_ms: int) -> bool:
        """Was there no gap in that time?"""
        return minus_gaps(start_ms, end_ms, self.gaps) == [(start_ms, end_ms)]


def take_seat(room: RoomRef, scenario: Scenario, seed: int, index: int) -> Seat:
    """The room's n-th participant, with the fate that the scenario's shares give them."""
    behaviour = scenario.behaviour
    chance = Chance(seed, "seat", room.experiment_id, room.index, index)
    steady = room.is_host(index) or room.is_agent(index)
    fate = "SUCCESS" if steady else _fate(room, behaviour, chance.uniform("fate"))
    leaves = chance.integer(0, len(room.states) - 1, "leaves in") if fate in ("ABANDONED", "TECHNICAL") else None
    return Seat(
        index=index,
        host=room.is_host(index),
        chance=chance,
        fate=fate,
        idle=not steady and fate == "SUCCESS" and chance.uniform("idle") < behaviour.idle,
        leaves_in_state=leaves,
        traits=Traits(room, scenario, seed, index),
    )


def _fate(room: RoomRef, behaviour: Behaviour, draw: float) -> str:
    """How a participant's story ends, by the scenario's shares; nobody refuses or fails what is not asked."""
    for share, fate in (
        (behaviour.no_consent if room.experiment.consent else 0.0, "NOCONSENT"),
        (behaviour.failed_check if room.experiment.instruction_pages else 0.0, "CHECK_FAILED"),
        (behaviour.timed_out, "TIMEOUT"),
        (behaviour.abandoned, "ABANDONED"),
        (behaviour.technical, "TECHNICAL"),
        (behaviour.no_code, "COMPLETED_NO_CODE"),
    ):
        if draw < share:
            return fate
        draw -= share
    return "SUCCESS"


def rt_ms_of(seat: Seat, *names: str | int, read: str = "") -> int:
    """How long the person takes for one answer, below the limit.

    Args:
        read: What has to be read first. Questions that come again and again are not read again.
    """
    reading_ms = round(len(read) * seat.traits.reading_ms)
    rt_ms = reading_ms + response_time_ms(seat.chance, seat.traits, *names)
    return min(rt_ms, ANSWER_LIMIT_MS - 1000)


def lose_connection(seat: Seat, number: int, start_ms: int, end_ms: int, behaviour: Behaviour) -> None:
    """At most one gap in a state, over well before the state ends. The host's connection holds."""
    room_ms = end_ms - start_ms - 6000
    expected = behaviour.disconnects_per_hour * room_ms / 3_600_000
    if seat.host or room_ms < 6000 or seat.chance.uniform("lost", number) >= expected:
        return
    length_ms = seat.chance.integer(2000, min(20_000, room_ms // 2), "lost for", number)
    gap_ms = start_ms + seat.chance.integer(2000, room_ms - length_ms, "lost at", number)
    seat.gaps.append((gap_ms, gap_ms + length_ms))
