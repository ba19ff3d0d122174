"""Invariant 10: a completion code agrees with the story: NOCONSENT has no component, ABANDONED stops early,
TIMEOUT waits, IN_PROGRESS only while running.

The codes are the participants endpoint's. A story is finished when the participant entered as many states as
anybody in the room did and completed a component in the last of them; where a whole room was stopped, its
experiment's definition, if it is served, tells that there was more to come. What the invariant leaves open is taken
as follows (inferred): TECHNICAL stops early like ABANDONED; SUCCESS and COMPLETED_NO_CODE have finished and
so have a `completedAt`, which others may be without. Who left has the code of what happened: NOCONSENT who declined,
ABANDONED who failed the comprehension check, TIMEOUT who did neither and saw no state.

That somebody waited shows in the room's start, which comes more than a minute after the last event of who timed out.
When they gave up shows only where the participant has a `completedAt`; then that is a minute after it as well.

While the world's clock runs, codes are newer than the events that were read before them, so the participants
of a room that is not over are passed over then.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from mockserver.check.discovery import EXPERIMENTS_PATH
from mockserver.check.errors import CheckError
from mockserver.check.instants import ms_from_iso
from mockserver.check.observed_room import ObservedRoom
from mockserver.check.reader import data_path
from mockserver.check.rule import Counterexample, Counterexamples, Rule

__all__ = ["CodesTellTheStory"]

_SHORTEST_WAIT_MS = 60_000
_WITH_END = ("SUCCESS", "COMPLETED_NO_CODE")


class _Story(NamedTuple):
    """What the room's records tell of one participant. Times in ms since the epoch.

    Attributes:
        began: Was shown a component, or entered a state. states: how many.
        declined: Consent. failed: the comprehension check.
    """

    last_event_ms: int | None
    began: bool
    states: int
    declined: bool
    failed: bool
    finished: bool
    room_over: bool
    room_started_ms: int
    left_ms: int | None


def _no_consent(story: _Story) -> str | None:
    if story.began:
        return "was shown components without consent"
    return None if story.declined else "has no consent.declined event"


def _stops_early(story: _Story) -> str | None:
    return "went through to the end" if story.finished else None


def _leaves(story: _Story) -> str | None:
    if story.failed and story.began:
        return "was shown components after a failed comprehension check"
    if not story.failed and not story.began:
        return "saw no state, without a failed comprehension check: so waited for one, and timed out"
    return _stops_early(story)


def _waits(story: _Story) -> str | None:
    if story.began:
        return "was shown components, so did not time out waiting"
    if story.last_event_ms is None:
        return None
    waited_ms = story.room_started_ms - story.last_event_ms
    if waited_ms <= _SHORTEST_WAIT_MS:
        return f"waited in vain, though the room started {waited_ms} ms after the last event"
    waited_ms = waited_ms if story.left_ms is None else story.left_ms - story.last_event_ms
    return None if waited_ms >= _SHORTEST_WAIT_MS else f"left only {waited_ms} ms after the last event"


def _running(story: _Story) -> str | None:
    return "is in a room that is over" if story.room_over else None


def _finished(story: _Story) -> str | None:
    return None if story.finished else "did not get to the end"


def _says_another_code(code: str, story: _Story) -> str | None:
    """Who declined or failed has that code, as soon as they have left."""
    if story.declined and code not in ("NOCONSENT", "IN_PROGRESS"):
        return "has a consent.declined event"
    if story.failed and code not in ("ABANDONED", "IN_PROGRESS"):
        return "has failed the comprehension check"
    return None


# Code to what contradicts it, in words; None where nothing does.
_CONTRADICTIONS: Mapping[str, Callable[[_Story], str | None]] = {
    "NOCONSENT": _no_consent,
    "ABANDONED": _leaves,
    "TECHNICAL": _stops_early,
    "TIMEOUT": _waits,
    "IN_PROGRESS": _running,
    "SUCCESS": _finished,
    "COMPLETED_NO_CODE": _finished,
}


class CodesTellTheStory(Rule):
    """Every participant of every room, where the participants endpoint is served."""

    unit = "participants"

    def room(self, observed: ObservedRoom) -> Counterexamples:
        """The participants of one room."""
        if observed.room.people is None:
            self.skipped = "not checked: the participants endpoint is not served"
            return
        if observed.reader.moving and not observed.is_over:
            return
        for place, person in enumerate(observed.room.people):
            self.looked_at += 1
            code = person["completionCode"]
            contradiction, story = _CONTRADICTIONS.get(code), _story(observed, person)
            said = contradiction(story) if contradiction else "is no completion code"
            if (
                said
                and contradiction in (_stops_early, _leaves)
                and story.finished
                and _has_more_to_come(observed, story)
            ):
                said = None
            for what in (said, _says_another_code(code, story), _times(observed, person)):
                if what is not None:
                    yield Counterexample(
                        f"participant {person['participantId']} of room {observed.room.id}, {code}: {what}",
                        observed.reader.url(
                            data_path("participants", "room", observed.room.id), {"limit": 1, "offset": place}
                        ),
                    )


def _story(observed: ObservedRoom, person: Mapping[str, Any]) -> _Story:
    who = person["participantId"]
    entered = [event for event in observed.events_of("state.enter") if event.who == who]
    everybody = [event.who for event in observed.events_of("state.enter")]
    most = max((everybody.count(one) for one in set(everybody)), default=0)
    shown = [event for event in observed.events_of("component.start") if event.who == who]
    checks = [event for event in observed.events_of("instructions.comprehension_check") if event.who == who]
    return _Story(
        last_event_ms=int(observed.presence[who][1]) if who in observed.presence else None,
        began=bool(entered or shown or len(observed.table("components").of(who))),
        states=len(entered),
        declined=any(event.who == who for event in observed.events_of("consent.declined")),
        failed=bool(checks) and (checks[-1].record["response"] or {}).get("value") == "incorrect",
        finished=0 < most == len(entered) and _completed_since(observed, who, entered[-1].at_ms),
        room_over=observed.is_over,
        room_started_ms=observed.started_ms,
        left_ms=_ms(person["completedAt"]),
    )


def _completed_since(observed: ObservedRoom, who: str, at_ms: int) -> bool:
    """Has the participant completed a component that was shown since then, by its event or by its record?"""
    table = observed.table("components")
    recorded = any(
        table.at_ms[place] >= at_ms and table.records[place]["completed"] for place in table.of(who).tolist()
    )
    return recorded or any(e.who == who and e.at_ms >= at_ms for e in observed.events_of("component.complete"))


def _has_more_to_come(observed: ObservedRoom, story: _Story) -> bool:
    """Where a whole room stopped early, only the experiment's definition tells that there are more states."""
    path = f"{EXPERIMENTS_PATH}/{quote(observed.experiment_id, safe='')}/config"
    try:
        definition = observed.reader.optional(path)
    except CheckError:
        return False  # The key may read data only.
    states = definition.data[0].get("states") if definition and definition.data else None
    return isinstance(states, list) and story.states < len(states)


def _times(observed: ObservedRoom, person: Mapping[str, Any]) -> str | None:
    """Joining and leaving against each other, the code, and the time in the world."""
    joined_ms, left_ms = _ms(person["joinedAt"]), _ms(person["completedAt"])
    if left_ms is None:
        return "has no completedAt" if person["completionCode"] in _WITH_END else None
    if person["completionCode"] == "IN_PROGRESS":
        return f"has completedAt {person['completedAt']!r}"
    if joined_ms is None or left_ms < joined_ms:
        return f"completed at {person['completedAt']!r}, before joining at {person['joinedAt']!r}"
    if left_ms > observed.reader.now_ms:
        return f"completed at {person['completedAt']!r}, which is yet to come"
    return None


def _ms(text: str | None) -> int | None:
    return None if text is None else int(ms_from_iso([text])[0])
