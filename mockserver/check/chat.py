"""Invariant 6: a chat message has its `communication.message` event at the same instant; recipients are
the others then present.

What the API shows of the second half: a recipient must be another participant of the room, named once, and
present (`presence.py`). Who was present and is not named must have been disconnected at that instant, which
has no record of its own; it is disproved where the participant left traces of being connected so shortly
before and after that no connection can have been lost and found again between them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mockserver.check.instants import Ints
from mockserver.check.rule import Counterexample, Counterexamples
from mockserver.check.study import Event, Study

__all__ = ["messages_have_their_events", "surely_connected"]

# It takes about this long until a lost connection is noticed and made again (inferred).
_SHORTEST_DISCONNECTION_MS = 2000


def messages_have_their_events(study: Study) -> Counterexamples:
    """Messages against events, events against messages, and the recipients."""
    table = study.table("chat")
    events: dict[tuple[str, int], list[Event]] = {}
    for event in study.events_of("communication.message"):
        events.setdefault((event.who, event.at_ms), []).append(event)
    connected = _connected(study)
    for place, message in enumerate(table.records):
        at_ms = int(table.at_ms[place])
        told = events.get((table.who[place], at_ms), [])
        own = next((event for event in told if event.record["content"] == message["content"]), None)
        if own is None:
            other = f"; there is one with {told[0].record['content']!r}" if told else ""
            yield _about(study, place, f"has no communication.message event with its content{other}")
        else:
            told.remove(own)
        yield from _recipients(study, place, message, connected)
    for rest in events.values():
        for event in rest:
            yield Counterexample(f"{study.tell_event(event)} has no chat message", study.url_of(event))


def _recipients(study: Study, place: int, message: Mapping[str, Any], connected: Mapping[str, Ints]) -> Counterexamples:
    at_ms, recipients = int(study.table("chat").at_ms[place]), message["recipientIds"]
    if len(set(recipients)) < len(recipients) or message["senderId"] in recipients:
        yield _about(study, place, f"names a recipient twice, or its sender: {recipients}")
    for who in recipients:
        if not _present(study, who, at_ms):
            yield _about(study, place, f"names {who} as recipient, who was not present")
    for who in study.presence:
        left_out = who not in recipients and who != message["senderId"]
        if left_out and _present(study, who, at_ms) and surely_connected(connected[who], at_ms):
            yield _about(study, place, f"does not name {who} as recipient, who was present")


def _present(study: Study, who: str, at_ms: int) -> bool:
    first_ms, last_ms = study.presence.get(who, (1.0, 0.0))
    return first_ms <= at_ms and (at_ms <= last_ms or not study.is_over)


def _connected(study: Study) -> dict[str, Ints]:
    """Participant to the instants at which they did or received something, in order."""
    received: dict[str, list[int]] = {}
    table = study.table("chat")
    for at_ms, message in zip(table.at_ms.tolist(), table.records, strict=True):
        for who in message["recipientIds"]:
            received.setdefault(who, []).append(at_ms)
    found = {}
    for who in study.presence:
        own = study.traces(who, "events", "sync", "ratings/continuous")
        found[who] = np.sort(np.concatenate([own, np.array(received.get(who, ()), dtype=np.int64)]))
    return found


def surely_connected(traces: Ints, at_ms: int) -> bool:
    """Is an instant so close between two of the participant's traces (or at one) that no gap fits in?"""
    after = int(np.searchsorted(traces, at_ms))
    if after < len(traces) and traces[after] == at_ms:
        return True
    around: Sequence[int] = traces[max(0, after - 1) : after + 1].tolist()
    return len(around) == 2 and after > 0 and around[1] - around[0] < _SHORTEST_DISCONNECTION_MS


def _about(study: Study, place: int, what: str) -> Counterexample:
    return Counterexample(f"{study.tell('chat', place)} {what}", study.table("chat").url(place))
