"""Invariant 9: `state.enter` and `state.exit` pair up and follow the experiment's states in order.

The experiment's order is its definition's, where the room was certainly run by that (`discovery.py`): nobody skips a
state or goes back, though people may stop early. A definition may have been edited since, or may not be for the
key to read. So the participants of the experiment, in whatever room, have to agree among themselves as well: the
longest sequence of states that anybody went through is what all others begin as.
"""

from collections.abc import Sequence

from mockserver.check.observed_room import Event, ObservedRoom
from mockserver.check.rule import Counterexample, Counterexamples, Rule

__all__ = ["StatesInOrder"]


class StatesInOrder(Rule):
    """Pairs within a room, order across the rooms of an experiment."""

    def __init__(self) -> None:
        super().__init__()
        self._orders: dict[str, tuple[list[str], str]] = {}

    def room(self, observed: ObservedRoom) -> Counterexamples:
        """Every participant's way through the states."""
        moves = observed.events_of("state.enter", "state.exit")
        self.looked_at += len(moves)
        for who in dict.fromkeys(move.who for move in moves):
            own = [move for move in moves if move.who == who]
            yield from _pairs(observed, own)
            yield from _as_defined(observed, [move for move in own if move.type == "state.enter"])
            yield from self._order(observed, [move for move in own if move.type == "state.enter"])

    def _order(self, observed: ObservedRoom, entered: Sequence[Event]) -> Counterexamples:
        states = [event.record["stateId"] for event in entered]
        order, shown_by = self._orders.setdefault(observed.experiment_id, (states, ""))
        for number, event in enumerate(entered):
            if number < len(order) and states[number] != order[number]:
                after = f"{states[number - 1]!r}" if number else "nothing"
                yield Counterexample(
                    f"{observed.tell_event(event)} enters {states[number]!r} after {after}; {shown_by} went to "
                    f"{order[number]!r} there",
                    observed.url_of(event),
                )
        if len(states) >= len(order) and entered:
            shown_by = f"{entered[0].who} of room {observed.room.id}"
            self._orders[observed.experiment_id] = (states, shown_by)


def _pairs(observed: ObservedRoom, moves: Sequence[Event]) -> Counterexamples:
    """In and out in turn, of the same state, never back in time."""
    inside: Event | None = None
    for move in moves:
        if move.type == "state.enter":
            if inside is not None:
                yield _about(observed, move, f"comes before the exit from {inside.record['stateId']!r}")
            inside = move
        elif inside is None or inside.record["stateId"] != move.record["stateId"]:
            yield _about(observed, move, "has no state.enter event of its state before it")
        else:
            inside = None
    if inside is not None and observed.is_over:
        yield _about(observed, inside, "has no state.exit event, though the room is over")


def _as_defined(observed: ObservedRoom, entered: Sequence[Event]) -> Counterexamples:
    """The states that the definition has, from the first on."""
    defined = observed.room.states
    if defined is None:
        return
    for number, event in enumerate(entered):
        expected = repr(defined[number]) if number < len(defined) else "no further state"
        if repr(event.record["stateId"]) != expected:
            where = f"as number {number + 1}, where the experiment's definition has {expected}"
            yield _about(observed, event, f"enters {event.record['stateId']!r} {where}")


def _about(observed: ObservedRoom, event: Event, what: str) -> Counterexample:
    return Counterexample(f"{observed.tell_event(event)} {what}", observed.url_of(event))
