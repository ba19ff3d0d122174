"""Sparse ratings: one answer on a scale, while the video stands still for it or in a state of its own.

Source: "discrete responses from VAS, Likert, multiple choice" (documented). Those in a state of their own have
no stimulus and no pause, and null where others tell of them; of a choice, the value is the option's number,
from 1 (inferred). Component types are in lower case here, and earlier ratings an object by video (observed in the
client's fixtures); that it holds the last one of each video is inferred.
"""

from typing import NamedTuple

from mockserver.simulation.datasets.entry import Entry
from mockserver.simulation.records.records import (
    ComponentData,
    Labels,
    Scale,
    SparseDetail,
    SparseMetadata,
    SparseRating,
)
from mockserver.simulation.scenario.specs import SCALES, SparseSpec
from mockserver.simulation.story.plan import Pause, Plan, Screening, SparseAnswer, Visit

__all__ = ["sparse_entries", "video_id"]


class _Question(NamedTuple):
    """What is asked in a state, and the scale that it is answered on."""

    state_id: str
    component_id: str
    scale: Scale
    labels: Labels
    told: SparseMetadata


def video_id(component_id: str) -> str:
    """The stimulus that a video component shows."""
    return f"stimulus_{component_id}"


def sparse_entries(plan: Plan) -> list[Entry]:
    """A room's sparse ratings; final when their state is over, since its duration is part of them."""
    return [*_in_pauses(plan), *_in_states(plan)]


def _in_pauses(plan: Plan) -> list[Entry]:
    entries = []
    earlier: dict[tuple[int, str], dict[str, float]] = {}
    for screening in plan.screenings:
        spec = screening.state.sparse
        if spec is not None:
            for pause in screening.pauses:
                for answer in pause.answers:
                    before = earlier.setdefault((answer.seat, spec.component_id), {})
                    entries.append(_paused(plan, screening, spec, pause, answer, dict(before) or None))
                    before[video_id(screening.state.component_id)] = float(answer.value)
    return entries


def _in_states(plan: Plan) -> list[Entry]:
    """The answers to rating components that fill a state of their own."""
    return [
        _alone(plan, visit)
        for visit in plan.visits
        if visit.response is not None
        and (visit.state.component in SCALES or (visit.state.component == "MultipleChoice" and visit.state.options))
    ]


def _alone(plan: Plan, visit: Visit) -> Entry:
    state, response = visit.state, visit.response
    if response is None:
        raise ValueError("only a visit with an answer is a rating")
    if state.component in SCALES:
        value, scale = int(response.value), Scale(float(state.scale_min), float(state.scale_max))
        labels = Labels(state.label_min, state.label_max)
    else:
        value, scale = state.options.index(response.value) + 1, Scale(1.0, float(len(state.options)))
        labels = Labels(state.options[0], state.options[-1])
    answer = SparseAnswer(visit.seat, visit.shown_ms, response.response_time_ms, value)
    told = SparseMetadata(state.prompt or state.component_id, state.component_id, state.component.lower(), 0)
    return _entry(plan, _Question(visit.state_id, state.component_id, scale, labels, told), answer)


def _paused(
    plan: Plan,
    screening: Screening,
    spec: SparseSpec,
    pause: Pause,
    answer: SparseAnswer,
    before: dict[str, float] | None,
) -> Entry:
    asked = _Question(
        state_id=screening.state_id,
        component_id=spec.component_id,
        scale=Scale(float(spec.scale_min), float(spec.scale_max)),
        labels=Labels(spec.label_min, spec.label_max),
        told=SparseMetadata(spec.question, spec.dimension, spec.component.lower(), pause.index),
    )
    entry = _entry(plan, asked, answer)
    record = entry.record._replace(
        stimulus_id=video_id(screening.state.component_id),
        stimulus_ms=pause.media_ms,
        sparse_rating_data=_detail(plan, screening, spec, pause, answer, before),
    )
    return entry._replace(record=record)


def _entry(plan: Plan, asked: _Question, answer: SparseAnswer) -> Entry:
    """A rating that no video waits for."""
    person, zero_ms = plan.participants[answer.seat], plan.room.started_ms
    onset = answer.opened_ms - zero_ms
    entered_ms = min(v.entered_ms for v in plan.visits if v.state_id == asked.state_id)
    left_ms = max(v.exited_ms for v in plan.visits if v.state_id == asked.state_id)
    rating_id = "rating_" + plan.chance("sparse", asked.state_id, answer.seat).code(9, asked.told.sample_index)
    record = SparseRating(
        rating_id=rating_id,
        experiment_id=plan.room.experiment_id,
        room_id=plan.room.room_id,
        participant_id=person.participant_id,
        component_id=asked.component_id,
        timestamp_ms=answer.opened_ms,
        onset_ms=onset,
        value=float(answer.value),
        response_time_ms=answer.response_time_ms,
        scale_min=asked.scale.min,
        scale_max=asked.scale.max,
        labels=asked.labels,
        raw_onset_ms=onset + person.traits.clock_offset_ms,
        clock_offset_ms=person.traits.clock_offset_ms,
        raw_value=float(answer.value),
        scale=asked.scale,
        type="sparse",
        state_id=asked.state_id,
        stimulus_id=None,
        stimulus_ms=None,
        confidence=None,
        metadata=asked.told,
        rating_end_onset_ms=onset + answer.response_time_ms,
        sparse_rating_data=_no_pause(asked.told.component_type, answer),
        state_start_ms=entered_ms,
        state_duration_ms=left_ms - entered_ms,
    )
    return Entry(answer.opened_ms, person.participant_id, rating_id, left_ms, record)


def _no_pause(component_type: str, answer: SparseAnswer) -> SparseDetail:
    return SparseDetail(
        video_id=None,
        pause_index=None,
        video_relative_ms=None,
        pause_timestamp_ms=None,
        component_type=component_type,
        component_data=ComponentData(float(answer.value)),
        previous_ratings=None,
        media_pause_onset_ms=None,
        media_resume_onset_ms=None,
        actual_pause_ms=None,
    )


def _detail(
    plan: Plan,
    screening: Screening,
    spec: SparseSpec,
    pause: Pause,
    answer: SparseAnswer,
    before: dict[str, float] | None,
) -> SparseDetail:
    return SparseDetail(
        video_id=video_id(screening.state.component_id),
        pause_index=pause.index,
        video_relative_ms=pause.media_ms,
        pause_timestamp_ms=pause.paused_ms,
        component_type=spec.component.lower(),
        component_data=ComponentData(float(answer.value)),
        previous_ratings=before,
        media_pause_onset_ms=pause.paused_ms - plan.room.started_ms,
        media_resume_onset_ms=pause.resumed_ms - plan.room.started_ms,
        actual_pause_ms=pause.resumed_ms - pause.paused_ms,
    )
