"""The two places on a request's way where something can go wrong on purpose: before the work, and after it."""

from collections.abc import Callable, Generator
from functools import partial
from typing import Any, Final

from mockserver.door.asked import Asked
from mockserver.door.choice import Problem
from mockserver.door.faults.catalogue import catalogue
from mockserver.door.faults.kinds import Case, Played
from mockserver.door.operations import Operation
from mockserver.door.replies import Reply
from mockserver.door.steps import Step
from mockserver.sandbox.faults import Moment
from mockserver.sandbox.journal import Entry, FaultNote

__all__ = ["SCRIPT_HEADER", "FaultPoints"]

SCRIPT_HEADER: Final = "X-Mock-Script"
_SCRIPT = SCRIPT_HEADER.lower().encode()


class FaultPoints:
    """Plays what is due."""

    def __init__(self) -> None:
        self._kinds = catalogue()

    def problem(self, asked: Asked) -> Problem | None:
        """What is wrong with the script that a request names."""
        script = asked.header(_SCRIPT)
        if not script or asked.sandbox.faults.has_script(script):
            return None
        known = sorted({one.order.script for one in asked.sandbox.faults.all() if one.order.script})
        there = f"there are {', '.join(known)}" if known else "there is none"
        return 400, "unknown_script", f"No fault belongs to the script {script[:60]!r} of {SCRIPT_HEADER}; {there}."

    def play(
        self,
        when: Moment,
        operation: Operation,
        asked: Asked,
        entry: Entry,
        reply: Reply | None,
        finish: Callable[[Reply], Reply],
    ) -> Generator[Step, Any, Played]:
        """Let go wrong what is due at a moment, and write it down.

        Args:
            reply: What would be answered; None before the work.
            finish: Gives an answer what every answer carries.
        """
        script = asked.header(_SCRIPT) or None
        fits = partial(self._fits, operation)
        fault = asked.sandbox.faults.claim(operation.id, when, script, entry, fits)
        if fault is None:
            return None
        entry.faults = (*entry.faults, FaultNote(fault.id, fault.order.kind, when))
        kind = self._kinds[fault.order.kind]
        return (yield from kind.play(Case(fault, asked, entry, reply, finish)))

    def _fits(self, operation: Operation, kind: str) -> bool:
        return self._kinds[kind].fits(operation)
