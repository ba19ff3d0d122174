"""A run as Markdown: what was measured where, and what became of the targets."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from comparison.cases import BATCH, CASES, Case
from comparison.measuring import CONNECTIONS, Plan, Reading, Results
from comparison.project import NAME
from comparison.servers import Server
from comparison.targets import PAGES, Verdict, verdicts

__all__ = ["Setting", "report"]

NOTHING = "–"


@dataclass(frozen=True)
class Setting:
    """Under which circumstances a run took place.

    Attributes:
        date: Of the run, as ISO 8601 has it.
        machine: Processor, cores and kernel.
        tools: Versions of what the peers and the loads run on.
        versions: Of this project and of each peer, by name.
    """

    date: str
    machine: str
    tools: str
    versions: dict[str, str]


def report(results: Results, servers: Sequence[Server], cases: Sequence[Case], plan: Plan, setting: Setting) -> str:
    """The whole page."""
    names = [server.name for server in servers]
    parts = [
        f"# {NAME.capitalize()} beside its peers, {setting.date}",
        _circumstances(cases, plan, setting),
        "## Requests/s",
        _by_case(results, names, lambda reading: f"{reading.requests_per_s:,.0f}"),
        "## Processor time for a request, ms",
        _by_case(results, names, lambda reading: f"{reading.cpu_ms:.3f}"),
        "## Start and memory",
        _footprints(results, names),
        "## Targets",
        _targets(verdicts(results, servers)),
    ]
    if results.failures:
        parts += ["## Not measured", "\n".join(f"- {failure}" for failure in results.failures)]
    return "\n\n".join(parts) + "\n"


def _circumstances(cases: Sequence[Case], plan: Plan, setting: Setting) -> str:
    sizes = "; ".join(f"{case.name}: {len(case.body or case.answer.encode()) / 1000:.1f} kB" for case in cases)
    lines = [
        f"{setting.machine}. {setting.tools}.",
        f"{plan.seconds} s for each load after {plan.warm_up_s} s of warm-up; {plan.starts} starts.",
        f"{sizes}.",
        *(f"{name}: {version}." for name, version in setting.versions.items()),
    ]
    return "\n".join(f"- {line}" for line in lines)


def _by_case(results: Results, names: Sequence[str], cell: Callable[[Reading], str]) -> str:
    """A row for each server, a column for each case and number of connections."""
    columns = [(case, connections) for case in CASES for connections in CONNECTIONS]
    readings = results.readings
    rows = [
        [name, *(cell(readings[name, *column]) if (name, *column) in readings else NOTHING for column in columns)]
        for name in names
    ]
    return _table(["server", *(f"{case}, {connections} conn." for case, connections in columns)], rows)


def _footprints(results: Results, names: Sequence[str]) -> str:
    head = ["server", "start to first answer, s", "memory idle, MB", "after pages, MB", "after batches, MB"]
    rows = [
        [
            name,
            _number(results.start_s(name), 2),
            _number(results.idle(name)),
            _number(results.after(name, PAGES)),
            _number(results.after(name, [BATCH])),
        ]
        for name in names
    ]
    return _table(head, rows)


def _targets(judged: Iterable[Verdict]) -> str:
    rows = [
        [
            verdict.claim,
            f"{'≤' if verdict.at_most else '≥'} {verdict.limit:g} {verdict.unit}",
            f"{verdict.measured:.2f} {verdict.unit}" if verdict.measured is not None else NOTHING,
            {True: "met", False: "**missed**", None: "not measured"}[verdict.met],
        ]
        for verdict in judged
    ]
    return _table([f"{NAME}, held against", "target", "measured", "verdict"], rows)


def _number(value: float | None, digits: int = 0) -> str:
    return NOTHING if value is None else f"{value:.{digits}f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Text in the first column, numbers in the others."""
    marks = ["---", *("---:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, marks, *rows])
