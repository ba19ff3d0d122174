"""A kind of fault: what it does, how it is set, and the play that does it.

A play is a generator of the door's steps. It gives back an answer, which is sent in place of the one there was; None,
where the request goes on as if nothing had happened; or `SENT`, where it has sent or cut by itself.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from mockserver.door.asked import Asked
from mockserver.door.operations import Operation
from mockserver.door.replies import Headers, Reply, encoded
from mockserver.door.steps import Head, Step
from mockserver.sandbox.faults import Fault, Moment
from mockserver.sandbox.journal import Entry

__all__ = ["MOMENTS", "SENT", "Case", "Kind", "Knob", "KnobType", "Play", "Played", "Sent", "fault_headers"]


class Sent:
    """The fault has answered by itself."""


SENT: Final = Sent()
Played = Reply | Sent | None
MOMENTS: tuple[Moment, ...] = ("before", "after")
KnobType = Literal["whole", "number", "text", "texts", "list"]


@dataclass(frozen=True, slots=True)
class Case:
    """One firing.

    Attributes:
        reply: What would have been answered; None before the work.
        finish: Gives an answer what every answer carries.
    """

    fault: Fault
    asked: Asked
    entry: Entry
    reply: Reply | None
    finish: Callable[[Reply], Reply]

    @property
    def knobs(self) -> Mapping[str, Any]:
        """How the fault was set, by attribute name."""
        return self.fault.order.knobs

    def head(self, reply: Reply) -> Head:
        """The head of an answer that the fault sends by itself, written down."""
        headers = [*reply.headers, *fault_headers(self.entry)]
        self.entry.status, self.entry.headers = reply.status, headers
        return Head(reply.status, headers)


def fault_headers(entry: Entry) -> Headers:
    """What tells a client that something went wrong on purpose, and what."""
    if not entry.faults:
        return ()
    return (encoded("X-Mock-Fault", ", ".join(f"{note.kind} {note.id}" for note in entry.faults)),)


Play = Callable[[Case], Generator[Step, Any, Played]]


@dataclass(frozen=True, slots=True)
class Knob:
    """What a fault can be set to.

    Attributes:
        name: Of the field, as JSON has it. attribute: the same as plays know it.
        type: `texts` is an object of texts, `list` an array of anything.
        default: Where it is left out; None where there is none. required: it may not be left out.
        least, most: Of a number. allowed: of a text; empty allows all.
    """

    name: str
    attribute: str
    type: KnobType
    description: str
    default: Any = None
    required: bool = False
    least: float = 0
    most: float = 0
    allowed: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault.

    Attributes:
        name: As it is asked for.
        does: What happens, a sentence. imitates: which real failure that is. careful: what a careful client does.
        reported: Who was hit by it, a sentence. report: the address of a public report of that; both may be empty.
        play: Does it.
        knobs: What it can be set to, beside what every fault can.
        fixed: What a play of several kinds is set to for this one.
        moments: When it can happen; the first where the order does not say.
        fits: Can it happen to an operation?
    """

    name: str
    does: str
    imitates: str
    careful: str
    reported: str
    report: str
    play: Play
    knobs: Sequence[Knob] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    moments: Sequence[Moment] = MOMENTS
    fits: Callable[[Operation], bool] = lambda operation: True
