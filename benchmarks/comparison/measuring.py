"""One run: every server, fresh and alone, under every load; and how long it takes to its first answer.

What is compared lies close together in time: all servers take a case before the next case begins.
"""

import contextlib
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from comparison.cases import SMALL, Case, WrongAnswer
from comparison.process_tree import usage
from comparison.servers import Server, ServerError, Started, running
from comparison.wrk import Wrk, WrkError

__all__ = ["CONNECTIONS", "Plan", "Reading", "Results", "measure"]

CONNECTIONS = (1, 16)
# After its first answer a server may still be busy with its start.
SETTLING_S = 1.0


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Attributes:
        seconds: How long each load is timed.
        warm_up_s: How long the same load runs before, untimed.
        starts: How many fresh starts are timed.
    """

    seconds: int
    warm_up_s: int
    starts: int


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


@dataclass
class Results:
    """What was measured, by name of server.

    Attributes:
        readings: By server, case and number of connections.
        starts_s: From start to first answer, of each start.
        idle_mb: Memory a moment after, of each start.
        failures: What could not be measured, and why.
    """

    readings: dict[tuple[str, str, int], Reading] = field(default_factory=dict)
    starts_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    idle_mb: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)

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
    """Measure all of it; what fails is noted, and the rest goes on."""
    results = Results()
    small = next(case for case in cases if case.name == SMALL)
    for _ in range(plan.starts):
        for server in servers:
            with _attempt(results, server, "start"), _fresh(server, small) as (started, _):
                small.check(started.url)
                _observe_start(results, server, started)
    for case in cases:
        for server in servers:
            if case.name in server.cases:
                with _attempt(results, server, case.name), _fresh(server, case) as (started, folder):
                    _observe_loads(results, server, case, started, Wrk(started.url, case, folder), plan)
    return results


@contextlib.contextmanager
def _attempt(results: Results, server: Server, what: str) -> Iterator[None]:
    """Tell what is being measured, and note if it cannot be."""
    print(f"{server.name}: {what}", file=sys.stderr)
    try:
        yield
    except (ServerError, WrkError, WrongAnswer) as error:
        results.failures.append(f"{server.name}, {what}: {error}")


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
    for connections in CONNECTIONS:
        wrk.check()
        wrk.load(connections, plan.warm_up_s)
        reading = _timed(started, wrk, connections, plan.seconds)
        wrk.check()
        results.readings[server.name, case.name, connections] = reading


def _timed(started: Started, wrk: Wrk, connections: int, seconds: int) -> Reading:
    before = usage(started.pid)
    load = wrk.load(connections, seconds)
    after = usage(started.pid)
    cpu_ms = (after.cpu_s - before.cpu_s) * 1000 / load.requests
    return Reading(load.requests / load.duration_s, cpu_ms, after.resident_mb)
