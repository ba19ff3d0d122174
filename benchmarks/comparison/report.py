"""A run as Markdown: what was measured where, and what became of the targets."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from comparison.batches import BAD, FACIAL, SMALL_BATCH, VALID, VOICE
from comparison.cases import BATCH, CASES, LARGE_EVENTS, LARGE_SYNC, Case
from comparison.measuring import CONNECTIONS, GROUPS, Plan, Reading, Results
from comparison.new_pages import LISTS
from comparison.project import NAME
from comparison.recipes import ABSENT
from comparison.servers import Server
from comparison.targets import PAGES, Verdict, verdicts

__all__ = ["BEGIN", "END", "Setting", "around_summary", "report", "summary", "with_summary"]

BEGIN = "<!-- speed: made by `python benchmarks/peers.py --readme README.md` -->"
END = "<!-- speed: end -->"
NOTHING = "–"
# What peers are asked too.
REPEATED = [*CASES, LARGE_EVENTS, LARGE_SYNC, FACIAL, VOICE]
# What this project alone is asked for: it is new each time.
OWN = [*(listed.name for listed in LISTS), *VALID.values(), *BAD.values(), SMALL_BATCH]


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

    @property
    def absent(self) -> list[str]:
        """The peers that were not installed."""
        return [name for name, version in self.versions.items() if version == ABSENT]

    def lines(self) -> list[str]:
        """All of it as sentences, a line each."""
        present = [f"{name}: {version}." for name, version in self.versions.items() if version != ABSENT]
        return [f"{self.machine}. {self.tools}.", *present, f"Absent: {', '.join(self.absent) or 'none'}."]


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
        "## Never asked before, never sent before",
        _new(results, cases),
        "## Start and memory",
        _footprints(results, names),
        *(["## Further figures", _figures(results)] if results.figures else []),
        "## Targets",
        _targets(verdicts(results, servers), plan),
    ]
    if results.failures:
        parts += ["## Not measured", "\n".join(f"- {failure}" for failure in results.failures)]
    return "\n\n".join(parts) + "\n"


def with_summary(text: str, results: Results, servers: Sequence[Server], setting: Setting) -> str:
    """A Markdown text with the summary of a run between its two marks.

    Raises:
        ValueError: It has no such marks.
    """
    before, after = around_summary(text)
    return f"{before}{BEGIN}\n\n{summary(results, servers, setting)}\n\n{END}{after}"


def around_summary(text: str) -> tuple[str, str]:
    """What stands before the marks of a Markdown text, and behind them.

    Raises:
        ValueError: It has no such marks.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"there are no lines {BEGIN} and {END}, between which the summary goes")
    return before, after


def summary(results: Results, servers: Sequence[Server], setting: Setting) -> str:
    """When and where it was, and the targets: a line each, with all that was read of it."""
    judged = list(verdicts(results, servers))
    rows = [_summed(list(group)) for _, group in groupby(judged, lambda each: (each.subject, each.rival, each.goal))]
    lines = [f"- {line}" for line in (f"{setting.date}. {setting.machine}. {setting.tools}.", *setting.lines()[1:])]
    return "\n".join(lines) + "\n\n" + _table([f"{NAME}, held against", "target", "measured"], rows)


def _summed(judged: Sequence[Verdict]) -> list[str]:
    """All readings of one target; what misses it is bold."""
    first = judged[0]
    claim = f"{first.subject}: {first.rival}" if first.rival else first.subject
    return [claim, first.goal, ", ".join(f"{each.reading} {_marked(each)}".strip() for each in judged)]


def _marked(verdict: Verdict) -> str:
    return f"**{_measured(verdict)}**" if verdict.met is False else _measured(verdict)


def _circumstances(cases: Sequence[Case], plan: Plan, setting: Setting) -> str:
    sizes = "; ".join(f"{case.name}: {_kilobytes(case)} kB" for case in cases if case.name in REPEATED)
    groups = ", ".join(plan.groups)
    load = (
        f"{plan.seconds} s for each load after {plan.warm_up_s} s of warm-up; {plan.starts} starts. Measured: {groups}."
    )
    return "\n".join(f"- {line}" for line in (*setting.lines(), load, f"{sizes}."))


def _by_case(results: Results, names: Sequence[str], cell: Callable[[Reading], str]) -> str:
    """A row for each server, a column for each case and number of connections, as far as there are readings."""
    readings = {key: reading for key, reading in results.readings.items() if key[1] in REPEATED}
    columns = [
        (case, connections)
        for case in REPEATED
        for connections in CONNECTIONS
        if any(key[1:] == (case, connections) for key in readings)
    ]
    rows = [
        [name, *(cell(readings[name, *column]) if (name, *column) in readings else NOTHING for column in columns)]
        for name in names
    ]
    return _table(["server", *(f"{case}, {connections} conn." for case, connections in columns)], rows)


def _new(results: Results, cases: Sequence[Case]) -> str:
    """A row for each case that this project alone is asked."""
    sizes = {case.name: _kilobytes(case) for case in cases}
    rows = []
    for name in OWN:
        readings = [results.readings.get((NAME, name, connections)) for connections in CONNECTIONS]
        if any(readings):
            speeds = [_number(reading.requests_per_s if reading else None) for reading in readings]
            costs = [_number(reading.cpu_ms if reading else None, 3) for reading in readings]
            rows.append([name, sizes.get(name, NOTHING), *speeds, *costs])
    head = [
        f"{what}, {connections} conn." for what in ("requests/s", "processor time, ms") for connections in CONNECTIONS
    ]
    return _table(["case", "kB", *head], rows)


def _figures(results: Results) -> str:
    rows = [
        [figure.name, f"{_number(results.typical(figure), 2)} {figure.unit}", str(len(values))]
        for figure, values in results.figures.items()
    ]
    return _table(["figure", "median", "of"], rows)


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


def _targets(judged: Iterable[Verdict], plan: Plan) -> str:
    """A row for each; where only a part was measured, for each that was."""
    if set(plan.groups) < set(GROUPS):
        judged = [verdict for verdict in judged if verdict.measured is not None]
    words = {True: "met", False: "**missed**", None: "not measured"}
    rows = [[verdict.claim, verdict.goal, _measured(verdict), words[verdict.met]] for verdict in judged]
    return _table([f"{NAME}, held against", "target", "measured", "verdict"], rows)


def _measured(verdict: Verdict) -> str:
    return NOTHING if verdict.measured is None else f"{_number(verdict.measured, 2)} {verdict.unit}"


def _kilobytes(case: Case) -> str:
    """Of what is sent, or else of the answer."""
    return f"{len(case.body or case.answer.encode()) / 1000:.1f}"


def _number(value: float | None, digits: int = 0) -> str:
    """With commas; large ones without decimals."""
    return NOTHING if value is None else f"{value:,.{0 if value >= 10_000 else digits}f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Text in the first column, numbers in the others."""
    marks = ["---", *("---:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, marks, *rows])
