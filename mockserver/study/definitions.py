"""Experiment definitions as clients write them, to and from what the simulation plays.

A definition is a JSON object in the client's own names (observed in its builders). What the simulation
does not know stays in the definition and changes nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mockserver.simulation.scenario import (
    COMPONENTS,
    SCALES,
    UNANSWERED,
    ContinuousSpec,
    ExperimentSpec,
    Scenario,
    StateSpec,
)

__all__ = [
    "agent_roles",
    "declared_variables",
    "definition_of",
    "output_variables",
    "participants_of",
    "playable",
    "agent_seats",
    "states_in_order",
]

_BY_WIRE_NAME = {name.lower(): name for name in COMPONENTS}
# A launched room should come to its end: longer durations are cut.
_LONGEST_S = 7200.0
# What takes a minute where nobody says how long it takes.
_LONG = ("ShowVideo", "TextChat", "VideoChat", "Waiting")


def definition_of(spec: ExperimentSpec, scenario: Scenario) -> dict[str, Any]:
    """The definition of an experiment of the scenario, as a client would have written it."""
    states = [(state_id, scenario.states[state_id]) for state_id in spec.states]
    sliders = [state.continuous for _, state in states if state.continuous]
    return {
        "name": spec.name,
        "description": spec.description,
        "requiredParticipants": spec.participants,
        "runtime": "v2" if spec.agents else "v1",
        "randomizeStates": False,
        "states": [_state(number, state_id, state) for number, (state_id, state) in enumerate(states)],
        "roles": {f"participant_{chr(97 + n)}": _role(spec, n) for n in range(min(spec.participants, 26))},
        "globalComponents": {"continuousrating": _slider(sliders[0])} if sliders else {},
        "variables": {"condition": list(spec.conditions)},
        "consentFormEnabled": spec.consent,
        "instructionsEnabled": spec.instruction_pages > 0,
        "instructionsPages": [
            {"title": f"Page {page}", "content": "What happens next."} for page in range(1, spec.instruction_pages + 1)
        ],
        "postExperimentQuestionnaire": {
            "enabled": bool(spec.questions),
            "questions": [{"id": f"question_{n}", "text": text} for n, text in enumerate(spec.questions, 1)],
        },
    }


def _role(spec: ExperimentSpec, index: int) -> dict[str, Any]:
    role: dict[str, Any] = {"name": f"Participant {chr(65 + index)}", "participantCount": 1}
    if index >= spec.participants - spec.agents:
        return {**role, "mode": "agent", "personaId": spec.persona}
    return {**role, "mode": "human"}


def _slider(spec: ContinuousSpec) -> dict[str, Any]:
    return {"componentId": spec.component_id, "dimension": spec.dimension, "intervalMs": spec.interval_ms}


def _state(number: int, state_id: str, state: StateSpec) -> dict[str, Any]:
    config: dict[str, Any] = {}
    if state.prompt is not None:
        config["text" if state.component == "ShowText" else "prompt"] = state.prompt
    if state.component == "ShowVideo":
        config |= {"url": state.video_url, "autoplay": True, "controls": False}
    if state.options:
        config["options"] = list(state.options)
    if state.component in (*SCALES, "TextInput", "MultipleChoice", "Ranking"):
        config["outputVariable"] = state.component_id
    rules = {"type": "manual"}
    if state.component in UNANSWERED or state.timed:
        rules = {"type": "timed", "durationMs": int(state.duration_s * 1000)}  # type: ignore[dict-item]
    return {
        "id": state_id,
        "name": state.name or state_id,
        "order": number,
        "focusComponent": {"type": state.component.lower(), "config": config, "id": state.component_id},
        "transitionRules": rules,
        "globalComponentsVisibility": {"continuousrating": state.continuous is not None},
    }


def participants_of(definition: Mapping[str, Any]) -> int:
    """How many people (or agents) a room of the experiment takes, 1 to 50."""
    roles = definition.get("roles") or {}
    counted = sum(_seats(role) for role in roles.values() if isinstance(role, dict))
    return min(50, max(1, int(definition.get("requiredParticipants") or counted or 1)))


def agent_roles(definition: Mapping[str, Any]) -> dict[str, str | None]:
    """The roles that agents fill, and the persona that each is bound to."""
    roles = definition.get("roles") or {}
    return {
        name: role.get("personaId")
        for name, role in roles.items()
        if isinstance(role, dict) and role.get("mode") == "agent"
    }


def agent_seats(definition: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """The role and the persona of each seat that an agent takes in a room, in the order of the roles.

    Seats of people stay empty where only agents play. Where the roles take fewer seats than a room has, the
    last agent's role takes the rest.
    """
    roles = [(name, role) for name, role in (definition.get("roles") or {}).items() if isinstance(role, dict)]
    bound = agent_roles(definition)
    seats = [(name, bound[name]) for name, role in roles if name in bound for _ in range(_seats(role))]
    people = sum(_seats(role) for name, role in roles if name not in bound)
    wanted = max(1, participants_of(definition) - people)
    return [*seats, *(seats or [("participant_a", None)])[-1:] * wanted][:wanted]


def _seats(role: Mapping[str, Any]) -> int:
    count = role.get("participantCount")
    return 1 if count is None else min(50, int(count))


def declared_variables(definition: Mapping[str, Any], index: int) -> dict[str, str | int | float | bool]:
    """Declared variables beside the condition: constants, and of a list of values the one that is the n-th room's."""
    declared = definition.get("variables") or {}
    found: dict[str, str | int | float | bool] = {}
    for name, value in declared.items() if isinstance(declared, dict) else ():
        values = value if isinstance(value, list) else [value]
        chosen = values[index % len(values)] if values else None
        if name != "condition" and isinstance(chosen, str | int | float | bool):
            found[name] = chosen
    return found


def _conditions(definition: Mapping[str, Any]) -> tuple[str, ...]:
    """What the definition declares as the values of `condition`; none where it is silent."""
    declared = definition.get("variables") or {}
    values = declared.get("condition") if isinstance(declared, dict) else None
    listed = values if isinstance(values, list) else [values]
    return tuple(str(value) for value in listed if isinstance(value, str | int | float) and str(value))


def states_in_order(definition: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The states as they are played: by `order`, where they have one, else as they are listed."""
    states = list(definition.get("states") or [])
    orders = [state.get("order") for state in states]
    if not all(isinstance(order, int | float) for order in orders):
        return states
    return sorted(states, key=lambda state: state["order"])


def output_variables(definition: Mapping[str, Any]) -> dict[str, str]:
    """Each state whose component writes its answer into a variable, and the variable's name."""
    found = {}
    for state in definition.get("states") or []:
        config = (state.get("focusComponent") or {}).get("config") or {}
        if isinstance(config.get("outputVariable"), str):
            found[str(state["id"])] = config["outputVariable"]
    return found


def playable(
    definition: Mapping[str, Any], spec: ExperimentSpec
) -> tuple[ExperimentSpec, tuple[tuple[str, StateSpec], ...]]:
    """What the simulation can play of a definition.

    Args:
        spec: What the definition is silent about.
    """
    participants = participants_of(definition)
    states = tuple(_state_spec(state, definition) for state in states_in_order(definition))
    questionnaire = definition.get("postExperimentQuestionnaire") or {}
    asked = questionnaire.get("questions") if questionnaire.get("enabled") else None
    played = replace(
        spec,
        name=str(definition.get("name", spec.name)),
        participants=participants,
        agents=min(participants, len(agent_roles(definition))),
        consent=bool(definition.get("consentFormEnabled", False)),
        instruction_pages=len(definition.get("instructionsPages") or []),
        questions=tuple(str(one.get("text", one.get("id", "question"))) for one in asked or []),
        persona=next((p for p in agent_roles(definition).values() if p), spec.persona),
        conditions=_conditions(definition) or spec.conditions,
    )
    return played, states


def _state_spec(state: Mapping[str, Any], definition: Mapping[str, Any]) -> tuple[str, StateSpec]:
    """A state as the simulation plays it; one without a component shows a page."""
    focus = state.get("focusComponent") or {}
    config = focus.get("config") or {}
    component = _BY_WIRE_NAME.get(str(focus.get("type", "showtext")).lower(), "ShowText")
    state_id = str(state["id"])
    slider = (definition.get("globalComponents") or {}).get("continuousrating")
    visible = (state.get("globalComponentsVisibility") or {}).get("continuousrating", component == "ShowVideo")
    url, options = config.get("url"), config.get("options")
    return state_id, StateSpec(
        component=component,
        component_id=str(focus.get("id") or state_id),
        name=state.get("name"),
        duration_s=_duration_s(component, state, config),
        timed=(state.get("transitionRules") or {}).get("type") == "timed",
        video_url=url if isinstance(url, str) else "https://example.com/video.mp4",
        prompt=next((config[key] for key in ("prompt", "text") if isinstance(config.get(key), str)), None),
        options=tuple(map(str, options)) if isinstance(options, list) else (),
        scale_max=_scale_points(config) if component == "LikertScale" else 100,
        scale_min=1 if component == "LikertScale" else 0,
        label_min=_label(config, "min", "Not at all"),
        label_max=_label(config, "max", "Very much"),
        continuous=_slider_of(component, str(focus.get("id") or state_id), shown=slider is not None and visible),
    )


def _slider_of(component: str, component_id: str, *, shown: bool) -> ContinuousSpec | None:
    """A slider that fills the state, or the one that stands beside what does."""
    if component == "ContinuousRating":
        return ContinuousSpec(component_id=component_id)
    return ContinuousSpec(component_id="continuousrating") if shown else None


def _label(config: Mapping[str, Any], end: str, default: str) -> str:
    """What stands at an end of a scale: `minLabel`, or `labels.min`."""
    labels = config.get("labels")
    found = config.get(f"{end}Label", labels.get(end) if isinstance(labels, dict) else None)
    return found if isinstance(found, str) else default


def _scale_points(config: Mapping[str, Any]) -> int:
    """How many points a Likert scale has; a configuration is free, so this may be no number of points."""
    points = config.get("scalePoints")
    return points if isinstance(points, int) and 2 <= points <= 1000 else 7


def _duration_s(component: str, state: Mapping[str, Any], config: Mapping[str, Any]) -> float:
    """How long a component lasts: the transition's duration, else its own, else a minute or a few seconds."""
    rules = state.get("transitionRules") or {}
    usual_ms = 60_000 if component in _LONG else 5_000
    asked_ms = rules.get("durationMs") or config.get("durationMs") or config.get("duration") or usual_ms
    if not isinstance(asked_ms, int | float) or isinstance(asked_ms, bool):
        asked_ms = usual_ms
    return min(_LONGEST_S, max(1.0, asked_ms / 1000))
