"""What an invariant is while a run goes on: it looks at rooms, then at the experiment.

Each look is an iterator of counter-examples. The run takes the first and looks no further, so a rule may
stop caring about what it has already shown to be broken.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mockserver.check.observed_room import ObservedRoom
from mockserver.check.survey import Survey

__all__ = ["Counterexample", "Counterexamples", "RoomRule", "Rule"]


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Something that breaks an invariant: a sentence about it, and the address that shows it."""

    sentence: str
    url: str


Counterexamples = Iterator[Counterexample]


class Rule:
    """One invariant during one run. The looks of this class find nothing.

    Attributes:
        looked_at: How much was looked at so far. unit: what is counted.
        skipped: Why nothing could be said; None where something could.
        of_story: Records are held against each other, so the events that clients wrote are left out.
    """

    unit = "records"
    of_story = True

    def __init__(self) -> None:
        self.looked_at = 0
        self.skipped: str | None = None

    def room(self, observed: ObservedRoom) -> Counterexamples:
        """Look at one room."""
        return iter(())

    def experiment(self, survey: Survey) -> Counterexamples:
        """Look at an experiment, after its rooms."""
        return iter(())


class RoomRule(Rule):
    """A rule about one room at a time that remembers nothing.

    Args:
        look: Yields the counter-examples of a room.
        data_types: The records it looks at; none named, it looks at all but those `besides`.
        of_story: As the attribute.
    """

    def __init__(
        self,
        look: Callable[[ObservedRoom], Counterexamples],
        *data_types: str,
        besides: tuple[str, ...] = (),
        of_story: bool = True,
    ) -> None:
        super().__init__()
        self.of_story = of_story
        self._look = look
        self._data_types = data_types
        self._besides = besides

    def room(self, observed: ObservedRoom) -> Counterexamples:
        """Look at one room, and count its records."""
        named = self._data_types or [one for one in observed.data_types if one not in self._besides]
        tables = [observed.table(data_type) for data_type in named]
        self.looked_at += sum(len(table) - (int(table.written.sum()) if self.of_story else 0) for table in tables)
        return self._look(observed)
