"""What a schema cannot see in a scenario: that names in one table stand in another, and numbers fit.

It looks at the table as it was read, right or wrong, so that mistakes here are told together with the
schema's. What is of a wrong type is the schema's to complain about, and is passed over. Where several keys do not
fit each other, any of them may be the one to mend: a mistake says how it looks from each.
"""

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from mockserver.simulation.scenario.mistakes import Mistake
from mockserver.simulation.scenario.rules import close_match
from mockserver.simulation.scenario.specs import (
    FATES,
    ContinuousSpec,
    ExperimentSpec,
    PersonaSpec,
    SparseSpec,
    StateSpec,
)
from mockserver.simulation.scenario.toml_lines import Steps

__all__ = ["mistakes_of_references"]

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
    for effect_id, effect in _tables(table, "effects").items():
        where = ("effects", effect_id, "condition")
        yield from _not_in_experiments(table, "condition", "conditions", where, effect.get("condition"))
    yield from _fates(table.get("behaviour"))
    yield from _rooms_alike(experiments)
    sample = table.get("sample")
    if isinstance(sample, dict):
        yield from _unknown(table, "experiments", ("sample", "experiment"), sample.get("experiment"))
        for name, kind in (("room", "named_rooms"), ("participant", "named_participants")):
            yield from _not_in_experiments(table, name, kind, ("sample", name), sample.get(name))


def _experiment(table: _Table, where: Steps, experiment: _Table) -> Iterator[Mistake]:
    for place, state_id in enumerate(_said_list(experiment, "states")):
        yield from _unknown(table, "states", (*where, "states", place), state_id)
    yield from _twice(where, experiment, "states", "to show it again, give it a second id in [states]")
    yield from _twice(where, experiment, "named_rooms", "expected another room's id")
    yield from _twice(where, experiment, "named_participants", "expected another participant's id")
    yield from _organisation(table, where, experiment, ExperimentSpec)
    for guest in _keys(experiment, "shared_with"):
        yield from _unknown(table, "organisations", (*where, "shared_with", guest), guest)
    yield from _agents(table, where, experiment)


def _twice(where: Steps, experiment: _Table, kind: str, advice: str) -> Iterator[Mistake]:
    """Elements of an experiment's list that stand in it before."""
    named = _said_list(experiment, kind)
    for place, name in enumerate(named):
        if name in named[:place]:
            yield Mistake((*where, kind, place), f"named twice; {advice}")


def _agents(table: _Table, where: Steps, experiment: _Table) -> Iterator[Mistake]:
    agents = _whole(experiment, "agents", ExperimentSpec)
    participants = _whole(experiment, "participants", ExperimentSpec)
    if agents is not None and participants is not None and participants > 0:
        yield from _seats(where, participants, agents, _whole(experiment, "host", ExperimentSpec))
    if "persona" in experiment or agents:
        yield from _unknown(table, "personas", (*where, "persona"), *_said(experiment, "persona", ExperimentSpec))


def _seats(where: Steps, participants: int, agents: int, host: int | None) -> Iterator[Mistake]:
    """Somebody has to be the host, and no agent can be."""
    people = participants - agents
    if people <= 0:
        since = "since somebody has to be the host"
        more = Mistake((*where, "participants"), f"expected more than the agents, who are {agents}, {since}")
        fewer = f"expected fewer than the {participants} participants, {since}"
        yield Mistake((*where, "agents"), fewer, or_else=(more,))
    elif host is not None and people <= host:
        text = f"expected the host's seat, which is {host}, to be a person's: 0 to {people - 1}"
        others = tuple(Mistake((*where, key), text) for key in ("participants", "agents"))
        seat = f"expected the host's seat to be a person's: 0 to {people - 1}"
        yield Mistake((*where, "host"), seat, or_else=others)


def _organisation(table: _Table, where: Steps, owned: _Table, spec: type) -> Iterator[Mistake]:
    named = _said(owned, "organisation", spec)
    yield from _unknown(table, "organisations", (*where, "organisation"), *named)


def _state(where: Steps, state: _Table) -> Iterator[Mistake]:
    yield from _scale(where, state, StateSpec)
    continuous, sparse = state.get("continuous"), state.get("sparse")
    if isinstance(continuous, dict):
        yield from _scale((*where, "continuous"), continuous, ContinuousSpec)
    if isinstance(sparse, dict):
        if isinstance(state.get("component"), str) and state["component"] != "ShowVideo":
            text = "expected 'ShowVideo', since the state has a sparse rating, which pauses a video"
            pauses = f"expected no sparse rating, which pauses a video, in a state that shows {state['component']}"
            yield Mistake((*where, "component"), text, or_else=(Mistake((*where, "sparse"), pauses),))
        yield from _scale((*where, "sparse"), sparse, SparseSpec)
        yield from _times(where, state, sparse)


def _keys_alike(table: _Table) -> Iterator[Mistake]:
    """Two keys of one value: whoever sends it could be either."""
    seen: dict[Any, str] = {}
    for key_id, key in _tables(table, "keys").items():
        value = key.get("value")
        if isinstance(value, str) and seen.setdefault(value, key_id) != key_id:
            here, there = (
                Mistake(("keys", one, "value"), f"expected another value than that of the key {other!r}")
                for one, other in ((key_id, seen[value]), (seen[value], key_id))
            )
            yield replace(here, or_else=(there,))


def _rooms_alike(experiments: Mapping[str, _Table]) -> Iterator[Mistake]:
    """Two experiments that name one room: an id stands for one room of the world."""
    seen: dict[str, tuple[str, int]] = {}
    for experiment_id, experiment in experiments.items():
        for place, name in enumerate(_said_list(experiment, "named_rooms")):
            other_id, other_place = seen.setdefault(str(name), (experiment_id, place))
            if other_id != experiment_id:
                here, there = (
                    Mistake(("experiments", one, "named_rooms", at), f"expected another id; {other} names it, too")
                    for one, at, other in ((experiment_id, place, other_id), (other_id, other_place, experiment_id))
                )
                yield replace(here, or_else=(there,))


def _fates(behaviour: Any) -> Iterator[Mistake]:
    """A participant's story has one end, so the shares of its ends cannot add up to more than all."""
    if not isinstance(behaviour, dict):
        return
    shares = {name: behaviour[name] for name in FATES if _is_number(behaviour.get(name)) and behaviour[name]}
    total = sum(shares.values())
    if total > 1:
        text = f"expected shares of {', '.join(FATES)} that add up to 1 or less; they add up to {total:g}"
        last, *others = (Mistake(("behaviour", name), text) for name in reversed(shares))
        yield replace(last, or_else=tuple(others))


def _scale(where: Steps, holder: _Table, spec: type) -> Iterator[Mistake]:
    low, high = _whole(holder, "scale_min", spec), _whole(holder, "scale_max", spec)
    if low is not None and high is not None and low >= high:
        above = Mistake((*where, "scale_max"), f"expected a number above scale_min, which is {low}")
        below = f"expected a number below scale_max, which is {high}"
        yield Mistake((*where, "scale_min"), below, or_else=(above,))


def _times(where: Steps, state: _Table, sparse: _Table) -> Iterator[Mistake]:
    at_s, duration_s = sparse.get("at_s"), state.get("duration_s", _default(StateSpec, "duration_s"))
    if not isinstance(at_s, list) or not all(map(_is_number, [*at_s, duration_s])):
        return
    rising = at_s == sorted(set(at_s))
    if rising and (not at_s or at_s[-1] < duration_s):
        return
    text = f"expected rising seconds below the video's duration_s, which is {duration_s:g}"
    longer = Mistake((*where, "duration_s"), f"expected more than the last of sparse.at_s, which is {at_s[-1]:g}")
    yield Mistake((*where, "sparse", "at_s"), text, or_else=(longer,) if rising else ())


def _not_in_experiments(table: _Table, what: str, kind: str, where: Steps, name: Any) -> Iterator[Mistake]:
    """A mistake if no experiment has the name in its list of that kind."""
    experiments = _tables(table, "experiments")
    lists = [_said(experiment, kind, ExperimentSpec)[0] for experiment in experiments.values()]
    known = [one for held in lists if isinstance(held, list | tuple) for one in held if isinstance(one, str)]
    text = f"expected {name!r} among them, since {'.'.join(map(str, where))} names it"
    others = tuple(Mistake(("experiments", experiment_id, kind), text) for experiment_id in experiments)
    yield from (replace(mistake, or_else=others) for mistake in _not_among(what, known, where, name))


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


def _said_list(experiment: _Table, kind: str) -> list[Any]:
    """The list under the key; nothing where there is none."""
    held = experiment.get(kind)
    return held if isinstance(held, list) else []


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
