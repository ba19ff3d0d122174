"""Invariant 6: a chat message has its `communication.message` event at the same instant; recipients are
the others then present.

What the API shows of the second half: a recipient must be another participant of the room, named once, and
present (`presence.py`). Everybody else whose TextChat is open has to be named, but for whom a lost connection
excuses, and in a text chat nothing records that. So what they are left out of has to look like one: messages in a
row, within 20 seconds (inferred: `absence.py`), with nothing between of them, neither a record of theirs nor a
message that names them, and with 2 seconds free for it between what they did or received before and after.

That somebody was disconnected and is named all the same cannot be seen, since then no record tells that they were.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from mockserver.check.absence import LONGEST_MS, SHORTEST_MS
from mockserver.check.instants import Flags, Ints
from mockserver.check.observed_room import Event, ObservedRoom, Window
from mockserver.check.rule import Counterexample, Counterexamples

__all__ = ["excused", "messages_have_their_events"]


def messages_have_their_events(observed: ObservedRoom) -> Counterexamples:
    """Messages against events, events against messages, and the recipients."""
    table = observed.table("chat")
    events: dict[tuple[str, int], list[Event]] = {}
    for event in observed.events_of("communication.message"):
        events.setdefault((event.who, event.at_ms), []).append(event)
    for place, message in enumerate(table.records):
        at_ms = int(table.at_ms[place])
        told = events.get((table.who[place], at_ms), [])
        own = next((event for event in told if event.record["content"] == message["content"]), None)
        if own is None:
            other = f"; there is one with {told[0].record['content']!r}" if told else ""
            yield _about(observed, place, f"has no communication.message event with its content{other}")
        else:
            told.remove(own)
        yield from _recipients(observed, place, message)
    for (who, _), chats in observed.windows("TextChat").items():
        for chat in chats if who not in observed.declined else ():
            yield from _left_out(observed, who, chat)
    for rest in events.values():
        for event in rest:
            yield Counterexample(f"{observed.tell_event(event)} has no chat message", observed.url_of(event))


def _recipients(observed: ObservedRoom, place: int, message: Mapping[str, Any]) -> Counterexamples:
    at_ms, recipients = int(observed.table("chat").at_ms[place]), message["recipientIds"]
    if len(set(recipients)) < len(recipients) or message["senderId"] in recipients:
        yield _about(observed, place, f"names a recipient twice, or its sender: {recipients}")
    for who in recipients:
        if not _present(observed, who, at_ms):
            yield _about(observed, place, f"names {who} as recipient, who was not present")


def _present(observed: ObservedRoom, who: str, at_ms: int) -> bool:
    first_ms, last_ms = observed.presence.get(who, (1.0, 0.0))
    return first_ms <= at_ms and (at_ms <= last_ms or not observed.is_over)


def _left_out(observed: ObservedRoom, who: str, chat: Window) -> Counterexamples:
    """The messages that do not name somebody who is in the chat as a recipient."""
    table = observed.table("chat")
    during = np.flatnonzero((table.at_ms >= chat.start_ms) & (table.at_ms <= chat.end_ms))
    others = [place for place in during.tolist() if table.who[place] != who]
    named = np.array([who in table.records[place]["recipientIds"] for place in others], dtype=np.bool_)
    at_ms = table.at_ms[np.array(others, dtype=np.int64)]
    own = observed.traces(who, "events", "chat", "ratings/continuous")
    said = excused(at_ms, named, own[(own >= chat.start_ms) & (own <= chat.end_ms)], chat)
    if said is not None:
        first = others[int(np.flatnonzero(~named)[0])]
        yield _about(observed, first, f"does not name {who} as recipient, who was in the chat: {said}")


def excused(at_ms: Ints, named: Flags, traces: Ints, chat: Window) -> str | None:
    """Why no lost connection explains that somebody is not named as recipient; None where one does.

    Args:
        at_ms, named: Others' messages in the chat, in order, and whether each names the participant.
        traces: When the participant did something in the chat, in order.
    """
    missed = at_ms[~named]
    if not len(missed):
        return None
    first_ms, last_ms = int(missed[0]), int(missed[-1])
    there = np.concatenate([traces, at_ms[named]])
    if ((there >= first_ms) & (there <= last_ms)).any():
        return "there is something of theirs between the messages that do not name them"
    if last_ms - first_ms >= LONGEST_MS:
        return f"for {last_ms - first_ms} ms no message names them, longer than a connection is lost"
    before_ms = max(there[there < first_ms].tolist(), default=chat.start_ms)
    after_ms = min(there[there > last_ms].tolist(), default=chat.end_ms)
    if after_ms - before_ms < SHORTEST_MS:
        return f"they were there {after_ms - before_ms:.0f} ms before and after, too short for a lost connection"
    return None


def _about(observed: ObservedRoom, place: int, what: str) -> Counterexample:
    return Counterexample(f"{observed.tell('chat', place)} {what}", observed.table("chat").url(place))
