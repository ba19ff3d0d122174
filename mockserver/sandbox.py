"""A world plus what happened to it. All state of a run is in here, and a request is handed one."""

from dataclasses import dataclass

from mockserver.clock import Clock
from mockserver.settings import Settings
from mockserver.simulation.world import World
from mockserver.store import Store

__all__ = ["Sandbox"]


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What one request may look at and change: the pure world, the clock, and the clients' writes."""

    settings: Settings
    world: World
    clock: Clock
    store: Store
