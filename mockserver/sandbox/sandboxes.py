"""All sandboxes of a process, by name. `default` is there from the start and cannot be deleted."""

import re
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Final, Literal, get_args

from mockserver.sandbox.clock import Clock, wall_ms
from mockserver.sandbox.counters import Counters
from mockserver.sandbox.faults import Faults
from mockserver.sandbox.journal import Entry, Journal
from mockserver.sandbox.keys import Keys
from mockserver.sandbox.lint import RequestLint
from mockserver.sandbox.sandbox import DEFAULT_NAME, Sandbox
from mockserver.sandbox.settings import Settings
from mockserver.sandbox.study import Study
from mockserver.sandbox.worlds import OneWorld, PlacedWorld, Worlds
from mockserver.simulation.scenario.specs import KeySpec
from mockserver.simulation.world import World
from mockserver.store import Stores, open_stores

__all__ = ["PARTS", "ConflictError", "Order", "Part", "Sandboxes", "TooManyError", "private_sandboxes"]

NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
MOST: Final = 10_000
Part = Literal["writes", "journal", "clock", "faults"]
PARTS: tuple[Part, ...] = get_args(Part)


class ConflictError(Exception):
    """What was asked does not go with what is there; `str()` says why, and what would."""


class TooManyError(Exception):
    """There are as many sandboxes as there may be."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a sandbox is made of; two equal orders make equal sandboxes.

    Attributes:
        now_ms: What its clock says first, ms since the epoch; None is the scenario's now.
        speed: Of its clock, in simulated ms per real ms; None is the scenario's.
    """

    settings: Settings
    now_ms: int | None = None
    speed: float | None = None


def private_sandboxes(order: Order, placed: PlacedWorld, wall: Callable[[], int] = wall_ms) -> "Sandboxes":
    """Sandboxes of nobody but the caller, whose world is there already; what is written is kept in memory."""
    return Sandboxes(order, open_stores(None), worlds=OneWorld(placed), wall=wall)


class Sandboxes:
    """Makes, finds, resets and deletes sandboxes; safe between threads, and readers take no lock.

    Args:
        default: What the default sandbox is made of.
        stores: Where they keep what clients write.
        announce: Is told of each entry of each journal once it is closed.
        worlds: Where worlds come from; None makes them.
        wall: The machine's time, ms since the epoch, for all their clocks.

    Raises:
        ScenarioError: The default scenario is unknown or invalid.
    """

    def __init__(
        self,
        default: Order,
        stores: Stores,
        announce: Callable[[Entry], None] = lambda entry: None,
        worlds: Worlds | OneWorld | None = None,
        wall: Callable[[], int] = wall_ms,
    ) -> None:
        self._stores = stores
        self._announce = announce
        self._worlds = worlds or Worlds()
        self._wall = wall
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._orders: dict[str, Order] = {}
        # Replaced as a whole or one item at a time, so that a look-up needs no lock.
        self._sandboxes: dict[str, Sandbox] = {}
        self._owners: dict[str, str] = {}
        self._make(DEFAULT_NAME, default, fresh=False)

    # --- reading -------------------------------------------------------------------------------

    @property
    def default(self) -> Sandbox:
        """The one that requests meet which name none."""
        return self._sandboxes[DEFAULT_NAME]

    def get(self, name: str) -> Sandbox | None:
        """The sandbox of that name."""
        return self._sandboxes.get(name)

    def all(self) -> list[Sandbox]:
        """Every sandbox, in the order in which they were made."""
        return list(self._sandboxes.values())

    def order(self, name: str) -> Order:
        """What the sandbox of that name is made of.

        Raises:
            KeyError: There is none.
        """
        return self._orders[name]

    def allowed_origins(self) -> Collection[str]:
        """The origins of web pages that at least one sandbox lets call, each once, in order."""
        each = dict.fromkeys(sandbox.settings.allowed_origins for sandbox in self.all())
        return dict.fromkeys(origin for allowed in each for origin in allowed)

    def scenario_files(self) -> dict[str, Mapping[Path, bytes]]:
        """Of every scenario in use, as settings name it, the files that it was read from and what they held then."""
        return {name: self._worlds.files(name) for name in {box.settings.scenario for box in self.all()}}

    def owner(self, key: str) -> str | None:
        """The name of the sandbox that an API key was minted for; None for every other key."""
        return self._owners.get(key)

    # --- changing ------------------------------------------------------------------------------

    def sweep(self) -> None:
        """Delete what earlier generations of sandboxes wrote; takes as long as there is much of it."""
        self._stores.sweep()

    def close(self) -> None:
        """Let go of what clients' writes are kept in; no sandbox is usable afterwards."""
        self._stores.close()

    def create(self, name: str, order: Order) -> tuple[Sandbox, bool]:
        """Make a sandbox, unless it is there already and made of the same.

        Returns:
            The sandbox, and whether it is new.

        Raises:
            ConflictError: It is there, and made of something else.
            TooManyError: There are as many as there may be.
            ScenarioError: The scenario is unknown or invalid.
            ValueError: It cannot have that name.
        """
        if not NAME.fullmatch(name):
            raise ValueError(f"A sandbox's name is 1 to 64 of a-z 0-9 . _ - and begins with one of a-z 0-9: {name!r}")
        with self._lock:
            known = self._sandboxes.get(name)
            if known is not None:
                if self._orders[name] != order:
                    raise ConflictError(f"The sandbox {name} is there already, and made otherwise: delete it first")
                return known, False
            if len(self._sandboxes) >= MOST:
                raise TooManyError(f"There are {MOST} sandboxes already: delete some first")
            return self._make(name, order, fresh=True), True

    def put(self, sandbox: Sandbox) -> None:
        """Put a sandbox that the caller made in the place of the one that is there under its name.

        For callers in this process, such as a test with a clock of its own.
        """
        with self._lock:
            self._sandboxes[sandbox.name] = sandbox

    def delete(self, name: str) -> bool:
        """Forget a sandbox; requests in flight end on it.

        Returns:
            Was it there?

        Raises:
            ConflictError: It is the default one.
        """
        if name == DEFAULT_NAME:
            raise ConflictError("The default sandbox cannot be deleted: reset it")
        with self._lock:
            known = self._sandboxes.pop(name, None)
            self._orders.pop(name, None)
            self._owners = {key: owner for key, owner in self._owners.items() if owner != name}
            if known is not None:
                # Before the name can be given to another.
                self._stores.drop(name)
        return known is not None

    def reset(self, name: str, parts: Collection[Part] = PARTS) -> Sandbox:
        """Put parts of a sandbox back to what they were when it was made.

        Raises:
            KeyError: There is no such sandbox.
            ConflictError: The clock alone would lie before something that was written.
        """
        with self._lock:
            return self._reset(self._sandboxes[name], parts)

    def reload(self, scenario: str) -> list[str]:
        """Make all sandboxes of a scenario anew from its files as they are now.

        Their journals go on, with a note, and the keys that were minted stay good.

        Args:
            scenario: As their settings name it.

        Returns:
            Their names.

        Raises:
            ScenarioError, SettingsError: The files are wrong now; nothing has changed.
        """
        with self._lock:
            known = [box for box in self._sandboxes.values() if box.settings.scenario == scenario]
            placed = [self._worlds.world(box.settings, box.instant_ms) for box in known]
            for sandbox, world in zip(known, placed, strict=True):
                made = self._placed(sandbox.name, self._orders[sandbox.name], world, sandbox.instant_ms, fresh=True)
                keys = sandbox.keys.listing(made.world.scenario.keys)
                self._sandboxes[sandbox.name] = replace(made, journal=sandbox.journal, lint=sandbox.lint, keys=keys)
                sandbox.journal.note("scenario reloaded", wall_ms(), made.clock.now_ms())
            return [sandbox.name for sandbox in known]

    def mint_key(self, name: str, scopes: Collection[str], organisation: str, expires_ms: int | None) -> KeySpec:
        """An API key that is good for one sandbox, and names it.

        Raises:
            KeyError: There is no such sandbox.
        """
        with self._lock:
            key = self._sandboxes[name].keys.mint(tuple(scopes), organisation, f"{name}@example.com", expires_ms)
            self._owners[key.value] = name
        return key

    # --- making --------------------------------------------------------------------------------

    def _make(self, name: str, order: Order, *, fresh: bool) -> Sandbox:
        settings = order.settings
        instant_ms = self._wall() if settings.now == "machine" else settings.now
        made = self._placed(name, order, self._worlds.world(settings, instant_ms), instant_ms, fresh=fresh)
        self._orders[name] = order
        self._sandboxes[name] = made
        return made

    def _placed(self, name: str, order: Order, placed: PlacedWorld, instant_ms: int | None, *, fresh: bool) -> Sandbox:
        settings, world = order.settings, placed.world
        return Sandbox(
            name=name,
            identity=f"{placed.identity} {order!r}",
            number=next(self._numbers),
            settings=settings,
            instant_ms=instant_ms,
            study=Study(world, self._stores.store(name, fresh=fresh)),
            clock=self._clock(world, order),
            journal=self._journal(settings),
            keys=Keys(world.scenario.keys, world.seed, name),
            faults=Faults(world.seed),
        )

    def _reset(self, known: Sandbox, parts: Collection[Part]) -> Sandbox:
        order, base = self._orders[known.name], known.study.base
        clock = self._clock(base, order) if "clock" in parts else known.clock
        if "clock" in parts and "writes" not in parts and known.study.latest_ms > clock.now_ms():
            raise ConflictError("Something was written at a later time than the clock's first: reset writes too")
        made = replace(
            known,
            number=next(self._numbers),
            clock=clock,
            study=Study(base, self._stores.store(known.name, fresh=True)) if "writes" in parts else known.study,
            journal=self._journal(known.settings) if "journal" in parts else known.journal,
            lint=RequestLint() if "journal" in parts else known.lint,
            faults=Faults(base.seed) if "faults" in parts else known.faults,
            counters=Counters() if set(parts) >= set(PARTS) else known.counters,
        )
        self._sandboxes[known.name] = made
        return made

    def _journal(self, settings: Settings) -> Journal:
        return Journal(settings.journal_entries, settings.journal_bytes, self._announce)

    def _clock(self, world: World, order: Order) -> Clock:
        own = world.scenario.clock
        now_ms = own.now_ms if order.now_ms is None else order.now_ms
        return Clock(now_ms, speed=own.speed if order.speed is None else order.speed, wall=self._wall)
