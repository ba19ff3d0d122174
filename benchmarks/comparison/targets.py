"""What this project wants to reach beside its peers, as ratios within one run, and what it reached.

A ratio above 1 always speaks for this project, but for starts, memory and its ratios to itself, where less is better.
Loads are judged at sixteen connections, new pages at one too; where a target does not say whether it means requests/s
or processor time, both are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from comparison import own
from comparison.batches import BAD, FACIAL, KINDS, VALID, VOICE
from comparison.cases import BATCH, CASES, DEMO, HUGE, LARGE, LARGE_EVENTS, LARGE_SYNC, NEW, SMALL
from comparison.measuring import CONNECTIONS, Figure, Reading, Results
from comparison.new_pages import EVENTS, MAIN_TYPES, RATINGS, SYNC, List
from comparison.project import NAME
from comparison.servers import Server
from comparison.variations import JSON

__all__ = ["PAGES", "Verdict", "verdicts"]

FEW, MANY = CONNECTIONS
RUST, PRISM = "Rust", "Prism"
PAGES = (SMALL, NEW, LARGE)
# How much memory may vary over a long answer and still be called flat.
FLAT_MB = 10
# What peers answer to the questions that they have no answer of their own to.
CANNED = {RATINGS: LARGE, EVENTS: LARGE_EVENTS, SYNC: LARGE_SYNC}
CHECKED = dict(zip(KINDS, (BATCH, FACIAL, VOICE), strict=True))
REPEATED = {
    NEW: SMALL,
    **{List(world, kind, JSON).name: CANNED[kind] for world in (DEMO, HUGE) for kind in MAIN_TYPES},
    **{names[kind]: CHECKED[kind] for names in (VALID, BAD) for kind in KINDS},
}


@dataclass(frozen=True)
class Verdict:
    """One target and what was measured.

    Attributes:
        subject: What of this project is judged.
        limit: The number to reach, or to stay within.
        measured: None if one side of it is not there.
        reading: What is read of it, where there are several.
        rival: What it is held against, if anything.
        unit: What stands behind both numbers.
        at_most: Is less better?
    """

    subject: str
    limit: float
    measured: float | None
    reading: str = ""
    rival: str = ""
    unit: str = "×"
    at_most: bool = False

    @property
    def claim(self) -> str:
        """All of what is compared."""
        return f"{self.subject}{self.reading and ', '}{self.reading}{self.rival and ': '}{self.rival}"

    @property
    def goal(self) -> str:
        """The limit, as the tables show it."""
        return f"{'≤' if self.at_most else '≥'} {self.limit:,} {self.unit}"

    @property
    def met(self) -> bool | None:
        """None if it was not measured."""
        if self.measured is None:
            return None
        return self.measured <= self.limit if self.at_most else self.measured >= self.limit


def verdicts(results: Results, servers: Sequence[Server]) -> Iterator[Verdict]:
    """Every target, in the order in which they were set."""
    yield from repeated(results, servers)
    yield from new_pages(results)
    yield from of_huge(results)
    yield from new_batches(results, servers)
    imported = results.typical(own.IMPORT)
    yield Verdict(own.IMPORT.name, 10, imported, unit="ms", at_most=True)


def repeated(results: Results, servers: Sequence[Server]) -> Iterator[Verdict]:
    """What is asked again and again; small pages that are new; starts and memory."""
    rust = [server.name for server in servers if server.runtime == RUST]
    node_and_java = [server.name for server in servers if server.name != NAME and server.runtime != RUST]
    prism = prism_forms(servers)
    yield Verdict(SMALL, 2.0, cheaper(results, SMALL, rust), "processor time", "apimock-rs")
    yield Verdict(SMALL, 1.5, faster(results, SMALL, rust), "requests/s", "apimock-rs")
    yield from both(results, SMALL, 4.0, "best of Node and Java", node_and_java)
    yield from both(results, LARGE, 1.5, "apimock-rs", rust)
    yield from both(results, LARGE, 3.0, "best of Node and Java", node_and_java)
    for case in CASES:
        yield Verdict(case, 1.0, kept_up(results, case), "requests/s", f"{MANY} connections to {FEW}")
    for name in prism:
        yield from both(results, NEW, 1.0, f"small page of {name}", [name])
    for name in prism:
        yield Verdict("start to first answer", 0.8, start_ratio(results, name), rival=name, at_most=True)
    aim = start_ratio(results, "json-server")
    yield Verdict("start to first answer", 1.0, aim, rival="json-server (an aim)", at_most=True)
    yield Verdict("memory idle", 80, results.idle(NAME), unit="MB", at_most=True)
    yield Verdict("growth of memory by pages", 30, growth_mb(results), unit="MB", at_most=True)


def new_pages(results: Results) -> Iterator[Verdict]:
    """Pages that nobody asked for before, beside the canned pages of peers as they start."""
    yield from both(results, NEW, 1.5, "small page of Prism as it starts", [PRISM])
    for world in (DEMO, HUGE):
        for data_type, limit in ((RATINGS, 1.0), (EVENTS, 1.0), (SYNC, 0.5)):
            page = List(world, data_type, JSON).name
            yield from at_each(results, page, limit, "canned page of Mockoon", ["Mockoon"])
    for data_type in (RATINGS, EVENTS):
        page = List(DEMO, data_type, JSON).name
        yield from at_each(results, page, 0.5, "canned page of WireMock (an aim)", ["WireMock"])


def of_huge(results: Results) -> Iterator[Verdict]:
    """First pages, the last page, and long CSV."""
    for data_type in MAIN_TYPES:
        for reading in own.READINGS:
            few, many = (own.first_figure(data_type, clients, reading) for clients in CONNECTIONS)
            subject, rival = f"first page of {data_type} of huge", f"{MANY} clients at once to {FEW}"
            yield Verdict(subject, 1.5, ratio(results, many, few), reading, rival, at_most=True)
    near, far = own.DEEP
    for reading in own.READINGS:
        measured = ratio(results, own.page_figure(far, reading), own.page_figure(near, reading))
        yield Verdict(f"new page of ratings of huge at {far}", 1.2, measured, reading, near, at_most=True)
    yield Verdict(own.CSV_SPEED.name, 1_000_000, results.typical(own.CSV_SPEED), unit=own.CSV_SPEED.unit)
    yield Verdict(own.CSV_GROWTH.name, FLAT_MB, results.typical(own.CSV_GROWTH), unit="MB", at_most=True)


def new_batches(results: Results, servers: Sequence[Server]) -> Iterator[Verdict]:
    """Batches that did not arrive before, beside Prism's check of the whole body, which is always valid."""
    for names, limit in ((VALID, 3.0), (BAD, 1.0)):
        for kind in KINDS:
            for name in prism_forms(servers):
                yield from both(results, names[kind], limit, f"valid batch of {name}", [name])


def prism_forms(servers: Sequence[Server]) -> list[str]:
    """The names of its forms; that of the first where it is absent."""
    return [server.name for server in servers if server.name.startswith(PRISM)] or [PRISM]


def both(results: Results, case: str, limit: float, rival: str, rivals: Sequence[str]) -> Iterator[Verdict]:
    """The same target in processor time and in requests/s."""
    yield Verdict(case, limit, cheaper(results, case, rivals), "processor time", rival)
    yield Verdict(case, limit, faster(results, case, rivals), "requests/s", rival)


def at_each(results: Results, case: str, limit: float, rival: str, rivals: Sequence[str]) -> Iterator[Verdict]:
    """The same target in both, on one connection and on sixteen."""
    for connections in CONNECTIONS:
        measured = cheaper(results, case, rivals, connections)
        yield Verdict(case, limit, measured, f"processor time, {connections} conn.", rival)
    for connections in CONNECTIONS:
        measured = faster(results, case, rivals, connections)
        yield Verdict(case, limit, measured, f"requests/s, {connections} conn.", rival)


def faster(results: Results, case: str, rivals: Sequence[str], connections: int = MANY) -> float | None:
    """Requests/s of this project by those of the fastest rival."""
    ours, theirs = _readings(results, case, rivals, connections)
    return ours.requests_per_s / max(rival.requests_per_s for rival in theirs) if ours and theirs else None


def cheaper(results: Results, case: str, rivals: Sequence[str], connections: int = MANY) -> float | None:
    """Processor time for a request of the cheapest rival by that of this project."""
    ours, theirs = _readings(results, case, rivals, connections)
    # The system counts in hundredths of a second: a very short load may show none.
    return min(rival.cpu_ms for rival in theirs) / ours.cpu_ms if ours and ours.cpu_ms and theirs else None


def ratio(results: Results, figure: Figure, base: Figure) -> float | None:
    """One figure of this project by another."""
    measured, whole = results.typical(figure), results.typical(base)
    return measured / whole if measured is not None and whole else None


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


def _readings(
    results: Results, case: str, rivals: Sequence[str], connections: int
) -> tuple[Reading | None, list[Reading]]:
    """Ours, and those of the rivals; what nobody asked before is held against what they repeat."""
    theirs = REPEATED.get(case, case)
    readings = (results.readings.get((rival, theirs, connections)) for rival in rivals)
    return results.readings.get((NAME, case, connections)), [reading for reading in readings if reading]
