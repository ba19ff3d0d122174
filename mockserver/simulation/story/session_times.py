"""What time it is in a scenario that does not say so itself: a midnight after all of its sessions.

All of it is told without telling any room's story, and from the scenario alone: another seed, the same time.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from mockserver.simulation.scenario.mistakes import Mistake
from mockserver.simulation.scenario.specs import ExperimentSpec, Scenario
from mockserver.simulation.story.length import longest_ms
from mockserver.simulation.story.rooms import room_refs
from mockserver.words.timestamps import YEAR_9000_MS

__all__ = ["RoomsAtNow", "after_all_sessions_ms", "mistakes_of_time", "rooms_at_now"]

_DAY_MS = 86_400_000
# By how much a room may be later than its turn (`rooms.py`).
_LATEST_MS = 60_000
# The year 1000. What happens before a room has to be written too.
_FIRST_MS = -30_610_224_000_000


@dataclass(frozen=True, slots=True)
class RoomsAtNow:
    """How many rooms there are, and how many of them begin after now, or have begun and may not be over."""

    every: int
    to_begin: int
    to_end: int


def after_all_sessions_ms(scenario: Scenario) -> int:
    """The first midnight at least a day after the last session's end, or what the scenario's clock says if it is later.

    Returns:
        Ms since the epoch; there is no session that could last longer.
    """
    ends_ms = [_last_end_ms(scenario, experiment) for experiment in scenario.experiments.values() if experiment.rooms]
    midnights_ms = [-(-(end_ms + _DAY_MS) // _DAY_MS) * _DAY_MS for end_ms in ends_ms]
    return max([scenario.clock.now_ms or 0, *midnights_ms])


def mistakes_of_time(scenario: Scenario) -> Iterator[Mistake]:
    """Experiments whose rooms lie where no timestamp can be written any more."""
    for experiment_id, experiment in scenario.experiments.items():
        if experiment.starts_ms < _FIRST_MS or _last_end_ms(scenario, experiment) > YEAR_9000_MS:
            text = "expected rooms that begin after the year 1000 and are over before the year 9000"
            where = ("experiments", experiment_id)
            others = tuple(Mistake((*where, key), text) for key in ("rooms", "room_every_s"))
            yield Mistake((*where, "starts"), text, or_else=others)


def rooms_at_now(scenario: Scenario, now_ms: int) -> RoomsAtNow:
    """What the scenario's own seed makes of its rooms at an instant, in ms since the epoch."""
    every = to_begin = to_end = 0
    for experiment_id, experiment in scenario.experiments.items():
        lasts_ms = _lasts_ms(scenario, experiment)
        for room in room_refs(experiment_id, experiment, scenario.states, scenario.seed, set()):
            every += 1
            to_begin += room.started_ms > now_ms
            to_end += room.started_ms <= now_ms < room.started_ms + lasts_ms
    return RoomsAtNow(every, to_begin, to_end)


def _last_end_ms(scenario: Scenario, experiment: ExperimentSpec) -> int:
    """An instant by which every room of the experiment is over, whatever the seed."""
    last_turn_ms = experiment.starts_ms + int(max(0, experiment.rooms - 1) * experiment.room_every_s * 1000)
    return last_turn_ms + _LATEST_MS + _lasts_ms(scenario, experiment)


def _lasts_ms(scenario: Scenario, experiment: ExperimentSpec) -> int:
    return longest_ms(experiment, (scenario.states[state_id] for state_id in experiment.states))
