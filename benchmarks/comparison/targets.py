"""What this project wants to reach beside its peers, as ratios within one run, and what it reached.

A ratio above 1 always speaks for this project, but for starts and memory, where less is better. Loads are
judged at sixteen connections; where a target does not say whether it means requests/s or processor time, both are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from comparison.cases import CASES, LARGE, NEW, SMALL
from comparison.measuring import CONNECTIONS, Reading, Results
from comparison.project import NAME
from comparison.servers import Server

__all__ = ["Verdict", "verdicts"]

FEW, MANY = CONNECTIONS
RUST = "Rust"
PAGES = (SMALL, NEW, LARGE)


@dataclass(frozen=True)
class Verdict:
    """One target and what was measured.

    Attributes:
        claim: What is compared with what.
        limit: The number to reach, or to stay within.
        measured: None if one side of it is not there.
        unit: What stands behind both numbers.
        at_most: Is less better?
    """

    claim: str
    limit: float
    measured: float | None
    unit: str = "×"
    at_most: bool = False

    @property
    def met(self) -> bool | None:
        """None if it was not measured."""
        if self.measured is None:
            return None
        return self.measured <= self.limit if self.at_most else self.measured >= self.limit


def verdicts(results: Results, servers: Sequence[Server]) -> Iterator[Verdict]:
    """Every target, in the order in which they were set."""
    rust = [server.name for server in servers if server.runtime == RUST]
    node_and_java = [server.name for server in servers if server.name != NAME and server.runtime != RUST]
    prism = [name for name in node_and_java if name.startswith("Prism")] or ["Prism"]
    yield Verdict("small page, processor time: apimock-rs", 2.0, cheaper(results, SMALL, rust))
    yield Verdict("small page, requests/s: apimock-rs", 1.5, faster(results, SMALL, rust))
    yield from both(results, SMALL, 4.0, "best of Node and Java", node_and_java)
    yield from both(results, LARGE, 1.5, "apimock-rs", rust)
    yield from both(results, LARGE, 3.0, "best of Node and Java", node_and_java)
    for case in CASES:
        yield Verdict(f"{case}, requests/s: {MANY} connections to {FEW}", 1.0, kept_up(results, case))
    for name in prism:
        yield from both(results, NEW, 1.0, f"small page of {name}", [name])
    for name in prism:
        yield Verdict(f"start to first answer: {name}", 0.8, start_ratio(results, name), at_most=True)
    aim = start_ratio(results, "json-server")
    yield Verdict("start to first answer: json-server (an aim)", 1.0, aim, at_most=True)
    yield Verdict("memory idle", 80, results.idle(NAME), "MB", at_most=True)
    yield Verdict("growth of memory by pages", 30, growth_mb(results), "MB", at_most=True)


def both(results: Results, case: str, limit: float, rival: str, rivals: Sequence[str]) -> Iterator[Verdict]:
    """The same target in processor time and in requests/s."""
    yield Verdict(f"{case}, processor time: {rival}", limit, cheaper(results, case, rivals))
    yield Verdict(f"{case}, requests/s: {rival}", limit, faster(results, case, rivals))


def faster(results: Results, case: str, rivals: Sequence[str]) -> float | None:
    """Requests/s of this project by those of the fastest rival."""
    ours, theirs = _readings(results, case, rivals)
    return ours.requests_per_s / max(rival.requests_per_s for rival in theirs) if ours and theirs else None


def cheaper(results: Results, case: str, rivals: Sequence[str]) -> float | None:
    """Processor time for a request of the cheapest rival by that of this project."""
    ours, theirs = _readings(results, case, rivals)
    return min(rival.cpu_ms for rival in theirs) / ours.cpu_ms if ours and theirs else None


def kept_up(results: Results, case: str) -> float | None:
    """Requests/s of this project on many connections by those on one."""
    few, many = (results.readings.get((NAME, case, connections)) for connections in CONNECTIONS)
    return many.requests_per_s / few.requests_per_s if few and many else None


def start_ratio(results: Results, rival: str) -> float | None:
    """Time from start to first answer of this project by a rival's."""
    ours, theirs = results.start_s(NAME), results.start_s(rival)
    return ours / theirs if ours and theirs else None


def growth_mb(results: Results) -> float | None:
    """How much more memory this project has after its pages than before; batches are there to be kept."""
    idle, after = results.idle(NAME), results.after(NAME, PAGES)
    return after - idle if idle and after else None


def _readings(results: Results, case: str, rivals: Sequence[str]) -> tuple[Reading | None, list[Reading]]:
    """Ours, and those of the rivals; a page never asked before is held against their repeated one."""
    theirs = SMALL if case == NEW else case
    readings = (results.readings.get((rival, theirs, MANY)) for rival in rivals)
    return results.readings.get((NAME, case, MANY)), [reading for reading in readings if reading]
