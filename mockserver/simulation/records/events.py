"""Events: everything that happened in a room, told from its plan and from the other data types.

Because the events are told from the same showings, pauses, messages and seeks that the other records
are, an event and the record it belongs to cannot disagree.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from mockserver.simulation.datasets.entry import Entry
from mockserver.simulation.records.components import Showing, response_record, showings
from mockserver.simulation.records.records import ChatMessage, Event
from mockserver.simulation.records.sync import Seek, SyncLane
from mockserver.simulation.story.plan import Participant, Plan, Response, Screening, Step, Visit

__all__ = ["CATEGORIES", "category_of", "closings_at", "event_entries"]

# The client adds the last two to the data page's categories.
CATEGORIES = ("component", "state", "media", "communication", "sync", "pre_experiment", "questionnaire")

_CATEGORY_OF = {name: name for name in CATEGORIES} | {"consent": "pre_experiment", "instructions": "pre_experiment"}


def category_of(event_type: str) -> str:
    """The category of an event by the family that its type begins with; of an unknown family it is `component`.

    Source: the client asks for consent and instructions as `pre_experiment` (observed); the rest is inferred.
    """
    return _CATEGORY_OF.get(event_type.partition(".")[0], "component")


class _Happening(NamedTuple):
    """An event before it has its id: those come when all are in order."""

    at_ms: int
    seat: int
    event_type: str
    content: str
    component_type: str | None
    component_id: str | None
    state_id: str | None
    state_name: str | None
    duration_ms: int | None = None
    response: Response | None = None


def event_entries(
    plan: Plan, messages: Sequence[Entry], lanes: Sequence[SyncLane], seeks: Sequence[Seek]
) -> list[Entry]:
    """A room's events in order of time, participant, and what comes first; final as they happen."""
    told = [
        *_around(plan),
        *(h for visit in plan.visits for h in _visit(plan, visit)),
        *(h for showing in showings(plan) for h in _component(plan, showing)),
        *(h for screening in plan.screenings for h in _media(plan, screening)),
        *_messages(plan, messages),
        *_sync(plan, lanes, seeks),
    ]
    ids = [person.participant_id for person in plan.participants]
    told.sort(key=lambda h: (h.at_ms, ids[h.seat]))
    prefix = "event_" + plan.chance("events").code(7, "id")
    return [_entry(plan, h, f"{prefix}{number:05d}") for number, h in enumerate(told)]


def closings_at(plan: Plan, stopped_ms: int, number: int) -> list[Entry]:
    """What playing stops and who leaves which state, because the room is ended by force.

    Args:
        plan: The story as it would have gone on. number: of events in it; these get ids after theirs.
    """
    inside = [visit for visit in plan.visits if visit.entered_ms <= stopped_ms < visit.exited_ms]
    closed = [
        happening
        for visit in inside
        for happening in (*_halted(plan, visit, stopped_ms), _exit(replace(visit, exited_ms=stopped_ms)))
    ]
    prefix = "event_" + plan.chance("events").code(7, "id")
    return [_entry(plan, h, f"{prefix}{number + n:05d}") for n, h in enumerate(closed)]


def _halted(plan: Plan, visit: Visit, stopped_ms: int) -> Iterator[_Happening]:
    """The film of a visit, if it plays at that instant, stands still."""
    for screening in plan.screenings:
        if screening.state_id == visit.state_id:
            played = [h for h in _media(plan, screening) if h.seat == visit.seat and h.at_ms <= stopped_ms]
            if played and played[-1].event_type == "media.play":
                yield played[-1]._replace(at_ms=stopped_ms, event_type="media.pause")


def _entry(plan: Plan, h: _Happening, event_id: str) -> Entry:
    person: Participant = plan.participants[h.seat]
    record = Event(
        id=event_id,
        timestamp_ms=h.at_ms,
        onset_ms=h.at_ms - plan.room.started_ms,
        experiment_id=plan.room.experiment_id,
        session_id=plan.room.room_id,
        participant_id=person.participant_id,
        event_type=h.event_type,
        category=category_of(h.event_type),
        component_type=h.component_type,
        component_id=h.component_id,
        content=h.content,
        state_name=h.state_name,
        participant_role=person.role,
        duration_ms=h.duration_ms,
        response=response_record(h.response),
        room_id=plan.room.room_id,
        state_id=h.state_id,
    )
    return Entry(h.at_ms, person.participant_id, event_id, h.at_ms, record)


def _around(plan: Plan) -> Iterator[_Happening]:
    """What came before the start and after the end."""
    for person in plan.participants:
        for steps, state in ((person.before, "pre_experiment"), (person.after, "post_experiment")):
            yield from (_step(person.index, step, state) for step in steps)


def _step(seat: int, step: Step, state: str) -> _Happening:
    return _Happening(
        step.at_ms, seat, step.event_type, step.content, step.component, step.component_id, state, state,
        step.duration_ms, step.response,
    )  # fmt: skip


def _visit(plan: Plan, visit: Visit) -> Iterator[_Happening]:
    name = visit.state.name or visit.state_id
    where = (visit.state.component, visit.state.component_id, visit.state_id, name)
    yield _Happening(visit.entered_ms, visit.seat, "state.enter", f"Entered {name}", *where)
    yield _exit(visit)


def _exit(visit: Visit) -> _Happening:
    name = visit.state.name or visit.state_id
    where = (visit.state.component, visit.state.component_id, visit.state_id, name)
    stayed_ms = visit.exited_ms - visit.entered_ms
    return _Happening(visit.exited_ms, visit.seat, "state.exit", f"Left {name}", *where, stayed_ms)


def _component(plan: Plan, showing: Showing) -> Iterator[_Happening]:
    where = (
        showing.component_type,
        showing.component_id,
        showing.state_id,
        showing.state.name or showing.state_id,
    )
    yield _Happening(showing.shown_ms, showing.seat, "component.start", showing.content, *where)
    response = showing.response
    if showing.component_type == "VasRating" and response is not None and response.response_time_ms > 2:
        # The slider was let go once before the answer was confirmed.
        share = plan.chance("update", showing.seat, showing.state_id).between(0.35, 0.9)
        moved_ms = max(1, int(response.response_time_ms * share))
        update = Response(response.value, moved_ms)
        at_ms = showing.shown_ms + moved_ms
        yield _Happening(at_ms, showing.seat, "component.update", showing.content, *where, moved_ms, update)
    if showing.completed_ms is not None:
        lasted_ms = showing.completed_ms - showing.shown_ms
        yield _Happening(
            showing.completed_ms,
            showing.seat,
            "component.complete",
            showing.content,
            *where,
            lasted_ms,
            response,
        )


def _media(plan: Plan, screening: Screening) -> Iterator[_Happening]:
    """Playing, pausing and ending, for everybody who was connected at that instant."""
    state = screening.state
    content = "Video: " + state.video_url.rsplit("/", 1)[-1]
    where = (state.component, state.component_id, screening.state_id, state.name or screening.state_id)
    moments = [(start_ms, "media.play") for start_ms, _ in screening.playing]
    moments += [(pause.paused_ms, "media.pause") for pause in screening.pauses]
    moments.append((screening.ended_ms, "media.ended"))
    stays = {v.seat: (v.shown_ms, v.exited_ms) for v in plan.visits if v.state_id == screening.state_id}
    for at_ms, event_type in moments:
        for seat, (shown_ms, exited_ms) in stays.items():
            if shown_ms <= at_ms < exited_ms and plan.participants[seat].is_present(at_ms):
                yield _Happening(at_ms, seat, event_type, content, *where)


def _messages(plan: Plan, messages: Sequence[Entry]) -> Iterator[_Happening]:
    index = {person.participant_id: person.index for person in plan.participants}
    chats = [visit for visit in plan.visits if visit.state.component == "TextChat"]
    for entry in messages:
        message = entry.record
        if not isinstance(message, ChatMessage):
            raise TypeError(f"expected a chat message, got {type(message).__name__}")
        seat = index[message.sender_id]
        visit = next(v for v in chats if v.seat == seat and v.shown_ms <= entry.at_ms <= v.exited_ms)
        where = (
            visit.state.component,
            visit.state.component_id,
            visit.state_id,
            visit.state.name or visit.state_id,
        )
        yield _Happening(entry.at_ms, seat, "communication.message", message.content, *where)


def _sync(plan: Plan, lanes: Sequence[SyncLane], seeks: Sequence[Seek]) -> Iterator[_Happening]:
    """A viewer's seeks, and a summary when a stretch of playing is over."""
    index = {person.participant_id: person.index for person in plan.participants}
    shown = {screening.state_id: screening for screening in plan.screenings}
    for lane in lanes:
        state = shown[lane.state_id].state
        where = (state.component, state.component_id, lane.state_id, state.name or lane.state_id)
        seat = index[lane.participant_id]
        end_ms = lane.start_ms + lane.jitter_ms + (lane.count - 1) * lane.period_ms
        lasted_ms = end_ms - lane.start_ms
        yield _Happening(end_ms, seat, "sync.metrics", f"Sync: {lane.count} samples", *where, lasted_ms)
        for seek in seeks:
            if seek.participant_id == lane.participant_id and lane.start_ms <= seek.at_ms <= end_ms + 1000:
                content = f"Seek to the host's position ({-seek.drift_ms:+d} ms)"
                yield _Happening(seek.at_ms, seat, "media.seek", content, *where)
