"""Plans: one room's story. Who joins when, which state when, what is answered, who leaves.

A plan is small and cheap; everything that is recorded of a room is told from it (`events.py`, `chat.py`,
`ratings.py`, `sync.py`, …), which is why the records agree with each other. All times are ms since the
epoch. The host of a room (its first participant as a rule) always stays, so that a room has a story to the end.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from mockserver.simulation.chance import Chance
from mockserver.simulation.scenario.specs import StateSpec
from mockserver.simulation.story.people import Person
from mockserver.simulation.story.rooms import RoomRef
from mockserver.simulation.story.traits import Traits

__all__ = [
    "Connection",
    "Participant",
    "Pause",
    "Plan",
    "Response",
    "Screening",
    "Span",
    "SparseAnswer",
    "Step",
    "Visit",
    "minus_gaps",
]

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Response:
    """What somebody answered; `value` is text whatever the component, so that a column has one type."""

    value: str
    response_time_ms: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step before or after the experiment: consent, a page of instructions, a question.

    Attributes:
        at_ms: When it was done, after `duration_ms`.
    """

    event_type: str
    at_ms: int
    duration_ms: int
    content: str
    response: Response | None
    component: str
    component_id: str


@dataclass(frozen=True)
class Participant:
    """One person in one room.

    Attributes:
        outcome: The completion code that the story ends with, once it has ended.
        joined_ms, left_ms: Presence, both ends included; gaps: when the connection was lost, `[from, to)`.
        started: Took part in the experiment itself, rather than leaving before it began.
        before, after: What came before the start and after the end, in order.
        idle: Answers nothing and moves nothing. agent: an AI and no human.
        label: What records call somebody who has no `own_name` in them.
        identify: Tells who it is. Names are slow to make, and most that is told of a room does without.
    """

    index: int
    participant_id: str
    label: str
    own_name: bool
    role: str
    outcome: str
    joined_ms: int
    left_ms: int
    started: bool
    before: tuple[Step, ...]
    after: tuple[Step, ...]
    gaps: tuple[Span, ...]
    idle: bool
    agent: bool
    traits: Traits = field(compare=False)
    identify: Callable[[], Person] = field(repr=False, compare=False)

    @cached_property
    def _person(self) -> Person:
        return self.identify()

    @property
    def name(self) -> str:
        """What records call the person."""
        return self._person.first_name if self.own_name else self.label

    @property
    def first_name(self) -> str:
        """As the experiment's variables hold it."""
        return self._person.first_name

    @property
    def email(self) -> str:
        """An address that leads nowhere."""
        return self._person.email

    def present_in(self, start_ms: int, end_ms: int) -> list[Span]:
        """The parts of `[start, end)` in which the person was connected."""
        return minus_gaps(max(start_ms, self.joined_ms), min(end_ms, self.left_ms), self.gaps)

    def is_present(self, at_ms: int) -> bool:
        """Was the person connected at that instant?"""
        inside = self.joined_ms <= at_ms <= self.left_ms
        return inside and not any(start <= at_ms < end for start, end in self.gaps)


@dataclass(frozen=True, slots=True)
class Visit:
    """One participant in one state.

    Attributes:
        seat: The participant's index in the plan, here and below.
        shown_ms: When its component appeared. completed_ms: None where the person left before.
    """

    seat: int
    state_id: str
    state: StateSpec
    entered_ms: int
    shown_ms: int
    completed_ms: int | None
    exited_ms: int
    response: Response | None


@dataclass(frozen=True, slots=True)
class SparseAnswer:
    """One answer to a sparse rating: opened at `opened_ms`, given `response_time_ms` later."""

    seat: int
    opened_ms: int
    response_time_ms: int
    value: int


@dataclass(frozen=True, slots=True)
class Pause:
    """The video stands still for a sparse rating until everybody there has answered."""

    index: int
    media_ms: int
    paused_ms: int
    resumed_ms: int
    answers: tuple[SparseAnswer, ...]


@dataclass(frozen=True, slots=True)
class Screening:
    """A video as a room watched it: when it played, and the pauses between."""

    state_id: str
    state: StateSpec
    playing: tuple[Span, ...]
    pauses: tuple[Pause, ...]
    ended_ms: int


@dataclass(frozen=True, slots=True)
class Connection:
    """A video chat connection of one participant.

    Attributes:
        number: Counts that person's within the state.
        lost: It ended because the network failed, not because somebody left.
    """

    seat: int
    state_id: str
    state: StateSpec
    number: int
    connected_ms: int
    disconnected_ms: int
    lost: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """A room's whole story."""

    room: RoomRef
    seed: int
    participants: tuple[Participant, ...]
    visits: tuple[Visit, ...]
    screenings: tuple[Screening, ...]
    connections: tuple[Connection, ...]
    ended_ms: int

    @property
    def created_ms(self) -> int:
        """When the first participant joined, and the room came to be."""
        return min(person.joined_ms for person in self.participants)

    def chance(self, *names: str | int) -> Chance:
        """The room's stream of chance for something in it."""
        return Chance(self.seed, "room", self.room.experiment_id, self.room.index, *names)


def minus_gaps(start_ms: int, end_ms: int, gaps: Sequence[Span]) -> list[Span]:
    """What is left of `[start, end)` without the gaps, which are in order and do not overlap."""
    parts, at = [], start_ms
    for gap_start, gap_end in gaps:
        if gap_end <= at or gap_start >= end_ms:
            continue
        if gap_start > at:
            parts.append((at, gap_start))
        at = gap_end
    if at < end_ms:
        parts.append((at, end_ms))
    return parts
