"""A scenario moved in time: as if all of its experiments had been run until shortly before an instant.

Each experiment is moved by a whole number of seconds of its own, so that the room of it that ends last ends two
hours before that instant, or less than a second more. Ids, values and onsets stay, and so does the distance between
its rooms. What is told from an experiment's start moves along: when it, its deployments and the personas were made.

To be taken literally, also where that surprises:

- The rooms of a study that is running (`live`) are over too. Its clock runs on from the instant, and nothing comes.
- An experiment without rooms starts when the last one would have ended.
- A key expires as long before or after the instant as it did before or after the scenario's own now; where that is
  the machine's, the key's time stays.
"""

from dataclasses import replace

from mockserver.simulation.scenario.specs import ExperimentSpec, KeySpec, Scenario
from mockserver.simulation.story.planner import longest_story_ms
from mockserver.simulation.story.session_times import mistakes_of_time
from mockserver.simulation.world import World
from mockserver.words.errors import SettingsError
from mockserver.words.timestamps import LAST_MS, YEAR_9000_MS, iso_from_ms

__all__ = ["OVER_FOR_MS", "moved"]

# From the end of an experiment's last room until now.
OVER_FOR_MS = 2 * 3_600_000


def moved(scenario: Scenario, seed: int, now_ms: int) -> Scenario:
    """The scenario with its rooms shortly before an instant, and its clock at it.

    Args:
        seed: The world's; when a room ends is part of its story.
        now_ms: The instant, in ms since the epoch. The same one gives the same scenario.

    Raises:
        SettingsError: Rooms would lie before the year 1000 or after the year 9000.
    """
    world = World(scenario, seed)
    by_ms = 0 if scenario.clock.now_ms is None else now_ms - scenario.clock.now_ms
    other = replace(
        scenario,
        clock=replace(scenario.clock, now_ms=now_ms),
        keys={name: _expiring(key, by_ms) for name, key in scenario.keys.items()},
        experiments={
            experiment_id: _started(experiment, now_ms - OVER_FOR_MS - _last_end_ms(world, experiment_id))
            for experiment_id, experiment in scenario.experiments.items()
        },
    )
    if now_ms > YEAR_9000_MS or any(mistakes_of_time(other)):
        raise SettingsError(
            f"now is {iso_from_ms(now_ms)}: expected an instant for which all rooms of {scenario.name!r} begin after "
            "the year 1000 and are over before the year 9000"
        )
    return other


def _expiring(key: KeySpec, by_ms: int) -> KeySpec:
    return key if key.expires_ms is None else replace(key, expires_ms=min(LAST_MS, key.expires_ms + by_ms))


def _started(experiment: ExperimentSpec, by_ms: int) -> ExperimentSpec:
    """The experiment, started later by the seconds that are whole."""
    by_ms = by_ms // 1000 * 1000
    return replace(experiment, starts_ms=experiment.starts_ms + by_ms, moved_ms=experiment.moved_ms + by_ms)


def _last_end_ms(world: World, experiment_id: str) -> int:
    """When everybody has left the last of the rooms; only the stories of those that may be it are told."""
    end_ms = world.scenario.experiments[experiment_id].starts_ms
    for room in sorted(world.rooms(experiment_id), key=lambda room: room.started_ms, reverse=True):
        if room.started_ms + longest_story_ms(room) <= end_ms:
            break
        end_ms = max(end_ms, world.plan(room).ended_ms)
    return end_ms
