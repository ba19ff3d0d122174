"""Faults: what is to go wrong in a sandbox, how often, and what of it has happened.

What a fault does is the door's business; here is when. Every call to an operation that a fault is for uses it up,
whatever the call would have been answered, so that a test can count: the third call, every second one, the first two.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from mockserver.sandbox.journal import Entry
from mockserver.simulation.chance import Chance

__all__ = ["EVERY_OPERATION", "Fault", "FaultOrder", "Faults", "Firing", "Moment"]

Moment = Literal["before", "after"]
EVERY_OPERATION = "*"
# So many firings of a fault are told one by one; all are counted.
_TOLD = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultOrder:
    """What somebody wants to go wrong.

    Attributes:
        kind: The fault's name in the catalogue.
        operation: The id of the operation whose calls it is for; `*` is every operation of the emulated APIs.
        when: Before the work or after it.
        times: How often it fires; None for ever.
        after: So many calls are let pass first.
        probability: Of firing, for each call after those; from 0 to 1.
        script: Only for requests that name it; None for all that name none of the scripts that there are.
        knobs: What the fault can be set to beside these, by attribute name.
    """

    kind: str
    operation: str = EVERY_OPERATION
    when: Moment = "before"
    times: int | None = 1
    after: int = 0
    probability: float = 1.0
    script: str | None = None
    knobs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Firing:
    """One time that a fault fired.

    Attributes:
        call: Which of the fault's calls it was, from 1.
        entry: The number of the call's entry in the journal.
        time_ms: The machine's time, ms since the epoch.
    """

    call: int
    entry: int
    time_ms: int


class Fault:
    """An order, and what came of it so far.

    Attributes:
        id: As it is told apart from others; no two faults of a sandbox ever had the same.
        calls: How many calls it has met. fired: how many of these it went wrong in.
        firings: The latest of them.
    """

    __slots__ = ("_chance", "calls", "fired", "firings", "id", "order")

    def __init__(self, id_: str, order: FaultOrder, seed: int) -> None:
        self.id = id_
        self.order = order
        self.calls = 0
        self.fired = 0
        self.firings: list[Firing] = []
        self._chance = Chance(seed, "fault", id_)

    @property
    def is_spent(self) -> bool:
        """Has it fired as often as it was to?"""
        return self.order.times is not None and self.fired >= self.order.times

    def meets(self) -> bool:
        """Count a call; is it one to go wrong in?"""
        self.calls += 1
        if self.is_spent or self.calls <= self.order.after:
            return False
        return self.order.probability >= 1 or self._chance.uniform(self.calls) < self.order.probability

    def fires(self, entry: int, time_ms: int) -> None:
        """Write down that it does, in the call that was counted last."""
        self.fired += 1
        self.firings.append(Firing(self.calls, entry, time_ms))
        del self.firings[:-_TOLD]


class Faults:
    """The faults of a sandbox, oldest first; safe between threads.

    Args:
        seed: The world's: chance is drawn from it, the fault's id and the number of the call.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._faults: dict[str, Fault] = {}
        self._numbered = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._faults)

    def __bool__(self) -> bool:
        return bool(self._faults)

    def all(self) -> list[Fault]:
        """Every fault, spent ones too."""
        with self._lock:
            return list(self._faults.values())

    def find(self, id_: str) -> Fault | None:
        """The fault with that id."""
        return self._faults.get(id_)

    def set(self, order: FaultOrder) -> Fault:
        """Let something go wrong from now on."""
        with self._lock:
            self._numbered += 1
            fault = Fault(f"fault_{self._numbered}", order, self._seed)
            self._faults[fault.id] = fault
            return fault

    def remove(self, id_: str) -> bool:
        """Forget a fault; was it there?"""
        with self._lock:
            return self._faults.pop(id_, None) is not None

    def clear(self) -> int:
        """Forget all; how many were there?"""
        with self._lock:
            count = len(self._faults)
            self._faults.clear()
            return count

    def has_script(self, script: str) -> bool:
        """Is there a fault for requests that name this script?"""
        return any(fault.order.script == script for fault in self.all())

    def claim(
        self,
        operation: str,
        when: Moment,
        script: str | None,
        entry: Entry,
        fits: Callable[[str], bool],
    ) -> Fault | None:
        """Let every fault that a call is for count it; the first of them that is due fires.

        The faults of the request's script come first, then the sandbox's own, oldest first; one fires at each moment.

        Args:
            operation: Id of the operation that was called.
            script: That the request names; None where it names none.
            entry: Its entry in the journal.
            fits: Can a kind of fault happen to the operation?
        """
        with self._lock:
            concerned = [
                fault
                for fault in self._faults.values()
                if fault.order.when == when
                and fault.order.operation in (operation, EVERY_OPERATION)
                and fault.order.script in (script, None)
                and fits(fault.order.kind)
            ]
            concerned.sort(key=lambda fault: fault.order.script is None)
            due = [fault for fault in concerned if fault.meets()]
            if not due:
                return None
            due[0].fires(entry.number, entry.time_ms)
            return due[0]
