"""Experiment definitions as clients write them, to and from what the simulation plays.

A definition is a JSON object in the client's own names (observed in its builders). What the simulation
does not know stays in the definition and changes nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeGuard

from mockserver.simulation.scenario.specs import (
    COMPONENTS,
    SCALES,
    UNANSWERED,
    ContinuousSpec,
    ExperimentSpec,
    Scenario,
    StateSpec,
)
from mockserver.simulation.story.rooms import role_letters
from mockserver.words.scalars import Scalar, as_type, common_type

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
# Beyond this a scale is taken for a mistake.
_FURTHEST_END = 1_000_000
# What takes a minute where nobody says how long it takes.
_LONG = ("ShowVideo", "TextChat", "VideoChat", "Waiting")


def definition_of(spec: ExperimentSpec, scenario: Scenario) -> dict[str, Any]:
    """The definition of an experiment of the scenario, as a client would have written it."""
    states = [(state_id, scenario.states[state_id]) for state_id in spec.states]
    beside = [state.continuous for _, state in states if state.continuous and state.component != "ContinuousRating"]
    return {
        "name": spec.name,
        "description": spec.description,
        "requiredParticipants": spec.participants,
        "runtime": "v2" if spec.agents else "v1",
        "randomizeStates": False,
        "states": [_state(number, state_id, state) for number, (state_id, state) in enumerate(states)],
        "roles": {f"participant_{role_letters(n)}": _role(spec, n) for n in range(spec.participants)},
        "globalComponents": {"continuousrating": _slider(beside[0])} if beside else {},
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
    role: dict[str, Any] = {"name": f"Participant {role_letters(index).upper()}", "participantCount": 1}
    if index >= spec.participants - spec.agents:
        return {**role, "mode": "agent", "personaId": spec.persona}
    return {**role, "mode": "human"}


def _slider(spec: ContinuousSpec) -> dict[str, Any]:
    return {
        "componentId": spec.component_id,
        "dimension": spec.dimension,
        "intervalMs": spec.interval_ms,
        "scaleMin": spec.scale_min,
        "scaleMax": spec.scale_max,
    }


def _state(number: int, state_id: str, state: StateSpec) -> dict[str, Any]:
    config: dict[str, Any] = {}
    if state.prompt is not None:
        config["text" if state.component == "ShowText" else "prompt"] = state.prompt
    if state.component == "ShowVideo":
        config |= {"url": state.video_url, "autoplay": state.autoplay, "controls": state.controls}
    if state.component in SCALES:
        config |= {"scaleMin": state.scale_min, "scaleMax": state.scale_max}
        config |= {"minLabel": state.label_min, "maxLabel": state.label_max}
    if state.component == "LikertScale" and state.scale_min == 1:
        config["scalePoints"] = state.scale_max
    if state.component == "ContinuousRating" and state.continuous:
        config |= _slider(state.continuous)
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


def declared_variables(definition: Mapping[str, Any], index: int) -> dict[str, Scalar]:
    """Declared variables beside the condition: constants, and of a list of values the one that is the n-th room's.

    The values of a list have one type, whichever rooms are asked for.
    """
    declared = definition.get("variables") or {}
    found: dict[str, Scalar] = {}
    for name, value in declared.items() if isinstance(declared, dict) else ():
        values = value if isinstance(value, list) else [value]
        chosen = values[index % len(values)] if values else None
        if name != "condition" and isinstance(chosen, str | int | float | bool):
            found[name] = as_type(chosen, common_type([one for one in values if isinstance(one, Scalar)]))
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
    component_id = str(focus.get("id") or state_id)
    url, options = config.get("url"), config.get("options")
    scale_min, scale_max = _scale_of(component, config)
    return state_id, StateSpec(
        component=component,
        component_id=component_id,
        name=state.get("name"),
        duration_s=_duration_s(component, state, config),
        timed=(state.get("transitionRules") or {}).get("type") == "timed",
        video_url=url if isinstance(url, str) else "https://example.com/video.mp4",
        prompt=next((config[key] for key in ("prompt", "text") if isinstance(config.get(key), str)), None),
        options=tuple(map(_option, options)) if isinstance(options, list) else (),
        autoplay=config.get("autoplay") is not False,
        controls=config.get("controls") is True,
        scale_min=scale_min,
        scale_max=scale_max,
        label_min=_label(config, "min", "Not at all"),
        label_max=_label(config, "max", "Very much"),
        continuous=_filling(config, component_id)
        if component == "ContinuousRating"
        else _beside(state, definition, shown=component == "ShowVideo"),
    )


def _option(option: Any) -> str:
    """What an option says; one may be an object that has a label."""
    if isinstance(option, dict):
        option = next((option[name] for name in ("label", "text", "value") if option.get(name) is not None), option)
    return str(option)


def _filling(config: Mapping[str, Any], component_id: str) -> ContinuousSpec:
    """The slider that fills a state."""
    return replace(_slider_spec(config), component_id=component_id)


def _beside(state: Mapping[str, Any], definition: Mapping[str, Any], *, shown: bool) -> ContinuousSpec | None:
    """The slider that stands beside what fills a state.

    Args:
        shown: Whether it does where the state does not say so.
    """
    config = (definition.get("globalComponents") or {}).get("continuousrating")
    visible = (state.get("globalComponentsVisibility") or {}).get("continuousrating", shown)
    return _slider_spec(config) if isinstance(config, dict) and visible else None


def _slider_spec(config: Mapping[str, Any]) -> ContinuousSpec:
    """A slider as it is configured, within what can be played: samples lie 100 to 500 ms apart."""
    scale_min, scale_max = _scale(config, 0, 100)
    usual = ContinuousSpec(component_id="continuousrating", scale_min=scale_min, scale_max=scale_max)
    component_id, dimension, every_ms = (config.get(name) for name in ("componentId", "dimension", "intervalMs"))
    return replace(
        usual,
        component_id=component_id if isinstance(component_id, str) and component_id else usual.component_id,
        dimension=dimension if isinstance(dimension, str) else usual.dimension,
        interval_ms=round(min(500, max(100, every_ms))) if _is_number(every_ms) else usual.interval_ms,
    )


def _scale_of(component: str, config: Mapping[str, Any]) -> tuple[int, int]:
    """The ends of the scale that a component is answered on: `scalePoints` from 1, or as for sliders."""
    points = config.get("scalePoints")
    if component == "LikertScale" and _is_number(points) and 2 <= points <= 1000:
        return 1, int(points)
    return _scale(config, *((1, 7) if component == "LikertScale" else (0, 100)))


def _scale(config: Mapping[str, Any], low: int, high: int) -> tuple[int, int]:
    """The ends of a scale, whole numbers of which the second is the larger one: `scaleMin` or `min`, and so on.

    Args:
        low, high: Where the configuration is silent.
    """
    asked = [config.get(f"scale{end}", config.get(end.lower())) for end in ("Min", "Max")]
    first, last = (
        round(value) if _is_number(value) and abs(value) <= _FURTHEST_END else usual
        for value, usual in zip(asked, (low, high), strict=True)
    )
    return first, max(last, first + 1)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _label(config: Mapping[str, Any], end: str, default: str) -> str:
    """What stands at an end of a scale: `minLabel`, or `labels.min`."""
    labels = config.get("labels")
    found = config.get(f"{end}Label", labels.get(end) if isinstance(labels, dict) else None)
    return found if isinstance(found, str) else default


def _duration_s(component: str, state: Mapping[str, Any], config: Mapping[str, Any]) -> float:
    """How long a component lasts: the transition's duration, else its own, else a minute or a few seconds."""
    rules = state.get("transitionRules") or {}
    usual_ms = 60_000 if component in _LONG else 5_000
    asked_ms = rules.get("durationMs") or config.get("durationMs") or config.get("duration") or usual_ms
    if not _is_number(asked_ms):
        asked_ms = usual_ms
    return min(_LONGEST_S, max(1.0, asked_ms / 1000))
