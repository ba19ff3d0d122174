"""Tells a room's story: from a room's place in its experiment to a `Plan`.

The room moves through its states together: a state ends when everybody still there has completed its
component. Before that, everyone comes in alone: consent, instructions, comprehension check, waiting.
"""

from dataclasses import dataclass, field, replace
from functools import partial

from mockserver.simulation.chance import Chance
from mockserver.simulation.records.stopping import stopped_plan
from mockserver.simulation.scenario.specs import UNANSWERED, Scenario, StateSpec
from mockserver.simulation.story.entrance import entrance, questionnaire
from mockserver.simulation.story.length import SETTLE_MS, longest_ms
from mockserver.simulation.story.people import Namer, Person
from mockserver.simulation.story.plan import Connection, Participant, Plan, Response, Screening, Visit, minus_gaps
from mockserver.simulation.story.responses import answer_value
from mockserver.simulation.story.rooms import RoomRef, role_letters
from mockserver.simulation.story.screening import screen
from mockserver.simulation.story.seats import (
    ANSWER_LIMIT_MS,
    NEVER_STARTED,
    Seat,
    lose_connection,
    rt_ms_of,
    take_seat,
)

__all__ = ["longest_story_ms", "participant_id", "plan_room"]


@dataclass(slots=True)
class _Draft:
    """The story so far."""

    visits: list[Visit] = field(default_factory=list)
    screenings: list[Screening] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)


def participant_id(room: RoomRef, seed: int, index: int) -> str:
    """The id of the room's n-th participant; the scenario may name those of the first room."""
    named = room.experiment.named_participants
    if room.index == 0 and index < len(named):
        return named[index]
    return "user_" + Chance(seed, "participant", room.experiment_id, room.index, index).code(8, "id")


def plan_room(room: RoomRef, scenario: Scenario, seed: int, namer: Namer) -> Plan:
    """Tell the story of one room. The same arguments tell the same story."""
    plan = _whole_plan(room, scenario, seed, namer)
    return plan if room.stopped_ms is None else stopped_plan(plan, room.stopped_ms)


def _whole_plan(room: RoomRef, scenario: Scenario, seed: int, namer: Namer) -> Plan:
    seats = [take_seat(room, scenario, seed, index) for index in range(room.experiment.participants)]
    cast = [seat for seat in seats if seat.fate not in NEVER_STARTED]
    draft, at_ms = _Draft(), room.started_ms
    for number, named in enumerate(room.states):
        at_ms = _play_state(draft, cast, number, named, at_ms, scenario)
    people = tuple(_participant(room, seat, scenario, seed, namer, at_ms) for seat in seats)
    return Plan(
        room=room,
        seed=seed,
        participants=people,
        visits=tuple(draft.visits),
        screenings=tuple(draft.screenings),
        connections=tuple(draft.connections),
        ended_ms=max(person.left_ms for person in people),
    )


def longest_story_ms(room: RoomRef) -> int:
    """An upper bound on the time from a room's start until the last participant has left it."""
    return longest_ms(room.experiment, (state for _, state in room.states))


# --- one state -------------------------------------------------------------------------------------


def _play_state(
    draft: _Draft,
    cast: list[Seat],
    number: int,
    named: tuple[str, StateSpec],
    start_ms: int,
    scenario: Scenario,
) -> int:
    """Let everybody there live through one state.

    Returns:
        When the next state begins, in ms.
    """
    state_id, state = named
    here = [seat for seat in cast if seat.here]
    shown = {seat.index: start_ms + _lag_ms(seat, number) for seat in here}
    end_ms = start_ms + SETTLE_MS + int(state.duration_s * 1000)
    if state.component in UNANSWERED:
        for seat in here:
            lose_connection(seat, number, shown[seat.index], end_ms, scenario.behaviour)
    if state.component == "ShowVideo":
        screening = screen(here, number, state_id, state, start_ms + SETTLE_MS)
        draft.screenings.append(screening)
        end_ms = screening.ended_ms
    visits = [_visit(seat, number, named, shown[seat.index], end_ms) for seat in here]
    next_ms = 250 + max((visit.completed_ms or visit.shown_ms) for visit in visits)
    next_ms = max(next_ms, end_ms + 250) if state.timed else next_ms
    draft.visits += [_with_exit(visit, seat, number, next_ms) for visit, seat in zip(visits, here, strict=True)]
    if state.component == "VideoChat":
        for visit, seat in zip(draft.visits[-len(here) :], here, strict=True):
            draft.connections += _connections(seat, number, visit)
    return next_ms


def _lag_ms(seat: Seat, number: int) -> int:
    """From the room's change of state until the component stands on somebody's screen."""
    return seat.chance.integer(40, 220, "lag", number)


def _visit(seat: Seat, number: int, named: tuple[str, StateSpec], shown_ms: int, timed_end_ms: int) -> Visit:
    """A visit up to its completion, or to the moment in which the person leaves for good."""
    state_id, state = named
    if state.component in UNANSWERED:
        completed_ms = timed_end_ms + seat.chance.integer(20, 120, "end", number)
        answered = state.component == "ShowVideo"
        response = Response("ended", completed_ms - shown_ms) if answered else None
    else:
        rt_ms = ANSWER_LIMIT_MS if seat.idle else rt_ms_of(seat, "state", number, read=state.prompt or "")
        rt_ms = min(rt_ms, timed_end_ms - shown_ms) if state.timed else rt_ms
        completed_ms = shown_ms + rt_ms
        response = None if seat.idle else Response(answer_value(seat.chance, number, state), rt_ms)
    left_ms = None
    if seat.leaves_in_state == number:
        left_ms = shown_ms + int((completed_ms - shown_ms) * seat.chance.between(0.1, 0.9, "leaves"))
        seat.left_ms = left_ms
        seat.gaps = [gap for gap in seat.gaps if gap[1] < left_ms]
    return Visit(
        seat=seat.index,
        state_id=state_id,
        state=state,
        entered_ms=shown_ms - seat.chance.integer(8, 30, "enter", number),
        shown_ms=shown_ms,
        completed_ms=completed_ms if left_ms is None else None,
        exited_ms=completed_ms if left_ms is None else left_ms,
        response=response if left_ms is None else None,
    )


def _with_exit(visit: Visit, seat: Seat, number: int, next_ms: int) -> Visit:
    """Everybody still there leaves the state together, shortly before the next one."""
    if visit.completed_ms is None:
        return visit
    return replace(visit, exited_ms=next_ms - seat.chance.integer(10, 200, "exit", number))


def _connections(seat: Seat, number: int, visit: Visit) -> list[Connection]:
    """The video chat connections of one visit: one, or more where the connection was lost between."""
    start_ms = visit.shown_ms + seat.chance.integer(300, 1200, "connects", number)
    end_ms = (visit.completed_ms or visit.exited_ms) - 30
    spans = [span for span in minus_gaps(start_ms, end_ms, seat.gaps) if span[1] - span[0] >= 1000]
    # Whose technique fails does not hang up.
    breaks_off = visit.completed_ms is None and seat.fate == "TECHNICAL"
    return [
        Connection(seat.index, visit.state_id, visit.state, n, *span, lost=breaks_off or span[1] < end_ms)
        for n, span in enumerate(spans)
    ]


def _label(room: RoomRef, index: int) -> str:
    """What records call somebody: `Participant A`, as in the documentation's examples."""
    return f"{'Agent' if room.is_agent(index) else 'Participant'} {role_letters(index).upper()}"


def _identify(room: RoomRef, seed: int, namer: Namer, index: int) -> Person:
    return namer.person(Chance(seed, "person", room.experiment_id, room.index, index))


def _participant(room: RoomRef, seat: Seat, scenario: Scenario, seed: int, namer: Namer, ended_ms: int) -> Participant:
    chance = seat.chance
    agent = room.is_agent(seat.index)
    steps, joined_ms, gone_ms = entrance(room, seat)
    after = () if gone_ms or seat.left_ms else questionnaire(room, seat, ended_ms)
    done_ms = (after[-1].at_ms if after else ended_ms) + chance.integer(200, 900, "finishes")
    return Participant(
        index=seat.index,
        participant_id=participant_id(room, seed, seat.index),
        label=_label(room, seat.index),
        own_name=scenario.text.awkward and not agent,
        role=room.role(seat.index),
        outcome="ABANDONED" if seat.fate == "CHECK_FAILED" else seat.fate,
        joined_ms=joined_ms,
        left_ms=gone_ms or seat.left_ms or done_ms,
        started=gone_ms is None,
        before=steps,
        after=after,
        gaps=tuple(seat.gaps),
        idle=seat.idle,
        agent=agent,
        traits=seat.traits,
        identify=partial(_identify, room, seed, namer, seat.index),
    )
