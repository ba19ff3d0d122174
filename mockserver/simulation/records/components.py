"""Components: what each participant was shown, how it was set up, and what they answered."""

from typing import NamedTuple

from mockserver.simulation.datasets.entry import Entry
from mockserver.simulation.records.records import ComponentConfig, ComponentRecord, ResponseRecord, Variables
from mockserver.simulation.scenario.specs import SCALES, UNANSWERED, ContinuousSpec, SparseSpec, StateSpec
from mockserver.simulation.story.plan import Plan, Response, Visit

__all__ = ["Showing", "component_entries", "response_record", "showings"]


class Showing(NamedTuple):
    """One component on one participant's screen; its events are told from it too.

    Attributes:
        completed_ms: None where the person left before it was completed.
        ends_ms: When nothing about it can change any more.
    """

    seat: int
    state_id: str
    state: StateSpec
    component_type: str
    component_id: str
    config: ComponentConfig
    shown_ms: int
    completed_ms: int | None
    ends_ms: int
    response: Response | None
    content: str


def response_record(response: Response | None) -> ResponseRecord | None:
    """The answer as the records hold it."""
    return None if response is None else ResponseRecord(response.value, response.response_time_ms)


def component_entries(plan: Plan) -> list[Entry]:
    """A room's component records, by time of display; final when completed, or when the person left."""
    return [_entry(plan, showing) for showing in showings(plan)]


def _entry(plan: Plan, showing: Showing) -> Entry:
    person = plan.participants[showing.seat]
    response = response_record(showing.response)
    record = ComponentRecord(
        component_id=showing.component_id,
        component_type=showing.component_type,
        experiment_id=plan.room.experiment_id,
        state_id=showing.state_id,
        config=showing.config,
        timestamp_ms=showing.shown_ms,
        onset_ms=showing.shown_ms - plan.room.started_ms,
        variable_snapshot=Variables(person.first_name, plan.room.condition),
        completed=showing.completed_ms is not None,
        state_name=showing.state.name or showing.state_id,
        participant_id=person.participant_id,
        room_id=plan.room.room_id,
        response=response,
        response_time_ms=response.response_time_ms if response else None,
    )
    return Entry(showing.shown_ms, person.participant_id, showing.component_id, showing.ends_ms, record)


def showings(plan: Plan) -> list[Showing]:
    """Every component that anybody was shown: focus components, sliders, and each sparse rating."""
    shown = []
    for visit in plan.visits:
        shown.append(_focus(visit))
        own = (visit.state.component, visit.state.component_id)
        # A slider that fills its state is not shown twice.
        if visit.state.continuous is not None and own != ("ContinuousRating", visit.state.continuous.component_id):
            shown.append(_slider(visit, visit.state.continuous))
    return shown + _sparse(plan)


def _focus(visit: Visit) -> Showing:
    state = visit.state
    return Showing(
        seat=visit.seat,
        state_id=visit.state_id,
        state=state,
        component_type=state.component,
        component_id=state.component_id,
        config=_focus_config(state),
        shown_ms=visit.shown_ms,
        completed_ms=visit.completed_ms,
        ends_ms=visit.exited_ms if visit.completed_ms is None else visit.completed_ms,
        response=visit.response,
        content=_focus_content(state),
    )


def _focus_content(state: StateSpec) -> str:
    if state.component == "ShowVideo":
        return "Video: " + state.video_url.rsplit("/", 1)[-1]
    return f"{state.component}: {state.prompt or state.component_id}"


def _focus_config(state: StateSpec) -> ComponentConfig:
    video = state.component == "ShowVideo"
    scale = state.component in SCALES
    timed = state.component in UNANSWERED or state.timed
    if state.component == "ContinuousRating" and state.continuous is not None:
        own = _rating_config(state.continuous, state.prompt, state.continuous.interval_ms)
        return own._replace(duration_ms=int(state.duration_s * 1000))
    return ComponentConfig(
        video_url=state.video_url if video else None,
        autoplay=state.autoplay if video else None,
        controls=state.controls if video else None,
        prompt=state.prompt,
        options=list(state.options),
        scale_min=state.scale_min if scale else None,
        scale_max=state.scale_max if scale else None,
        duration_ms=int(state.duration_s * 1000) if timed else None,
        interval_ms=None,
    )


def _rating_config(spec: ContinuousSpec | SparseSpec, prompt: str | None, interval_ms: int | None) -> ComponentConfig:
    return ComponentConfig(
        video_url=None,
        autoplay=None,
        controls=None,
        prompt=prompt,
        options=[],
        scale_min=spec.scale_min,
        scale_max=spec.scale_max,
        duration_ms=None,
        interval_ms=interval_ms,
    )


def _slider(visit: Visit, spec: ContinuousSpec) -> Showing:
    return _focus(visit)._replace(
        component_type="ContinuousRating",
        component_id=spec.component_id,
        config=_rating_config(spec, f"How much {spec.dimension} do you feel?", spec.interval_ms),
        response=None,
        content=f"ContinuousRating: {spec.dimension}",
    )


def _sparse(plan: Plan) -> list[Showing]:
    shown = []
    for screening in plan.screenings:
        spec = screening.state.sparse
        if spec is None:
            continue
        config = _rating_config(spec, spec.question, None)
        for pause in screening.pauses:
            for answer in pause.answers:
                done_ms = answer.opened_ms + answer.response_time_ms
                response = Response(str(answer.value), answer.response_time_ms)
                shown.append(
                    Showing(
                        seat=answer.seat,
                        state_id=screening.state_id,
                        state=screening.state,
                        component_type=spec.component,
                        component_id=spec.component_id,
                        config=config,
                        shown_ms=answer.opened_ms,
                        completed_ms=done_ms,
                        ends_ms=done_ms,
                        response=response,
                        content=f"{spec.component}: {spec.question}",
                    )
                )
    return shown
