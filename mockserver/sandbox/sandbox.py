"""A study plus its clock and settings. All state of a run is in here, and a request is handed one."""

from dataclasses import dataclass, field

from mockserver.sandbox.clock import Clock
from mockserver.sandbox.counters import Counters
from mockserver.sandbox.settings import Settings
from mockserver.sandbox.study import Study
from mockserver.simulation.world import World

__all__ = ["Sandbox"]


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What one request may look at and change: the study, the clock, and how often clients asked."""

    settings: Settings
    study: Study
    clock: Clock
    counters: Counters = field(default_factory=Counters)

    @property
    def world(self) -> World:
        """The world as it is now: the scenario's, with what clients added."""
        return self.study.world
