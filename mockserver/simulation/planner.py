"""Tells a room's story: from a room's place in its experiment to a `Plan`.

The room moves through its states together: a state ends when everybody still there has completed its
component. Before that, everyone comes in alone: consent, instructions, comprehension check, waiting.
"""

from dataclasses import dataclass, field

from mockserver.simulation.chance import Chance
from mockserver.simulation.people import Namer, role_name
from mockserver.simulation.plan import (
    Answer,
    Connection,
    Participant,
    Pause,
    Plan,
    Response,
    RoomRef,
    Screening,
    Span,
    Step,
    Visit,
    minus_gaps,
)
from mockserver.simulation.responses import answer_value, response_time_ms
from mockserver.simulation.scenario import Behaviour, Scenario, SparseSpec, StateSpec

__all__ = ["participant_id", "plan_room"]

# Whoever has not answered by then is taken on without an answer.
_ANSWER_LIMIT_MS = 30_000
# From a state's beginning until everybody's page is there; a video waits for it.
_SETTLE_MS = 600
_TIMED = ("ShowVideo", "TextChat", "VideoChat", "Waiting")
# What ends before the experiment begins.
_NEVER_STARTED = ("NOCONSENT", "CHECK_FAILED", "TIMEOUT")


@dataclass(slots=True)
class _Seat:
    """A participant while the story is being told."""

    index: int
    chance: Chance
    fate: str
    idle: bool
    leaves_in_state: int | None
    rt_factor: float
    left_ms: int | None = None
    gaps: list[Span] = field(default_factory=list)

    @property
    def here(self) -> bool:
        return self.left_ms is None

    def connected_throughout(self, start_ms: int, end_ms: int) -> bool:
        return minus_gaps(start_ms, end_ms, self.gaps) == [(start_ms, end_ms)]


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
    seats = [_seat(room, scenario.behaviour, seed, index) for index in range(room.experiment.participants)]
    cast = [seat for seat in seats if seat.fate not in _NEVER_STARTED]
    draft, at_ms = _Draft(), room.started_ms
    for number, state_id in enumerate(room.experiment.states):
        at_ms = _play_state(draft, cast, number, (state_id, scenario.states[state_id]), at_ms, scenario)
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


def _seat(room: RoomRef, behaviour: Behaviour, seed: int, index: int) -> _Seat:
    chance = Chance(seed, "seat", room.experiment_id, room.index, index)
    fate = "SUCCESS" if index == 0 else _fate(behaviour, chance.uniform("fate"))
    leaves = (
        chance.integer(0, len(room.experiment.states) - 1, "leaves in")
        if fate in ("ABANDONED", "TECHNICAL")
        else None
    )
    return _Seat(
        index=index,
        chance=chance,
        fate=fate,
        idle=index > 0 and fate == "SUCCESS" and chance.uniform("idle") < behaviour.idle,
        leaves_in_state=leaves,
        rt_factor=chance.between(0.75, 1.35, "pace"),
    )


def _fate(behaviour: Behaviour, draw: float) -> str:
    """How a participant's story ends, by the scenario's shares."""
    for share, fate in (
        (behaviour.no_consent, "NOCONSENT"),
        (behaviour.failed_check, "CHECK_FAILED"),
        (behaviour.timed_out, "TIMEOUT"),
        (behaviour.abandoned, "ABANDONED"),
        (behaviour.technical, "TECHNICAL"),
        (behaviour.no_code, "COMPLETED_NO_CODE"),
    ):
        if draw < share:
            return fate
        draw -= share
    return "SUCCESS"


# --- one state -------------------------------------------------------------------------------------


def _play_state(
    draft: _Draft,
    cast: list[_Seat],
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
    end_ms = start_ms + _SETTLE_MS + int(state.duration_s * 1000)
    if state.component in _TIMED:
        for seat in here:
            _maybe_lose_connection(seat, number, shown[seat.index], end_ms, scenario.behaviour)
    if state.component == "ShowVideo":
        screening = _screen(here, number, state_id, state, start_ms + _SETTLE_MS, scenario.behaviour)
        draft.screenings.append(screening)
        end_ms = screening.ended_ms
    visits = [_visit(seat, number, named, shown[seat.index], end_ms, scenario.behaviour) for seat in here]
    next_ms = 250 + max((visit.completed_ms or visit.shown_ms) for visit in visits)
    draft.visits += [
        _with_exit(visit, seat, number, next_ms) for visit, seat in zip(visits, here, strict=True)
    ]
    if state.component == "VideoChat":
        for visit, seat in zip(draft.visits[-len(here) :], here, strict=True):
            draft.connections += _connections(seat, number, visit)
    return next_ms


def _lag_ms(seat: _Seat, number: int) -> int:
    """From the room's change of state until the component stands on somebody's screen."""
    return seat.chance.integer(40, 220, "lag", number)


def _visit(
    seat: _Seat,
    number: int,
    named: tuple[str, StateSpec],
    shown_ms: int,
    timed_end_ms: int,
    behaviour: Behaviour,
) -> Visit:
    """A visit up to its completion, or to the moment in which the person leaves for good."""
    state_id, state = named
    if state.component in _TIMED:
        completed_ms = timed_end_ms + seat.chance.integer(20, 120, "end", number)
        answered = state.component == "ShowVideo"
        response = Response("ended", completed_ms - shown_ms) if answered else None
    else:
        rt_ms = _ANSWER_LIMIT_MS if seat.idle else _rt_ms(seat, behaviour, "state", number)
        completed_ms = shown_ms + rt_ms
        response = None if seat.idle else Response(answer_value(seat.chance, number, state), rt_ms)
    left_ms = None
    if seat.leaves_in_state == number:
        left_ms = shown_ms + int((completed_ms - shown_ms) * seat.chance.between(0.1, 0.9, "leaves"))
        seat.left_ms = left_ms
        seat.gaps = [gap for gap in seat.gaps if gap[1] < left_ms]
    return Visit(
        who=seat.index,
        state_id=state_id,
        state=state,
        entered_ms=shown_ms - seat.chance.integer(8, 30, "enter", number),
        shown_ms=shown_ms,
        completed_ms=completed_ms if left_ms is None else None,
        exited_ms=completed_ms if left_ms is None else left_ms,
        response=response if left_ms is None else None,
    )


def _with_exit(visit: Visit, seat: _Seat, number: int, next_ms: int) -> Visit:
    """Everybody still there leaves the state together, shortly before the next one."""
    if visit.completed_ms is None:
        return visit
    exited_ms = next_ms - seat.chance.integer(10, 200, "exit", number)
    return Visit(
        visit.who, visit.state_id, visit.state, visit.entered_ms, visit.shown_ms, visit.completed_ms,
        exited_ms, visit.response,
    )  # fmt: skip


def _rt_ms(seat: _Seat, behaviour: Behaviour, *names: str | int) -> int:
    rt_ms = response_time_ms(seat.chance, behaviour, seat.rt_factor, *names)
    return min(rt_ms, _ANSWER_LIMIT_MS - 1000)


def _maybe_lose_connection(
    seat: _Seat, number: int, start_ms: int, end_ms: int, behaviour: Behaviour
) -> None:
    """At most one gap in a state, over well before the state ends. The host's connection holds."""
    room_ms = end_ms - start_ms - 6000
    expected = behaviour.disconnects_per_hour * room_ms / 3_600_000
    if seat.index == 0 or room_ms < 6000 or seat.chance.uniform("lost", number) >= expected:
        return
    length_ms = seat.chance.integer(2000, min(20_000, room_ms // 2), "lost for", number)
    gap_ms = start_ms + seat.chance.integer(2000, room_ms - length_ms, "lost at", number)
    seat.gaps.append((gap_ms, gap_ms + length_ms))


# --- a video and its pauses ------------------------------------------------------------------------


def _screen(
    here: list[_Seat], number: int, state_id: str, state: StateSpec, play_ms: int, behaviour: Behaviour
) -> Screening:
    """Play the state's video, with a pause for each of its sparse ratings."""
    playing: list[Span] = []
    pauses: list[Pause] = []
    media_ms = 0
    for index, at_s in enumerate(state.sparse.at_s if state.sparse else ()):
        at_media_ms = int(at_s * 1000)
        paused_ms = play_ms + at_media_ms - media_ms
        playing.append((play_ms, paused_ms))
        pause = _pause(here, (number, index), state, at_media_ms, paused_ms, behaviour)
        pauses.append(pause)
        play_ms, media_ms = pause.resumed_ms, at_media_ms
    ended_ms = play_ms + int(state.duration_s * 1000) - media_ms
    playing.append((play_ms, ended_ms))
    return Screening(state_id, state, tuple(playing), tuple(pauses), ended_ms)


def _pause(
    here: list[_Seat],
    place: tuple[int, int],
    state: StateSpec,
    media_ms: int,
    paused_ms: int,
    behaviour: Behaviour,
) -> Pause:
    """Everybody connected rates; the video goes on when the last has."""
    sparse = state.sparse
    if sparse is None:
        raise ValueError("only a state with a sparse rating pauses its video")
    answers = []
    for seat in here:
        opened_ms = paused_ms + seat.chance.integer(120, 380, "opens", *place)
        rt_ms = _rt_ms(seat, behaviour, "pause", *place)
        leaving = seat.leaves_in_state == place[0]
        if seat.idle or leaving or not seat.connected_throughout(paused_ms, opened_ms + rt_ms + 1):
            continue
        answers.append(Answer(seat.index, opened_ms, rt_ms, _rated(seat, place, sparse)))
    done_ms = max((a.opened_ms + a.response_time_ms for a in answers), default=paused_ms + 3000)
    resumed_ms = done_ms + here[0].chance.integer(150, 450, "resumes", *place)
    return Pause(place[1], media_ms, paused_ms, resumed_ms, tuple(answers))


def _rated(seat: _Seat, place: tuple[int, int], sparse: SparseSpec) -> int:
    """A rating around the person's own level, on the scale."""
    width = sparse.scale_max - sparse.scale_min
    level = 0.58 + 0.16 * seat.chance.normal("level") + 0.12 * seat.chance.normal("rates", *place)
    return min(sparse.scale_max, max(sparse.scale_min, sparse.scale_min + round(level * width)))


def _connections(seat: _Seat, number: int, visit: Visit) -> list[Connection]:
    """The video chat connections of one visit: one, or more where the connection was lost between."""
    start_ms = visit.shown_ms + seat.chance.integer(300, 1200, "connects", number)
    end_ms = (visit.completed_ms or visit.exited_ms) - 30
    spans = [span for span in minus_gaps(start_ms, end_ms, seat.gaps) if span[1] - span[0] >= 1000]
    return [Connection(seat.index, visit.state_id, visit.state, n, *span) for n, span in enumerate(spans)]


# --- a person --------------------------------------------------------------------------------------


def _participant(
    room: RoomRef, seat: _Seat, scenario: Scenario, seed: int, namer: Namer, ended_ms: int
) -> Participant:
    person = namer.person(Chance(seed, "person", room.experiment_id, room.index, seat.index))
    network, chance = scenario.network, seat.chance
    steps, joined_ms, gone_ms = _entrance(room, seat, scenario.behaviour)
    after = () if gone_ms or seat.left_ms else _questionnaire(room, seat, scenario.behaviour, ended_ms)
    done_ms = (after[-1].at_ms if after else ended_ms) + chance.integer(200, 900, "finishes")
    return Participant(
        index=seat.index,
        participant_id=participant_id(room, seed, seat.index),
        name=f"Participant {role_name(seat.index).upper()}",
        first_name=person.first_name,
        email=person.email,
        role=f"participant_{role_name(seat.index)}",
        outcome="ABANDONED" if seat.fate == "CHECK_FAILED" else seat.fate,
        joined_ms=joined_ms,
        left_ms=gone_ms or seat.left_ms or done_ms,
        started=gone_ms is None,
        before=steps,
        after=after,
        gaps=tuple(seat.gaps),
        skew_ppm=0.0 if seat.index == 0 else round(network.skew_ppm * chance.normal("skew"), 3),
        latency_ms=round(network.latency_ms * chance.between(0.6, 1.6, "latency"), 1),
        clock_offset_ms=chance.integer(-40, 40, "clock"),
        idle=seat.idle,
    )


def _entrance(room: RoomRef, seat: _Seat, behaviour: Behaviour) -> tuple[tuple[Step, ...], int, int | None]:
    """Consent, instructions, check and waiting, told backwards from the room's start.

    Returns:
        The steps in order, when the person joined, and when they left if it was before the start.
    """
    plan = _entrance_steps(room, seat, behaviour)
    total_ms = sum(step[1] + 1 for step in plan)
    waited_ms = seat.chance.integer(4_000, 60_000, "waits")
    if seat.fate == "TIMEOUT":
        waited_ms += 300_000
    joined_ms = room.started_ms - waited_ms - total_ms - 500
    steps, at_ms = [], joined_ms + 500
    for event_type, duration_ms, content, response, component, component_id in plan:
        at_ms += duration_ms + 1
        steps.append(Step(event_type, at_ms, duration_ms, content, response, component, component_id))
    if seat.fate == "TIMEOUT":
        return tuple(steps), joined_ms, at_ms + 300_000
    if seat.fate in ("NOCONSENT", "CHECK_FAILED"):
        return tuple(steps), joined_ms, at_ms + seat.chance.integer(500, 3000, "goes")
    return tuple(steps), joined_ms, None


def _questionnaire(room: RoomRef, seat: _Seat, behaviour: Behaviour, ended_ms: int) -> tuple[Step, ...]:
    """The questions after the end; who completes without a code skips them, who idles answers none."""
    if seat.fate == "COMPLETED_NO_CODE" or seat.idle:
        return ()
    steps, at_ms = [], ended_ms
    for number, question in enumerate(room.experiment.questions, 1):
        rt_ms = _rt_ms(seat, behaviour, "question", number)
        at_ms += rt_ms + 400
        answer = str(seat.chance.integer(1, 7, "question", number))
        steps.append(
            Step("questionnaire.response", at_ms, rt_ms, question, Response(answer, rt_ms), "Questionnaire",
                 f"question_{number}")
        )  # fmt: skip
    return tuple(steps)


_Shown = tuple[str, int, str, Response | None, str, str]


def _entrance_steps(room: RoomRef, seat: _Seat, behaviour: Behaviour) -> list[_Shown]:
    """What is shown before the start, each with how long it took."""
    steps: list[_Shown] = []
    chance = seat.chance
    if room.experiment.consent:
        consents = seat.fate != "NOCONSENT"
        rt_ms = chance.integer(3_000, 14_000, "consent")
        word = "accepted" if consents else "declined"
        content = "agreed" if consents else "declined"
        steps.append(
            (f"consent.{word}", rt_ms, content, Response(word, rt_ms), "ConsentForm", "consent_form")
        )
        if not consents:
            return steps
    for page in range(1, room.experiment.instruction_pages + 1):
        rt_ms = chance.integer(4_000, 20_000, "page", page)
        shown = Response("next", rt_ms)
        steps.append(("instructions.page_view", rt_ms, f"page_{page}", shown, "Instructions", f"page_{page}"))
    if room.experiment.instruction_pages:
        rt_ms = _rt_ms(seat, behaviour, "check")
        word = "incorrect" if seat.fate == "CHECK_FAILED" else "correct"
        check = Response(word, rt_ms)
        steps.append(("instructions.comprehension_check", rt_ms, word, check, "ComprehensionCheck", "check"))
    return steps
