"""A sandbox: a world, and what happened to it. All state that a request can meet is in here, and it is handed one.

A sandbox does not change into another: a reset puts a new one under its name, and requests in flight end on theirs.
"""

from dataclasses import dataclass, field

from mockserver.sandbox.clock import Clock
from mockserver.sandbox.counters import Counters
from mockserver.sandbox.faults import Faults
from mockserver.sandbox.journal import Journal
from mockserver.sandbox.keys import Keys
from mockserver.sandbox.lint import RequestLint
from mockserver.sandbox.settings import Settings
from mockserver.sandbox.study import Study
from mockserver.simulation.world import World

__all__ = ["DEFAULT_NAME", "Sandbox"]

DEFAULT_NAME = "default"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What one request may look at and change.

    Attributes:
        name: As requests and links name it.
        identity: The same for sandboxes that answer the same as long as nobody changes them, in any process.
        number: No two sandboxes of a process have the same one, those under one name before and after a reset neither.
        instant_ms: The instant that the experiments were moved to (`Settings.now`), ms since the epoch; None where
            they were not.
        keys: That the scenario has, and that were minted for it.
        lint: What was odd in requests, but for what was ingested.
    """

    name: str
    identity: str
    number: int
    settings: Settings
    instant_ms: int | None
    study: Study
    clock: Clock
    journal: Journal
    keys: Keys
    faults: Faults
    counters: Counters = field(default_factory=Counters)
    lint: RequestLint = field(default_factory=RequestLint)

    @property
    def world(self) -> World:
        """The world as it is now: the scenario's, with what clients added."""
        return self.study.world
