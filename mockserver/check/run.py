"""One run: all invariants on all rooms of all experiments, room by room, so that memory is one room's."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mockserver.check.discovery import Discovery
from mockserver.check.errors import CheckError, UnreadableError
from mockserver.check.invariants import INVARIANTS, Invariant
from mockserver.check.observed_room import ObservedRoom
from mockserver.check.reader import Reader, data_path
from mockserver.check.rule import Counterexample, Counterexamples, Rule
from mockserver.check.survey import Survey, served_types

__all__ = ["Result", "Run"]


@dataclass(frozen=True, slots=True)
class Result:
    """What a run found out about one invariant.

    Attributes:
        looked_at: How many records, totals, … (`unit`) were looked at, up to the counter-example.
        broken: The first counter-example. skipped: why nothing could be said. Both None: the invariant holds.
        left_out: How many events were none of its business, because clients wrote them.
    """

    invariant: Invariant
    looked_at: int
    unit: str
    broken: Counterexample | None
    skipped: str | None
    left_out: int = 0


class Run:
    """A check of one server, made once.

    Args:
        reader: Asks the server.
        experiment_ids: What to look at; empty means all that the server lists.
        most_rooms: Look into so many rooms of each experiment, evenly spread; None into all.
        invariants: Which ones.

    Raises:
        CheckError: The server cannot be asked, or none of its experiments can be read.
    """

    def __init__(
        self,
        reader: Reader,
        experiment_ids: Sequence[str] = (),
        *,
        most_rooms: int | None = None,
        invariants: Sequence[Invariant] = INVARIANTS,
    ) -> None:
        self._reader = reader
        self._discovery = Discovery(reader)
        self._rules: list[tuple[Invariant, Rule]] = [(one, one.make()) for one in invariants]
        self._broken: dict[int, Counterexample] = {}
        self._left_out = 0
        self.forbidden: list[str] = []
        self.surveys = list(self._survey(experiment_ids or self._discovery.experiment_ids(), most_rooms))
        if self.forbidden and not self.surveys:
            raise CheckError(f"none of the API keys may read {', '.join(self.forbidden)}")

    @property
    def steps(self) -> int:
        """How many times `results` will call `tick`."""
        return sum(len(survey.looked_at) + 1 for survey in self.surveys)

    def results(self, tick: Callable[[], None] = lambda: None) -> list[Result]:
        """Look at everything.

        Args:
            tick: Called after each room and each experiment.

        Raises:
            CheckError: The server stops answering.
        """
        for survey in self.surveys:
            self._reader.use_key_for(survey.experiment_id)
            for room_id in survey.looked_at:
                self._look_into_room(survey, room_id)
                tick()
            self._look_at_experiment(survey)
            tick()
        return [self._result(invariant, rule) for invariant, rule in self._rules]

    def _survey(self, experiment_ids: Sequence[str], most_rooms: int | None) -> Iterator[Survey]:
        """The experiments that a key may read; the others are noted."""
        for experiment_id in experiment_ids:
            if not self._reader.use_key_for(experiment_id):
                self.forbidden.append(experiment_id)
                continue
            room_ids = self._discovery.room_ids(experiment_id)
            yield Survey(
                reader=self._reader,
                discovery=self._discovery,
                experiment_id=experiment_id,
                room_ids=room_ids,
                looked_at=_spread(room_ids, most_rooms),
                data_types=served_types(self._reader, experiment_id),
            )

    def _look_into_room(self, survey: Survey, room_id: str) -> None:
        # First the horizon: who took part by then is among those who are found after it.
        horizon = self._reader.horizon()
        room = self._discovery.room(survey.experiment_id, room_id)
        observed = ObservedRoom(self._reader, survey.experiment_id, room, survey.data_types, horizon)
        self._look(lambda rule: rule.room(observed), room.url)
        self._left_out += observed.left_out

    def _look_at_experiment(self, survey: Survey) -> None:
        url = self._reader.url(data_path("events", "experiment", survey.experiment_id), {})
        self._look(lambda rule: rule.experiment(survey), url)

    def _look(self, look: Callable[[Rule], Counterexamples], url: str) -> None:
        """Let every rule look that has no counter-example yet."""
        for invariant, rule in self._rules:
            if invariant.number not in self._broken:
                found = _first(look, rule, url)
                if found is not None:
                    self._broken[invariant.number] = found

    def _result(self, invariant: Invariant, rule: Rule) -> Result:
        broken = self._broken.get(invariant.number)
        left_out = self._left_out if rule.of_story else 0
        return Result(invariant, rule.looked_at, rule.unit, broken, None if broken else rule.skipped, left_out)


def _first(look: Callable[[Rule], Counterexamples], rule: Rule, url: str) -> Counterexample | None:
    """The first counter-example; a record that no rule can be applied to is one."""
    try:
        return next(look(rule), None)
    except UnreadableError as error:
        return Counterexample(str(error), error.url)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        return Counterexample(f"a record is not shaped as documented: {type(error).__name__} {error}", url)


def _spread(room_ids: Sequence[str], most: int | None) -> list[str]:
    """So many of them, the first and the last included."""
    if most is None or most >= len(room_ids):
        return list(room_ids)
    if most == 1:
        return [room_ids[0]]
    return [room_ids[n * (len(room_ids) - 1) // (most - 1)] for n in range(most)]
