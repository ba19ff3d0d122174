"""Invariant 3: a component record has its `component.start` event, and when completed its
`component.complete` with the same response and `responseTime`, so long after the start; and no such event is
without its record.

A component is told apart by participant, state, component id and the instant at which it was shown. Of a
component that is shown several times, a completion belongs to the showing before it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from mockserver.check.observed_room import Event, ObservedRoom
from mockserver.check.rule import Counterexample, Counterexamples

__all__ = ["components_match_their_events"]

_Key = tuple[str, Any, Any]


class _Shown(NamedTuple):
    """One component record."""

    place: int
    at_ms: int
    record: Mapping[str, Any]


def components_match_their_events(observed: ObservedRoom) -> Counterexamples:
    """Component records against events, and events against component records."""
    shown = _by_key(observed)
    starts = _events_by_key(observed, "component.start")
    completions = _events_by_key(observed, "component.complete")
    for key in {**shown, **starts, **completions}:
        yield from _starts(observed, shown.get(key, ()), starts.get(key, ()))
        yield from _completions(observed, shown.get(key, ()), starts.get(key, ()), completions.get(key, ()))


def _by_key(observed: ObservedRoom) -> Mapping[_Key, Sequence[_Shown]]:
    table, found = observed.table("components"), dict[_Key, list[_Shown]]()
    for place, (at_ms, record) in enumerate(zip(table.at_ms.tolist(), table.records, strict=True)):
        key = (table.who[place], record["stateId"], record["componentId"])
        found.setdefault(key, []).append(_Shown(place, at_ms, record))
    return found


def _events_by_key(observed: ObservedRoom, type_: str) -> Mapping[_Key, Sequence[Event]]:
    found: dict[_Key, list[Event]] = {}
    for event in observed.events_of(type_):
        key = (event.who, event.record["stateId"], event.record["componentId"])
        found.setdefault(key, []).append(event)
    return found


def _starts(observed: ObservedRoom, shown: Sequence[_Shown], starts: Sequence[Event]) -> Counterexamples:
    by_time = {start.at_ms: start for start in starts}
    for one in shown:
        start = by_time.get(one.at_ms)
        if start is None:
            yield _about(observed, one, "has no component.start event at its timestamp")
        elif start.record["componentType"] != one.record["componentType"]:
            yield _about(observed, one, f"is a {start.record['componentType']!r} in its component.start event")
    times = {one.at_ms for one in shown}
    for start in starts:
        if start.at_ms not in times and _is_due(observed, start):
            yield Counterexample(f"{observed.tell_event(start)} has no component record", observed.url_of(start))
    if len(times) < len(shown):
        yield _about(observed, shown[0], "or one like it is there twice at one instant")
    if len(by_time) < len(starts):
        said = f"{observed.tell_event(starts[0])} or one like it is there twice at one instant"
        yield Counterexample(said, observed.url_of(starts[0]))


def _completions(
    observed: ObservedRoom, shown: Sequence[_Shown], starts: Sequence[Event], completions: Sequence[Event]
) -> Counterexamples:
    ended: dict[int | None, list[Event]] = {}
    for event in completions:
        before = [start.at_ms for start in starts if start.at_ms <= event.at_ms]
        ended.setdefault(before[-1] if before else None, []).append(event)
    for one in shown:
        own = ended.pop(one.at_ms, [])
        if one.record["completed"]:
            yield from _completed(observed, one, own)
        elif own:
            yield _about(observed, one, "is not completed, but has a component.complete event")
        elif one.record["response"] is not None or one.record["responseTime"] is not None:
            yield _about(observed, one, "is not completed, but has a response")
    for rest in ended.values():
        if _is_due(observed, rest[0]):
            yield Counterexample(f"{observed.tell_event(rest[0])} has no component record", observed.url_of(rest[0]))


def _completed(observed: ObservedRoom, one: _Shown, ended: Sequence[Event]) -> Counterexamples:
    response, response_time_ms = one.record["response"], one.record["responseTime"]
    if len(ended) != 1:
        if ended or observed.is_over:
            yield _about(observed, one, f"is completed, but has {len(ended)} component.complete events")
    elif ended[0].record["response"] != response:
        yield _about(
            observed, one, f"has the response {response!r}, its completion event {ended[0].record['response']!r}"
        )
    elif response_time_ms is not None and ended[0].at_ms - one.at_ms != response_time_ms:
        lasted_ms = ended[0].at_ms - one.at_ms
        yield _about(observed, one, f"has responseTime {response_time_ms!r}, but was completed after {lasted_ms} ms")
    if response_time_ms != (None if response is None else response["responseTime"]):
        yield _about(observed, one, f"has responseTime {response_time_ms!r} beside the response {response!r}")


def _is_due(observed: ObservedRoom, event: Event) -> bool:
    """Does the component of an event have to be there?

    A component comes when it is completed or left, and not before those that were shown earlier. While
    something goes on in the experiment the last ones of a room may be missing, then, but none in between.
    """
    at_ms = observed.table("components").at_ms
    return observed.is_settled or (len(at_ms) > 0 and event.at_ms < at_ms[-1])


def _about(observed: ObservedRoom, one: _Shown, what: str) -> Counterexample:
    return Counterexample(
        f"{observed.tell('components', one.place)} {what}", observed.table("components").url(one.place)
    )
