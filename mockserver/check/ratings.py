"""Invariants 4 and 5: ratings against components, events and each other.

Source: fields of sparse ratings (the client, observed), their order pause < onset < end < resume (inferred); 100 to
500 ms between two continuous samples (the data page, documented).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from mockserver.check.absence import sliders, viewers, within
from mockserver.check.instants import Ints
from mockserver.check.observed_room import ObservedRoom, Window
from mockserver.check.rule import Counterexample, Counterexamples

__all__ = ["samples_are_regular", "sparse_ratings_pause_the_video"]

_LEAST_MS = 100
# What `sparseRatingData` tells of a video and its pause.
_OF_A_PAUSE = (
    "videoId", "videoRelativeTime", "pauseTimestamp", "mediaPauseOnset", "mediaResumeOnset", "actualPauseDuration"
)  # fmt: skip


class _Rating(NamedTuple):
    """A sparse rating. `start_ms`, `end_ms`: when it was opened and answered, since the room's start."""

    place: int
    who: str
    start_ms: int
    end_ms: int
    record: Mapping[str, Any]
    detail: Mapping[str, Any]


# --- 4: sparse ratings -----------------------------------------------------------------------------


def sparse_ratings_pause_the_video(observed: ObservedRoom) -> Counterexamples:
    """Invariant 4: a sparse rating has its component, its completion event, and, where it interrupts a video, a
    media pause that brackets it; `previousRatings` is what was rated before. Its component may be withheld while
    other rooms of the experiment run; the event is there.

    Where it interrupts nothing, all that tells of a video or a pause is null.

    The pause is looked for among the participant's own events; the resumption among everybody's, because who
    rated may have been gone when the last answer let the video go on. "Before" means the same participant
    and component, in order of time; of each video the last one.
    """
    before: dict[tuple[str, Any], dict[str, float]] = {}
    for rating in _ratings(observed):
        record = rating.record
        yield from _own_times(observed, rating)
        yield from _component(observed, rating)
        if rating.detail["pauseIndex"] is None:
            yield from _no_stimulus(observed, rating)
            continue
        yield from _pause(observed, rating)
        earlier = before.setdefault((rating.who, record["componentId"]), {})
        if (rating.detail["previousRatings"] or {}) != earlier:
            yield _about(observed, rating, f"has previousRatings {rating.detail['previousRatings']}, not {earlier}")
        earlier[rating.detail["videoId"]] = record["rawValue"]


def _ratings(observed: ObservedRoom) -> Iterator[_Rating]:
    table = observed.table("ratings/sparse")
    for place, record in enumerate(table.records):
        start_ms = int(table.at_ms[place]) - observed.started_ms
        end_ms = start_ms + record["responseTime"]
        yield _Rating(place, table.who[place], start_ms, end_ms, record, record["sparseRatingData"])


def _own_times(observed: ObservedRoom, rating: _Rating) -> Counterexamples:
    """What the record says about its times and values fits together."""
    record, detail = rating.record, rating.detail
    claims = {
        "ratingEndOnset": (record["ratingEndOnset"], rating.end_ms),
        "value": (record["value"], _read(record)),
        "componentData": (detail["componentData"]["value"], record["rawValue"]),
        "rawOnset": (record["rawOnset"], record["onset"] + record["clockOffsetApplied"]),
    }
    if detail["pauseIndex"] is not None:
        pause_ms, resume_ms = detail["mediaPauseOnset"], detail["mediaResumeOnset"]
        if not pause_ms < rating.start_ms < rating.end_ms < resume_ms:
            order = f"{pause_ms} < {rating.start_ms} < {rating.end_ms} < {resume_ms}"
            yield _about(observed, rating, f"is not bracketed by its pause: {order} does not hold (pause, onset, ...)")
        claims |= {
            "actualPauseDuration": (detail["actualPauseDuration"], resume_ms - pause_ms),
            "pauseTimestamp": (detail["pauseTimestamp"], observed.started_ms + pause_ms),
            "stimulusTime": (record["stimulusTime"], detail["videoRelativeTime"]),
        }
    for name, (said, follows) in claims.items():
        if said != follows:
            yield _about(observed, rating, f"has {name} {said}, but {follows} follows from its other fields")
    if not record["scaleMin"] <= record["rawValue"] <= record["scaleMax"]:
        yield _about(observed, rating, f"has the rawValue {record['rawValue']}, which is not on its scale")


def _read(record: Mapping[str, Any]) -> float:
    """What the value must be: as it was given, or from 0 to 100 in the official client's reading."""
    raw: float = record["rawValue"]
    scaled = 100 * (raw - record["scaleMin"]) / (record["scaleMax"] - record["scaleMin"])
    return scaled if record["value"] == scaled else raw


def _component(observed: ObservedRoom, rating: _Rating) -> Counterexamples:
    """The component that asked, and the event of its completion.

    One of the two has to agree with the rating. That the other does not, or is not there, is invariant 3's to tell.
    """
    record = rating.record
    shown = [
        component
        for component in observed.table("components").records
        if all(component[name] == record[name] for name in ("participantId", "stateId", "componentId", "timestamp"))
    ]
    answer = {"value": _as_answered(record, shown), "responseTime": record["responseTime"]}
    if any(component["completed"] and component["response"] == answer for component in shown):
        return
    done = [
        event.record["response"] or {}
        for event in observed.events_of("component.complete")
        if event.at_ms == observed.started_ms + rating.end_ms
        and all(event.record[name] == record[name] for name in ("participantId", "stateId", "componentId"))
    ]
    # Without its component nobody knows how the answer is written; its time is told all the same.
    told = answer if shown else {"responseTime": record["responseTime"]}
    if not any(told.items() <= response.items() for response in done):
        yield _about(
            observed, rating, f"has no completed component with the answer {answer}, and no event that says so"
        )


def _as_answered(record: Mapping[str, Any], components: Sequence[Mapping[str, Any]]) -> str:
    """The rating as the component's response: a choice is the text of the option with that number, from 1."""
    options = components[0]["config"]["options"] if components else None
    raw: float = record["rawValue"]
    if record["metadata"]["componentType"] == "multiplechoice" and options:
        return str(options[min(int(raw), len(options)) - 1])
    return str(int(raw)) if raw.is_integer() else str(raw)


def _no_stimulus(observed: ObservedRoom, rating: _Rating) -> Counterexamples:
    told = {name: rating.record[name] for name in ("stimulusId", "stimulusTime")}
    told |= {name: rating.detail[name] for name in _OF_A_PAUSE}
    for name, value in told.items():
        if value is not None:
            yield _about(observed, rating, f"has {name} {value!r}, and no pauseIndex")


def _pause(observed: ObservedRoom, rating: _Rating) -> Counterexamples:
    """The events that stopped the video and let it go on."""
    if rating.who in observed.declined:
        return
    paused_ms = observed.started_ms + rating.detail["mediaPauseOnset"]
    resumed_ms = observed.started_ms + rating.detail["mediaResumeOnset"]
    state_id = rating.record["stateId"]
    if not any(
        event.at_ms == paused_ms and event.who == rating.who and event.record["stateId"] == state_id
        for event in observed.events_of("media.pause")
    ):
        yield _about(observed, rating, "has no media.pause event of its participant at mediaPauseOnset")
    resumed = any(
        event.at_ms == resumed_ms and event.record["stateId"] == state_id for event in observed.events_of("media.play")
    )
    if not resumed and not observed.may_still_come(resumed_ms):
        yield _about(observed, rating, "has no media.play event at mediaResumeOnset")


def _about(observed: ObservedRoom, rating: _Rating, what: str) -> Counterexample:
    url = observed.table("ratings/sparse").url(rating.place)
    return Counterexample(f"{observed.tell('ratings/sparse', rating.place)} {what}", url)


# --- 5: continuous ratings -------------------------------------------------------------------------


def samples_are_regular(observed: ObservedRoom) -> Counterexamples:
    """Invariant 5: continuous samples lie inside their component's window, strictly increasing per
    participant, 100 to 500 ms apart, none while disconnected.

    A window is a showing of the ContinuousRating component with the sample's component id (`ObservedRoom.windows`).
    Order and distance are looked at per participant and component, since two sliders may be shown at once.

    A longer distance is allowed only where the participant was disconnected, and then there is no sample: how
    that is told is in `absence.py`.
    """
    table = observed.table("ratings/continuous")
    windows = observed.windows("ContinuousRating")
    components: Sequence[str] = table.columns["componentId"]
    for who, places in table.places_of.items():
        ids = [components[place] for place in places.tolist()]
        for component_id in dict.fromkeys(ids):
            own = places[np.array([one == component_id for one in ids], dtype=np.bool_)]
            yield from _slider(observed, own, windows.get((who, component_id), ()))
    yield from _gaps(observed)


def _slider(observed: ObservedRoom, places: Ints, windows: Sequence[Window]) -> Counterexamples:
    """All samples of one component of one participant."""
    t = observed.table("ratings/continuous").at_ms[places]
    starts = np.array([window.start_ms for window in windows], dtype=np.float64)
    ends = np.array([window.end_ms for window in windows], dtype=np.float64)
    window = np.searchsorted(starts, t, side="right") - 1
    inside = window >= 0
    inside[inside] = t[inside] <= ends[window[inside]]
    for n in np.flatnonzero(~inside).tolist():
        yield _sample(observed, places[n], "lies outside every window of its component (start to complete or exit)")
    step, same = np.diff(t), np.diff(window) == 0
    for n in np.flatnonzero(same & (step < _LEAST_MS)).tolist():
        yield _sample(observed, places[n + 1], f"comes {step[n]} ms after the one before, less than {_LEAST_MS} ms")


def _gaps(observed: ObservedRoom) -> Counterexamples:
    """No sample lacks while its participant was connected, and there is none while they were not."""
    table = observed.table("ratings/continuous")
    for silence in sliders(observed):
        if silence.fault:
            yield Counterexample(f"{silence.told(observed)}, {silence.fault}", table.url(silence.place or 0))
    # The host has no sync samples, which tells nothing.
    unseen = [one for one in viewers(observed) if not one.fault and one.stay.who in observed.table("sync").places_of]
    lost = [(one.stay.who, one.core, one.told(observed)) for one in unseen]
    for who, spans in observed.lost_in_chats.items():
        lost += [(who, span, "between two video chat connections in one state") for span in spans]
    for who, span, told in lost:
        for place in within(table.at_ms, table.of(who), span).tolist():
            yield _sample(observed, place, f"was taken while its participant was disconnected: {told}")


def _sample(observed: ObservedRoom, place: Any, what: str) -> Counterexample:
    table = observed.table("ratings/continuous")
    return Counterexample(f"{observed.tell('ratings/continuous', int(place))} {what}", table.url(int(place)))
