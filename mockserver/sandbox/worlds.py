"""Worlds by what they are made of: sandboxes with the same scenario, seed and instant share one.

A scenario file is read again each time, so that an edited one is noticed, and understood again only if it changed.
"""

import hashlib
import threading
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mockserver.sandbox.settings import Settings
from mockserver.simulation.library import read_scenario
from mockserver.simulation.moved import moved
from mockserver.simulation.scenario.specs import Scenario
from mockserver.simulation.world import World

__all__ = ["OneWorld", "PlacedWorld", "Worlds"]


@dataclass(frozen=True, slots=True)
class PlacedWorld:
    """A world, and what tells it from others: the same text wherever the same world is made."""

    world: World
    identity: str


@dataclass(frozen=True, slots=True)
class _Known:
    """A scenario, and the files that it was read from with what they held then."""

    scenario: Scenario
    digest: str
    contents: tuple[tuple[Path, bytes], ...]

    def is_current(self) -> bool:
        try:
            return all(path.read_bytes() == content for path, content in self.contents)
        except OSError:
            return False


class Worlds:
    """Makes worlds, and hands out the same one for the same order as long as somebody uses it; safe between threads."""

    def __init__(self) -> None:
        self._scenarios: dict[str, _Known] = {}
        self._worlds: weakref.WeakValueDictionary[str, World] = weakref.WeakValueDictionary()
        self._lock = threading.Lock()

    def world(self, settings: Settings, instant_ms: int | None) -> PlacedWorld:
        """The world that settings name.

        Args:
            instant_ms: Where its experiments are moved to, ms since the epoch; None leaves them where they are.

        Raises:
            ScenarioError: The scenario is unknown or invalid.
        """
        with self._lock:
            known = self._known(settings.scenario)
            scenario = known.scenario
            seed = scenario.seed if settings.seed is None else settings.seed
            identity = f"{known.digest} {seed} {instant_ms}"
            world = self._worlds.get(identity)
            if world is None:
                placed = scenario if instant_ms is None else moved(scenario, seed, instant_ms)
                world = self._worlds[identity] = World(placed, seed)
            return PlacedWorld(world, identity)

    def files(self, name: str) -> Mapping[Path, bytes]:
        """The files that a scenario was read from, with what they held then; nothing where it was never read."""
        known = self._scenarios.get(name)
        return dict(known.contents) if known else {}

    def _known(self, name: str) -> _Known:
        """The scenario as its files are now.

        Raises:
            ScenarioError: It is unknown or invalid.
        """
        known = self._scenarios.get(name)
        if known is None or not known.is_current():
            file = read_scenario(name)
            texts = file.scenario.talk.texts
            paths = [*(source.path for source in file.sources), *([Path(texts)] if texts else [])]
            contents = tuple((path, path.read_bytes()) for path in paths)
            known = self._scenarios[name] = _Known(file.scenario, _digest(file.scenario), contents)
        return known


def _digest(scenario: Scenario) -> str:
    return hashlib.sha256(repr(scenario).encode()).hexdigest()


class OneWorld:
    """Hands out a world that is there already, whatever is ordered: for sandboxes of nobody but us."""

    def __init__(self, placed: PlacedWorld) -> None:
        self._placed = placed

    def world(self, settings: Settings, instant_ms: int | None) -> PlacedWorld:
        """That world."""
        return self._placed

    def files(self, name: str) -> Mapping[Path, bytes]:
        """None, whatever the world was made from."""
        return {}
