"""Ways in which a simulation can be wrong in one place, each with the invariant that it breaks.

A break wraps one function of the generator, as `test_breaking_generator.py` does one after the other. They are
what a reviewer tried: `SMALL` has one for every invariant, `MORE` all others.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from mockserver.simulation import world
from mockserver.simulation.datasets.columns import RowWriter, Told
from mockserver.simulation.datasets.lanes import LaneDataset, LaneSelection
from mockserver.simulation.records import continuous, events, sparse, sync
from mockserver.simulation.records.sync import SyncLanes
from mockserver.simulation.story import planner, screening
from mockserver.simulation.story.plan import Participant, Plan

__all__ = ["MORE", "SMALL", "Break"]

Function = Callable[..., Any]
Change = Callable[[Any], Any]


class Break(NamedTuple):
    """One place in which the generator is wrong.

    Attributes:
        number: The invariant that breaks, and no other.
        owner, name: Where the function (or a number of the generator) is looked up. wrap: from it to a wrong one.
        experiments, rooms: What of the scenario to look into; none named, all of them.
    """

    number: int
    owner: Any
    name: str
    wrap: Change
    scenario: str = "pair"
    experiments: Sequence[str] = ()
    rooms: int = 2


# --- ways to be wrong ------------------------------------------------------------------------------


def result(change: Change) -> Callable[[Function], Function]:
    """What the function makes is changed."""
    return lambda make: lambda *given: change(make(*given))


def every(change: Change) -> Callable[[Function], Function]:
    """Every record is changed; entries are what the streams of a room are made of."""
    return result(lambda entries: [entry._replace(record=change(entry.record)) for entry in entries])


def first(change: Change, wanted: Callable[[Any], bool] = lambda record: True) -> Callable[[Function], Function]:
    """The first record that is wanted is changed."""

    def changed(entries: list[Any]) -> list[Any]:
        place = next(n for n, entry in enumerate(entries) if wanted(entry.record))
        entries[place] = entries[place]._replace(record=change(entries[place].record))
        return entries

    return result(changed)


def without(unwanted: Callable[[Any], bool]) -> Callable[[Function], Function]:
    """Some records are missing."""
    return result(lambda entries: [entry for entry in entries if not unwanted(entry.record)])


def samples(change: Change) -> Callable[[Function], Function]:
    """Every sample of a regular stream is changed."""
    return result(lambda made: Told([change(record) for record in made.records()]))


def lanes(**values: Callable[[Any], Any]) -> Callable[[Function], Function]:
    """Every lane of a regular stream is changed."""
    return result(
        lambda made: [dataclasses.replace(one, **{name: value(one) for name, value in values.items()}) for one in made]
    )


def fields(**values: Any) -> Change:
    """The record has other values."""
    return lambda record: record._replace(**values)


def of_type(*types: str) -> Callable[[Any], bool]:
    return lambda event: event.event_type in types


# --- by invariant ----------------------------------------------------------------------------------


def onset_moved(record: Any) -> Any:
    return record._replace(onset_ms=record.onset_ms + 1)


def without_gaps(make: Function) -> Function:
    """Nobody is disconnected, as far as one stream is concerned."""

    def made(plan: Plan, *given: Any) -> Any:
        people = tuple(dataclasses.replace(person, gaps=()) for person in plan.participants)
        return make(dataclasses.replace(plan, participants=people), *given)

    return made


def seen_by_the_disconnected(make: Function) -> Function:
    """The video's events are those of all who joined and did not leave."""

    def is_there(person: Participant, at_ms: int) -> bool:
        return person.joined_ms <= at_ms <= person.left_ms

    def made(plan: Plan, *given: Any) -> Any:
        people = tuple(_Changed(person, is_present=is_there) for person in plan.participants)
        return list(make(_Changed(plan, participants=people), *given))

    return made


class _Changed:
    """Something as it is but for some of its attributes; functions among those are handed the thing first."""

    def __init__(self, thing: Any, **changed: Any) -> None:
        self._thing, self._changed = thing, changed

    def __getattr__(self, name: str) -> Any:
        if name not in self._changed:
            return getattr(self._thing, name)
        found = self._changed[name]
        return (lambda *given: found(self._thing, *given)) if callable(found) else found


def other_response(record: Any) -> Any:
    return record if record.response is None else record._replace(response=record.response._replace(value="zzz"))


def completed_without_response(event: Any) -> Any:
    return event._replace(response=None) if event.event_type == "component.complete" else event


def completed_late(happening: Any) -> Any:
    late = happening.event_type == "component.complete"
    return happening._replace(at_ms=happening.at_ms + 100) if late else happening


def answered_faster(record: Any) -> Any:
    return record._replace(response_time_ms=record.response_time_ms - 1)


def has_response_time(record: Any) -> bool:
    return record.response_time_ms is not None


def of_no_component(made: list[Any]) -> list[Any]:
    return [dataclasses.replace(made[0], component_id="no_such_slider"), *made[1:]]


def to_the_sender_too(message: Any) -> Any:
    return message._replace(recipient_ids=[*message.recipient_ids, message.sender_id])


def all_but_the_first(message: Any) -> Any:
    return message._replace(recipient_ids=message.recipient_ids[1:])


def only_the_first(message: Any) -> Any:
    return message._replace(recipient_ids=message.recipient_ids[:1])


def ends_later(recording: Any) -> Any:
    return recording._replace(end_ms=recording.end_ms + 2000, duration_ms=recording.duration_ms + 2000)


def longer(recording: Any) -> Any:
    return recording._replace(duration_ms=recording.duration_ms + 1)


def has_ended(recording: Any) -> bool:
    return recording.duration_ms is not None


def faster_than_the_controller_may(sample: Any) -> Any:
    return sample._replace(playback_rate=sample.playback_rate + 0.06)


def inverted(sample: Any) -> Any:
    return sample._replace(playback_rate=round(2 - sample.playback_rate, 4))


def quality_of(drift_weight: float, latency_weight: float) -> Change:
    """The formula, with each of its two terms as heavy as one likes."""

    def change(sample: Any) -> Any:
        scaled = sample.time_drift_ms / 700.0
        quality = 1 / (1 + drift_weight * scaled * scaled + latency_weight * sample.latency_ms / 17_000.0)
        return sample._replace(sync_quality=round(quality, 3))

    return change


def one_viewer_less(make: Function) -> Function:
    """The last viewer of every room has no sync samples."""

    def made(plan: Plan, *given: Any) -> Any:
        found = make(plan, *given)
        last = found[-1].participant_id if found else ""
        return [lane for lane in found if lane.participant_id != last]

    return made


def begun_late(made: list[Any]) -> list[Any]:
    """What is longer than three seconds begins three seconds late."""
    lost = [3000 // lane.period_ms for lane in made]
    return [
        dataclasses.replace(lane, start_ms=lane.start_ms + 3000, count=lane.count - n) if lane.count > n else lane
        for lane, n in zip(made, lost, strict=True)
    ]


def half(lane: Any) -> int:
    return int(lane.count) // 2


def swapped(event: Any) -> Any:
    """Two states change places in the events of entering and leaving."""
    other = {"text_chat_state": "video_chat_state", "video_chat_state": "text_chat_state"}
    moves = event.event_type.startswith("state.")
    return event._replace(state_id=other.get(event.state_id, event.state_id)) if moves else event


def swapped_elsewhere(event: Any) -> Any:
    return event if event.room_id == "room_abc123" else swapped(event)


def coded(code: str, instead_of: str) -> Change:
    """A participant's record with another code."""
    return lambda row: row._replace(completion_code=code) if row.completion_code == instead_of else row


def waits_like_all(make: Function) -> Function:
    """Who times out comes when the others come, and gives up at once."""

    def made(room: Any, seat: Any) -> Any:
        steps, joined_ms, gone_ms = make(room, seat)
        if seat.fate != "TIMEOUT":
            return steps, joined_ms, gone_ms
        late_ms = 300_000
        moved = tuple(dataclasses.replace(step, at_ms=step.at_ms + late_ms) for step in steps)
        return moved, joined_ms + late_ms, moved[-1].at_ms + 2000

    return made


def one_more_participant(room: Any) -> Any:
    return room._replace(participant_count=room.participant_count + 1)


class OneTooEarly(LaneSelection):
    """Later pages begin with the last record of the page before."""

    def written(self, start: int, stop: int, writer: RowWriter) -> bytes:
        return super().written(start - 1, stop - 1, writer) if start else super().written(start, stop, writer)

    @classmethod
    def instead_of(cls, selection: LaneSelection) -> LaneSelection:
        selection.__class__ = cls
        return selection


def no_exit(event: Any) -> bool:
    return bool(event.event_type == "state.exit" and event.state_id == "watching_state")


def resumes_late(event: Any) -> bool:
    return bool(event.event_type == "media.play" and event.onset_ms > 330_000)


def paused_later(detail: Any) -> Any:
    return detail._replace(media_pause_onset_ms=detail.media_pause_onset_ms + 3000)


def resumed_at_once(pause: Any) -> Any:
    return dataclasses.replace(pause, resumed_ms=pause.paused_ms + 200)


def asked_before_the_pause(pause: Any) -> Any:
    answers = tuple(dataclasses.replace(answer, opened_ms=answer.opened_ms - 500) for answer in pause.answers)
    return dataclasses.replace(pause, answers=answers)


# --- the tables ------------------------------------------------------------------------------------

SMALL = {
    "onsets": Break(1, world, "chat_entries", first(onset_moved)),
    "belonging": Break(2, world, "chat_entries", first(fields(room_id="room_other"))),
    "components": Break(3, world, "component_entries", first(answered_faster, has_response_time)),
    "sparse ratings": Break(4, world, "sparse_entries", first(lambda r: r._replace(raw_value=r.raw_value + 1))),
    "continuous ratings": Break(5, world, "continuous_lanes", result(of_no_component)),
    "chat": Break(6, world, "chat_entries", every(fields(recipient_ids=[]))),
    "recordings": Break(7, world, "recording_entries", first(longer, has_ended)),
    "drift": Break(8, SyncLanes, "columns", samples(faster_than_the_controller_may)),
    "states": Break(9, world, "event_entries", every(swapped)),
    "completion codes": Break(10, world, "participant_rows", every(fields(completion_code="ABANDONED"))),
    "totals": Break(11, world, "room_rows", every(one_more_participant)),
    "pages": Break(12, LaneDataset, "select", result(OneTooEarly.instead_of)),
    "agreement": Break(13, world, "continuous_lanes", lanes(shared=lambda lane: 0.0)),
}

_DEMO: dict[str, Any] = {"scenario": "demo", "experiments": ("exp_research_001",)}
_DRIFT: dict[str, Any] = {"scenario": "drift", "rooms": 1}

MORE = {
    "onsets of video chat events": Break(1, world, "videochat_entries", every(onset_moved)),
    "onsets of samples": Break(1, continuous.ContinuousLanes, "columns", samples(onset_moved)),
    "samples of a stranger": Break(2, SyncLanes, "columns", samples(fields(participant_id="user_other")), **_DEMO),
    "another experiment": Break(2, world, "component_entries", every(fields(experiment_id="x"))),
    "events of the disconnected": Break(2, events, "_media", seen_by_the_disconnected, "dropout", rooms=6),
    # --- 3: and neither the windows of 5 and 7, nor the answers of 4, nor the ends of 10
    "no start events": Break(3, world, "event_entries", without(of_type("component.start")), **_DEMO),
    "no start events of one type": Break(
        3, world, "event_entries", without(lambda e: of_type("component.start")(e) and e.component_type == "TextChat")
    ),
    "no completion events": Break(3, world, "event_entries", without(of_type("component.complete"))),
    "no completion events (demo)": Break(3, world, "event_entries", without(of_type("component.complete")), **_DEMO),
    "other responses in components": Break(3, world, "component_entries", every(other_response)),
    "no responses in completion events": Break(3, world, "event_entries", every(completed_without_response), **_DEMO),
    "completions after the response": Break(3, events, "_component", result(lambda h: map(completed_late, h)), **_DEMO),
    "a component is missing": Break(3, world, "component_entries", result(lambda entries: entries[1:]), **_DEMO),
    # --- 4
    "no pause events": Break(4, world, "event_entries", without(of_type("media.pause")), **_DEMO),
    "no play events after a pause": Break(4, world, "event_entries", without(resumes_late), **_DEMO),
    "pauses after the rating": Break(4, sparse, "_detail", result(paused_later), **_DEMO),
    "no previous ratings": Break(4, sparse, "_detail", result(fields(previous_ratings=[])), **_DEMO),
    "the video goes on": Break(4, screening, "_pause", result(resumed_at_once), **_DEMO),
    "ratings before the pause": Break(4, screening, "_pause", result(asked_before_the_pause)),
    "clock offsets": Break(4, world, "sparse_entries", every(lambda r: r._replace(raw_onset_ms=r.raw_onset_ms + 500))),
    # --- 5 and 8: whose samples are there although nobody is
    **{
        f"{name} of the disconnected ({scenario})": Break(number, world, made, without_gaps, scenario, rooms=6)
        for scenario in ("dropout", "demo", "technical")
        for number, name, made in ((5, "ratings", "continuous_lanes"), (8, "sync", "sync_lanes"))
    },
    "sliders that stop halfway": Break(5, world, "continuous_lanes", lanes(count=half), **_DEMO),
    "sliders that begin late": Break(5, world, "continuous_lanes", result(begun_late), **_DEMO),
    "sliders that go on": Break(5, world, "continuous_lanes", lanes(count=lambda one: one.count + 20), **_DEMO),
    "no slider at all": Break(5, world, "continuous_lanes", result(lambda made: made[:0]), "drift", rooms=1),
    # --- 6
    **{
        f"no recipients ({scenario})": Break(6, world, "chat_entries", every(fields(recipient_ids=[])), scenario)
        for scenario in ("demo", "group", "dropout")
    },
    "a recipient less": Break(6, world, "chat_entries", every(all_but_the_first), "group", rooms=1),
    "a recipient less (pair)": Break(6, world, "chat_entries", every(all_but_the_first)),
    "one recipient": Break(6, world, "chat_entries", every(only_the_first), "group", rooms=1),
    "the sender too": Break(6, world, "chat_entries", first(to_the_sender_too)),
    "other words in events": Break(6, events, "_messages", result(lambda h: [one._replace(content="?") for one in h])),
    # --- 7
    "recordings after the connection": Break(7, world, "recording_entries", every(ends_later)),
    "files of failed recordings": Break(
        7, world, "recording_entries", every(lambda r: r._replace(file_size_bytes=r.file_size_bytes or 30_000)),
        "technical", rooms=6,
    ),
    # --- 8
    "a rate of one": Break(8, SyncLanes, "columns", samples(fields(playback_rate=1.0)), **_DRIFT),
    "a rate of one (demo)": Break(8, SyncLanes, "columns", samples(fields(playback_rate=1.0)), **_DEMO),
    "inverted rates": Break(8, SyncLanes, "columns", samples(inverted), **_DRIFT),
    "inverted rates (demo)": Break(8, SyncLanes, "columns", samples(inverted), **_DEMO),
    "constant quality": Break(8, SyncLanes, "columns", samples(fields(sync_quality=0.9)), **_DEMO),
    "quality without latency": Break(8, SyncLanes, "columns", samples(quality_of(1, 0)), **_DEMO),
    "quality without latency (drift)": Break(8, SyncLanes, "columns", samples(quality_of(1, 0)), **_DRIFT),
    "quality without drift": Break(8, SyncLanes, "columns", samples(quality_of(0, 1)), **_DRIFT),
    "quality without drift (demo)": Break(8, SyncLanes, "columns", samples(quality_of(0, 1)), **_DEMO),
    "quality that rises": Break(8, SyncLanes, "columns", samples(quality_of(-0.5, 1)), **_DRIFT),
    "no seeks": Break(8, SyncLanes, "seeks", result(lambda seeks: []), "drift"),
    "one viewer less": Break(8, world, "sync_lanes", one_viewer_less, **_DEMO),
    "one viewer less (pair)": Break(8, world, "sync_lanes", one_viewer_less),
    "no viewer at all": Break(8, world, "sync_lanes", result(lambda made: []), **_DEMO),
    "viewers that stop halfway": Break(8, world, "sync_lanes", lanes(count=half), **_DEMO),
    "viewers that stop halfway (drift)": Break(8, world, "sync_lanes", lanes(count=half), **_DRIFT),
    "viewers that begin late": Break(8, world, "sync_lanes", result(begun_late), **_DEMO),
    "viewers that begin late (drift)": Break(8, world, "sync_lanes", result(begun_late), **_DRIFT),
    "sync every two seconds": Break(8, sync, "EVERY_MS", lambda _: 2000, **_DEMO),
    # --- 9
    "two states swapped in some rooms": Break(9, world, "event_entries", every(swapped_elsewhere), **_DEMO),
    "no exits": Break(9, world, "event_entries", without(no_exit), **_DEMO),
    # --- 10
    **{
        f"{was} coded {code}": Break(10, world, "participant_rows", every(coded(code, was)), scenario, rooms=6)
        for was, code, scenario in (
            ("NOCONSENT", "ABANDONED", "noconsent"),
            ("NOCONSENT", "TIMEOUT", "noconsent"),
            ("NOCONSENT", "TECHNICAL", "noconsent"),
            ("ABANDONED", "NOCONSENT", "noconsent"),
            ("ABANDONED", "TIMEOUT", "noconsent"),
            ("TIMEOUT", "ABANDONED", "noconsent"),
            ("TIMEOUT", "NOCONSENT", "noconsent"),
            ("ABANDONED", "TIMEOUT", "dropout"),
            ("SUCCESS", "TIMEOUT", "dropout"),
        )
    },
    "TIMEOUT without a wait": Break(10, planner, "entrance", waits_like_all, "noconsent", rooms=6),
    "components without consent": Break(
        10, planner, "NEVER_STARTED", lambda fates: ("CHECK_FAILED", "TIMEOUT"), "noconsent", rooms=6
    ),
    # --- 11, 13
    "a participant less": Break(11, world, "participant_rows", result(lambda rows: rows[1:]), **_DEMO),
    "all feel the same": Break(13, world, "continuous_lanes", lanes(shared=lambda lane: 1.0), **_DEMO),
}  # fmt: skip
