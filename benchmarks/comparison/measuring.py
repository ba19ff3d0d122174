"""One run: every server, fresh and alone, under every load; and how long it takes to its first answer.

What is compared lies close together in time: all servers take a case before the next case begins.
"""

import contextlib
import http.client
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from comparison.cases import SMALL, Case, WrongAnswer
from comparison.process_tree import usage
from comparison.servers import Server, ServerError, Started, running
from comparison.wrk import Wrk, WrkError

__all__ = [
    "BATCHES",
    "CONNECTIONS",
    "GROUPS",
    "OWN_GROUPS",
    "PAGES",
    "STARTS",
    "Figure",
    "Plan",
    "Reading",
    "Results",
    "attempt",
    "measure",
    "timed",
]

CONNECTIONS = (1, 16)
# What can be measured by itself: starts, loads of two sorts, and what is asked of this project alone.
GROUPS = ("starts", "pages", "batches", "first", "deep", "csv", "sandboxes", "import")
STARTS, PAGES, BATCHES, *OWN_GROUPS = GROUPS
# After its first answer a server may still be busy with its start.
SETTLING_S = 1.0


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Attributes:
        seconds: How long each load is timed.
        warm_up_s: How long the same load runs before, untimed.
        starts: How many fresh starts are timed.
        groups: What is measured of all that could be.
    """

    seconds: int
    warm_up_s: int
    starts: int
    groups: Collection[str]


@dataclass(frozen=True)
class Reading:
    """One timed load.

    Attributes:
        requests_per_s: Requests answered in a second.
        cpu_ms: Processor time of the server for one request.
        resident_mb: Its memory right after.
    """

    requests_per_s: float
    cpu_ms: float
    resident_mb: float


@dataclass(frozen=True)
class Figure:
    """Something that is read of this project alone.

    Attributes:
        name: What the tables call it.
        unit: Of its values.
    """

    name: str
    unit: str


@dataclass
class Results:
    """What was measured, by name of server.

    Attributes:
        readings: By server, case and number of connections.
        starts_s: From start to first answer, of each start.
        idle_mb: Memory a moment after, of each start.
        figures: All values of what was read of this project alone.
        failures: What could not be measured, and why.
    """

    readings: dict[tuple[str, str, int], Reading] = field(default_factory=dict)
    starts_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    idle_mb: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    figures: dict[Figure, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def add(self, figure: Figure, value: float) -> None:
        """Keep one more value."""
        self.figures.setdefault(figure, []).append(value)

    def typical(self, figure: Figure) -> float | None:
        """The median of its values."""
        return statistics.median(self.figures[figure]) if figure in self.figures else None

    def start_s(self, server: str) -> float | None:
        """The median from start to first answer."""
        return statistics.median(self.starts_s[server]) if self.starts_s[server] else None

    def idle(self, server: str) -> float | None:
        """The median memory of a server that has done nothing yet, in MB."""
        return statistics.median(self.idle_mb[server]) if self.idle_mb[server] else None

    def after(self, server: str, cases: Sequence[str]) -> float | None:
        """The most memory after a load of these cases, in MB."""
        return max((reading.resident_mb for reading in self._of(server, cases)), default=None)

    def _of(self, server: str, cases: Sequence[str]) -> list[Reading]:
        return [reading for (name, case, _), reading in self.readings.items() if name == server and case in cases]


def measure(servers: Sequence[Server], cases: Sequence[Case], plan: Plan) -> Results:
    """Measure starts and loads; what fails is noted, and the rest goes on."""
    results = Results()
    small = next(case for case in cases if case.name == SMALL)
    for _ in range(plan.starts if STARTS in plan.groups else 0):
        for server in servers:
            with attempt(results, server.name, "start"), _fresh(server, small) as (started, _):
                small.check(started.url)
                _observe_start(results, server, started)
    for case in cases:
        for server in servers:
            if case.name in server.cases and group_of(case) in plan.groups:
                with attempt(results, server.name, case.name), _fresh(server, case) as (started, folder):
                    _observe_loads(results, server, case, started, Wrk(started.url, case, folder), plan)
    return results


def group_of(case: Case) -> str:
    """Whether it reads pages or sends batches."""
    return BATCHES if case.method == "POST" else PAGES


@contextlib.contextmanager
def attempt(results: Results, name: str, what: str) -> Iterator[None]:
    """Tell what is being measured, and note if it cannot be."""
    print(f"{name}: {what}", file=sys.stderr)
    try:
        yield
    except (ServerError, WrkError, WrongAnswer, OSError, http.client.HTTPException) as error:
        results.failures.append(f"{name}, {what}: {error}")


@contextlib.contextmanager
def _fresh(server: Server, case: Case) -> Iterator[tuple[Started, Path]]:
    """A server that has just started, with its folder."""
    with tempfile.TemporaryDirectory() as name, running(server, case, Path(name)) as started:
        yield started, Path(name)


def _observe_start(results: Results, server: Server, started: Started) -> None:
    results.starts_s[server.name].append(started.first_answer_s)
    time.sleep(SETTLING_S)
    results.idle_mb[server.name].append(usage(started.pid).resident_mb)


def _observe_loads(results: Results, server: Server, case: Case, started: Started, wrk: Wrk, plan: Plan) -> None:
    seconds, warm_up_s = (plan.seconds, plan.warm_up_s) if case.is_main else (1, min(1, plan.warm_up_s))
    for connections in CONNECTIONS:
        wrk.check()
        if warm_up_s:
            wrk.load(connections, warm_up_s)
        reading = timed(started, wrk, connections, seconds)
        wrk.check()
        results.readings[server.name, case.name, connections] = reading


def timed(started: Started, wrk: Wrk, connections: int, seconds: int) -> Reading:
    """Put one load to a server, and read what it takes of it.

    Raises:
        WrkError: The load failed.
    """
    before = usage(started.pid)
    load = wrk.load(connections, seconds)
    after = usage(started.pid)
    cpu_ms = (after.cpu_s - before.cpu_s) * 1000 / load.requests
    return Reading(load.requests / load.duration_s, cpu_ms, after.resident_mb)
