"""What a schema cannot see in a scenario: that names in one table stand in another, and numbers fit.

It looks at the table as it was read, right or wrong, so that mistakes here are told together with the
schema's. What is of a wrong type is the schema's to complain about, and is passed over.
"""

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeVar

from mockserver.simulation.scenario import (
    FATES,
    ContinuousSpec,
    ExperimentSpec,
    PersonaSpec,
    SparseSpec,
    StateSpec,
)
from mockserver.simulation.scenario_mistakes import Mistake
from mockserver.simulation.scenario_rules import close_match
from mockserver.simulation.toml_lines import Steps

__all__ = ["mistakes_of_references"]

T = TypeVar("T")
_Table = Mapping[str, Any]


def mistakes_of_references(table: _Table) -> Iterator[Mistake]:
    """Every state, organisation, persona, condition, scale and time in the table that does not fit."""
    experiments = _tables(table, "experiments")
    for experiment_id, experiment in experiments.items():
        yield from _experiment(table, ("experiments", experiment_id), experiment)
    yield from _keys_alike(table)
    for key_id, key in _tables(table, "keys").items():
        yield from _unknown(table, "organisations", ("keys", key_id, "organisation"), key.get("organisation"))
    for persona_id, persona in _tables(table, "personas").items():
        yield from _organisation(table, ("personas", persona_id), persona, PersonaSpec)
    for state_id, state in _tables(table, "states").items():
        yield from _state(("states", state_id), state)
    conditions = [name for one in experiments.values() for name in _conditions(one)]
    for effect_id, effect in _tables(table, "effects").items():
        where = ("effects", effect_id, "condition")
        yield from _not_among("condition", conditions, where, effect.get("condition"))
    yield from _fates(table.get("behaviour"))
    sample = table.get("sample")
    if isinstance(sample, dict):
        yield from _unknown(table, "experiments", ("sample", "experiment"), sample.get("experiment"))
        for name, kind in (("room", "named_rooms"), ("participant", "named_participants")):
            lists = [experiment.get(kind) for experiment in experiments.values()]
            named = [one for found in lists if isinstance(found, list) for one in found]
            yield from _not_among(name, named, ("sample", name), sample.get(name))


def _experiment(table: _Table, where: Steps, experiment: _Table) -> Iterator[Mistake]:
    states = experiment.get("states")
    for place, state_id in enumerate(states if isinstance(states, list) else ()):
        yield from _unknown(table, "states", (*where, "states", place), state_id)
        if isinstance(states, list) and state_id in states[:place]:
            yield Mistake((*where, "states", place), "named twice; to show it again, give it a second id in [states]")
    yield from _organisation(table, where, experiment, ExperimentSpec)
    for guest in _keys(experiment, "shared_with"):
        yield from _unknown(table, "organisations", (*where, "shared_with", guest), guest)
    yield from _agents(table, where, experiment)


def _agents(table: _Table, where: Steps, experiment: _Table) -> Iterator[Mistake]:
    agents = _whole(experiment, "agents", ExperimentSpec)
    participants = _whole(experiment, "participants", ExperimentSpec)
    if agents is not None and participants is not None and agents >= participants > 0:
        yield Mistake(
            (*where, "agents"),
            f"expected fewer than the {participants} participants, since somebody has to be the host",
        )
    host = _whole(experiment, "host", ExperimentSpec)
    if agents is not None and participants is not None and host is not None and 0 < participants - agents <= host:
        key = "host" if "host" in experiment else "participants"
        yield Mistake((*where, key), f"expected the host's seat to be a person's: 0 to {participants - agents - 1}")
    if "persona" in experiment or agents:
        yield from _unknown(table, "personas", (*where, "persona"), *_said(experiment, "persona", ExperimentSpec))


def _organisation(table: _Table, where: Steps, owned: _Table, spec: type) -> Iterator[Mistake]:
    named = _said(owned, "organisation", spec)
    yield from _unknown(table, "organisations", (*where, "organisation"), *named)


def _conditions(experiment: _Table) -> list[Any]:
    conditions = experiment.get("conditions", _default(ExperimentSpec, "conditions"))
    return list(conditions) if isinstance(conditions, list | tuple) else []


def _state(where: Steps, state: _Table) -> Iterator[Mistake]:
    yield from _scale(where, state, StateSpec)
    continuous, sparse = state.get("continuous"), state.get("sparse")
    if isinstance(continuous, dict):
        yield from _scale((*where, "continuous"), continuous, ContinuousSpec)
    if isinstance(sparse, dict):
        if isinstance(state.get("component"), str) and state["component"] != "ShowVideo":
            text = "expected 'ShowVideo', since the state has a sparse rating, which pauses a video"
            yield Mistake((*where, "component"), text)
        yield from _scale((*where, "sparse"), sparse, SparseSpec)
        yield from _times((*where, "sparse", "at_s"), state, sparse)


def _keys_alike(table: _Table) -> Iterator[Mistake]:
    """Two keys of one value: whoever sends it could be either."""
    seen: dict[Any, str] = {}
    for key_id, key in _tables(table, "keys").items():
        value = key.get("value")
        if isinstance(value, str) and seen.setdefault(value, key_id) != key_id:
            yield Mistake(("keys", key_id, "value"), f"expected another value than that of the key {seen[value]!r}")


def _fates(behaviour: Any) -> Iterator[Mistake]:
    """A participant's story has one end, so the shares of its ends cannot add up to more than all."""
    if not isinstance(behaviour, dict):
        return
    shares = {name: behaviour[name] for name in FATES if _is_number(behaviour.get(name))}
    total = sum(shares.values())
    if total > 1:
        text = f"expected shares of {', '.join(FATES)} that add up to 1 or less; they add up to {total:g}"
        yield Mistake(("behaviour", list(shares)[-1]), text)


def _scale(where: Steps, holder: _Table, spec: type) -> Iterator[Mistake]:
    low, high = _whole(holder, "scale_min", spec), _whole(holder, "scale_max", spec)
    if low is not None and high is not None and low >= high:
        key, text = ("scale_min", f"below scale_max, which is {high}")
        if "scale_min" not in holder:
            key, text = ("scale_max", f"above scale_min, which is {low}")
        yield Mistake((*where, key), f"expected a number {text}")


def _times(where: Steps, state: _Table, sparse: _Table) -> Iterator[Mistake]:
    at_s, duration_s = sparse.get("at_s"), state.get("duration_s", _default(StateSpec, "duration_s"))
    if not isinstance(at_s, list) or not all(map(_is_number, [*at_s, duration_s])):
        return
    if at_s != sorted(set(at_s)) or (at_s and at_s[-1] >= duration_s):
        text = f"expected rising seconds below the video's duration_s, which is {duration_s:g}"
        yield Mistake(where, text)


def _unknown(table: _Table, kind: str, where: Steps, name: Any, is_default: bool = False) -> Iterator[Mistake]:
    """A mistake if the name stands for nothing in the table of its kind."""
    if isinstance(table.get(kind, {}), dict):
        yield from _not_among(kind.removesuffix("s"), _keys(table, kind), where, name, is_default)


def _not_among(
    what: str, known: Collection[Any], where: Steps, name: Any, is_default: bool = False
) -> Iterator[Mistake]:
    if isinstance(name, str) and name not in known:
        names = [str(one) for one in dict.fromkeys(known)]
        meant = close_match(name, names) or ";"
        wrong = f"missing, and the default {name!r} is no" if is_default else "no such"
        yield Mistake(where, f"{wrong} {what}{meant} known are {', '.join(names) or 'none'}")


def _tables(table: _Table, kind: str) -> dict[str, _Table]:
    return {name: table[kind][name] for name in _keys(table, kind) if isinstance(table[kind][name], dict)}


def _keys(table: _Table, kind: str) -> list[str]:
    held = table.get(kind)
    return list(held) if isinstance(held, dict) else []


def _whole(holder: _Table, key: str, spec: type) -> int | None:
    """The number under the key, or its default; None where it is no whole number."""
    value = holder.get(key, _default(spec, key))
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _said(holder: _Table, key: str, spec: type) -> tuple[Any, bool]:
    """The value under the key, or its default; and whether it is the default."""
    return holder.get(key, _default(spec, key)), key not in holder


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _default(spec: type, name: str) -> Any:
    return next(field.default for field in dataclasses.fields(spec) if field.name == name)
