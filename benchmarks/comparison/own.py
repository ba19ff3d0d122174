"""What this project alone is asked for: first pages and far ones of a large world, long CSV, sandboxes, its import."""

import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from comparison import importing, long_csv, sandboxes
from comparison.account import Account
from comparison.cases import DEMO, HUGE, Case
from comparison.first_page import time_all
from comparison.measuring import CONNECTIONS, OWN_GROUPS, Figure, Plan, Results, attempt, timed
from comparison.new_pages import MAIN_TYPES, RATINGS, first_page, new_page_at
from comparison.process_tree import usage
from comparison.project import NAME, fresh
from comparison.servers import Server
from comparison.wrk import Wrk

__all__ = [
    "CSV_GROWTH",
    "CSV_SPEED",
    "DEEP",
    "IMPORT",
    "PROCESSOR",
    "READINGS",
    "TIME",
    "Huge",
    "Subject",
    "first_figure",
    "huge_of",
    "measure_own",
    "page_figure",
]

FIRST, DEEP_PAGE, CSV, SANDBOXES, IMPORTING = OWN_GROUPS
# Two places in a hundred million ratings.
DEEP = {"offset 0": 0, "offset 99,999,000": 99_999_000}
# How often the two take turns, since the machine's speed changes in between.
TURNS = 3
SANDBOX_ROUNDS = 200

TIME, PROCESSOR = READINGS = ("time", "processor time")
CSV_SPEED = Figure("CSV of 1,000,000 ratings of huge, by processor time", "records/s of a core")
CSV_GROWTH = Figure("CSV of 1,000,000 ratings of huge, growth of memory over the second half", "MB")
CSV_WHOLE_GROWTH = Figure("CSV of 1,000,000 ratings of huge, growth of memory over all of it", "MB")
IMPORT = Figure("import mockserver, processor time", "ms")


def first_figure(data_type: str, clients: int, reading: str) -> Figure:
    """How long it takes until so many clients have the first page."""
    return Figure(f"first page of {data_type} of huge, clients: {clients}, {reading}", "ms")


def page_figure(place: str, reading: str) -> Figure:
    """What a new page at a place in DEEP costs one client."""
    return Figure(f"new page of ratings of huge at {place}, {reading}", "ms")


@dataclass(frozen=True)
class Huge:
    """What is right in `huge`.

    Attributes:
        first_pages: By data type.
        deep: New pages by their place in DEEP.
        csv_digest: Of the first million continuous ratings; empty if nobody asks.
    """

    first_pages: dict[str, Case]
    deep: dict[str, Case]
    csv_digest: str


def huge_of(account: Account, groups: Collection[str]) -> Huge:
    """As much of it as the groups need, told by a server that is measured nowhere."""
    first_pages = {data_type: first_page(account, data_type) for data_type in MAIN_TYPES}
    deep = {place: new_page_at(account, place, offset) for place, offset in DEEP.items()}
    digest = long_csv.digest_of(account.url, first_pages[RATINGS]) if CSV in groups else ""
    return Huge(first_pages, deep, digest)


@dataclass(frozen=True)
class Subject:
    """What is measured.

    Attributes:
        server: This project's.
        python: The interpreter that runs it.
        repository: The checkout that it is of.
    """

    server: Server
    python: str
    repository: Path


def measure_own(subject: Subject, huge: Huge, plan: Plan, results: Results) -> None:
    """Measure the groups that are asked for; what fails is noted, and the rest goes on."""
    steps: dict[str, Callable[[], None]] = {
        FIRST: lambda: observe_first_pages(subject.server, huge, plan, results),
        DEEP_PAGE: lambda: observe_deep(subject.server, huge, plan, results),
        CSV: lambda: observe_csv(subject.server, huge, results),
        SANDBOXES: lambda: observe_sandboxes(subject.server, results),
        IMPORTING: lambda: results.add(IMPORT, importing.import_ms(subject.python, subject.repository)),
    }
    for group, step in steps.items():
        if group in plan.groups:
            with attempt(results, NAME, group):
                step()


def observe_first_pages(server: Server, huge: Huge, plan: Plan, results: Results) -> None:
    """A server can be asked for the first time only once."""
    for _ in range(plan.starts):
        for data_type, case in huge.first_pages.items():
            for clients in CONNECTIONS:
                with fresh(server, HUGE) as (started, _):
                    before = usage(started.pid).cpu_s
                    took_s = time_all(started.url, case, clients)
                    cpu_s = usage(started.pid).cpu_s - before
                results.add(first_figure(data_type, clients, TIME), took_s * 1000)
                results.add(first_figure(data_type, clients, PROCESSOR), cpu_s * 1000)


def observe_deep(server: Server, huge: Huge, plan: Plan, results: Results) -> None:
    """Both places in turn, on one server and one connection."""
    with fresh(server, HUGE) as (started, _), tempfile.TemporaryDirectory() as name:
        loads = {}
        for place, case in huge.deep.items():
            folder = Path(name) / str(DEEP[place])
            folder.mkdir()
            loads[place] = Wrk(started.url, case, folder)
            loads[place].check()
            if plan.warm_up_s:
                loads[place].load(1, plan.warm_up_s)
        for _ in range(TURNS):
            for place, load in loads.items():
                reading = timed(started, load, 1, plan.seconds)
                results.add(page_figure(place, TIME), 1000 / reading.requests_per_s)
                results.add(page_figure(place, PROCESSOR), reading.cpu_ms)
        for load in loads.values():
            load.check()


def observe_csv(server: Server, huge: Huge, results: Results) -> None:
    """One long download."""
    with fresh(server, HUGE) as (started, _):
        case = huge.first_pages[RATINGS]
        # Its stories are told once for all that is asked; what that costs is a figure of its own.
        case.check(started.url)
        reading = long_csv.read_all(started.url, started.pid, case, huge.csv_digest)
    results.add(CSV_SPEED, reading.records_per_core_s)
    results.add(CSV_GROWTH, reading.late_growth_mb)
    results.add(CSV_WHOLE_GROWTH, reading.growth_mb)


def observe_sandboxes(server: Server, results: Results) -> None:
    """Made, written to, reset and deleted, one after another."""
    with fresh(server, DEMO) as (started, account):
        for step, took_ms in sandboxes.rounds(started.url, account.token, SANDBOX_ROUNDS):
            results.add(Figure(step, "ms"), took_ms)
