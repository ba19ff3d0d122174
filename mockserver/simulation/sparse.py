"""Sparse ratings: one answer on a scale, while the video stands still for it."""

from mockserver.simulation.plan import Answer, Pause, Plan, Screening
from mockserver.simulation.records import (
    ComponentData,
    Entry,
    Labels,
    PreviousRating,
    Scale,
    SparseDetail,
    SparseMetadata,
    SparseRating,
)
from mockserver.simulation.scenario import SparseSpec

__all__ = ["sparse_entries", "video_id"]


def video_id(component_id: str) -> str:
    """The stimulus that a video component shows."""
    return f"stimulus_{component_id}"


def sparse_entries(plan: Plan) -> list[Entry]:
    """A room's sparse ratings; final when their state is over, since its duration is part of them."""
    entries = []
    for screening in plan.screenings:
        spec = screening.state.sparse
        if spec is not None:
            earlier: dict[int, list[PreviousRating]] = {}
            for pause in screening.pauses:
                for answer in pause.answers:
                    before = earlier.setdefault(answer.who, [])
                    entries.append(_entry(plan, screening, spec, pause, answer, list(before)))
                    before.append(PreviousRating(pause.index, answer.value))
    return entries


def _entry(
    plan: Plan,
    screening: Screening,
    spec: SparseSpec,
    pause: Pause,
    answer: Answer,
    before: list[PreviousRating],
) -> Entry:
    person, zero_ms = plan.participants[answer.who], plan.room.started_ms
    onset = answer.opened_ms - zero_ms
    entered_ms = min(v.entered_ms for v in plan.visits if v.state_id == screening.state_id)
    left_ms = max(v.exited_ms for v in plan.visits if v.state_id == screening.state_id)
    rating_id = "rating_" + plan.chance("sparse", screening.state_id, answer.who).code(9, pause.index)
    record = SparseRating(
        rating_id=rating_id,
        experiment_id=plan.room.experiment_id,
        room_id=plan.room.room_id,
        participant_id=person.participant_id,
        component_id=spec.component_id,
        timestamp_ms=answer.opened_ms,
        onset_ms=onset,
        value=answer.value,
        response_time_ms=answer.response_time_ms,
        scale_min=spec.scale_min,
        scale_max=spec.scale_max,
        labels=Labels(spec.label_min, spec.label_max),
        raw_onset_ms=onset + person.traits.clock_offset_ms,
        clock_offset_ms=person.traits.clock_offset_ms,
        raw_value=answer.value,
        scale=Scale(spec.scale_min, spec.scale_max),
        type="sparse",
        state_id=screening.state_id,
        stimulus_id=video_id(screening.state.component_id),
        stimulus_ms=pause.media_ms,
        confidence=None,
        metadata=SparseMetadata(spec.question, spec.dimension, spec.component, pause.index),
        rating_end_onset_ms=onset + answer.response_time_ms,
        sparse_rating_data=_detail(plan, screening, spec, pause, answer, before),
        state_start_ms=entered_ms,
        state_duration_ms=left_ms - entered_ms,
    )
    return Entry(answer.opened_ms, person.participant_id, rating_id, left_ms, record)


def _detail(
    plan: Plan,
    screening: Screening,
    spec: SparseSpec,
    pause: Pause,
    answer: Answer,
    before: list[PreviousRating],
) -> SparseDetail:
    return SparseDetail(
        video_id=video_id(screening.state.component_id),
        pause_index=pause.index,
        video_relative_ms=pause.media_ms,
        pause_timestamp_ms=pause.paused_ms,
        component_type=spec.component,
        component_data=ComponentData(answer.value),
        previous_ratings=before,
        media_pause_onset_ms=pause.paused_ms - plan.room.started_ms,
        media_resume_onset_ms=pause.resumed_ms - plan.room.started_ms,
        actual_pause_ms=pause.resumed_ms - pause.paused_ms,
    )
