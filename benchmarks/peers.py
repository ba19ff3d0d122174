"""This project beside other mock servers, in one run: speed, processor time, start and memory.

    apt-get install wrk nodejs default-jre-headless
    npm install --prefix benchmarks --no-package-lock
    python benchmarks/peers.py [--peers benchmarks/node_modules] [--only GROUP...] [--write FILE] [--readme README.md]

Linux only, on the loopback interface, in about a quarter of an hour. Each server is started fresh and alone, its answer
compared before and after the load. `benchmarks/README.md` says what is measured and where the traps are.
"""

import argparse
import datetime
import shutil
import signal
import sys
from collections.abc import Collection
from pathlib import Path
from types import FrameType

from comparison import machine, wrk
from comparison.batches import new_batch_cases
from comparison.cases import DEMO, HUGE, Case
from comparison.measuring import GROUPS, OWN_GROUPS, PAGES, Plan, measure
from comparison.new_pages import new_page_cases
from comparison.own import Huge, Subject, huge_of, measure_own
from comparison.project import NAME, fresh, project_server
from comparison.recipes import installed
from comparison.repeated import repeated_cases
from comparison.report import Setting, around_summary, report, with_summary
from comparison.servers import Server

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Measure, print the report, and keep it where that is asked for."""
    options = _options()
    if sys.platform != "linux":
        sys.exit("processor time and memory are read from /proc, which only Linux has")
    if wrk.missing():
        sys.exit("wrk is missing: apt-get install wrk")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    project = project_server(options.python, options.repository)
    peers, peer_versions = installed(options.peers)
    servers = [project, *peers]
    plan = Plan(options.seconds, options.warm_up, options.starts, options.only or GROUPS)
    cases, huge = answered(project, plan.groups)
    results = measure(servers, cases, plan)
    if huge is not None:
        measure_own(Subject(project, options.python, options.repository), huge, plan, results)
    setting = Setting(
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        machine=machine.description(),
        tools=machine.tool_versions(),
        versions={NAME: machine.project_version(options.python, options.repository), **peer_versions},
    )
    text = report(results, servers, cases, plan, setting)
    print(text)
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    if options.readme:
        page = options.readme.read_text(encoding="utf-8")
        options.readme.write_text(with_summary(page, results, servers, setting), encoding="utf-8")


def answered(project: Server, groups: Collection[str]) -> tuple[list[Case], Huge | None]:
    """The cases, and what is right in `huge`, told by servers that are started for this alone."""
    with fresh(project, DEMO) as (_, account):
        cases = [*repeated_cases(account), *new_page_cases(account), *new_batch_cases(account)]
    if not set(groups) & {PAGES, *OWN_GROUPS}:
        return cases, None
    with fresh(project, HUGE) as (_, account):
        pages = new_page_cases(account) if PAGES in groups else ()
        return [*cases, *pages], huge_of(account, groups)


def _leave(number: int, _frame: FrameType | None) -> None:
    """Ended like this, every `finally` on the way out ends the server or load that it started."""
    sys.exit(128 + number)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--peers", type=Path, default=HERE / "node_modules", help="folder node_modules that holds the peers")
    add("--python", default=sys.executable, help="interpreter that runs this project's server")
    add("--repository", type=Path, default=HERE.parent, help="checkout whose server is measured")
    add("--seconds", type=int, default=3, help="how long each load is timed")
    add("--warm-up", type=int, default=2, help="how long it runs before, untimed")
    add("--starts", type=int, default=3, help="how many fresh starts of each server are timed")
    add("--only", nargs="+", choices=GROUPS, metavar="GROUP", help=f"measure these alone: {', '.join(GROUPS)}")
    add("--write", type=Path, help="file for the report, in Markdown")
    add("--readme", type=Path, help="file that has the two marks, between which the table of targets goes")
    options = parser.parse_args()
    if options.readme and options.only:
        parser.error("--readme shows whole runs, so --only does not go with it")
    if options.readme:
        try:
            around_summary(options.readme.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            parser.error(f"--readme {options.readme}: {error}")
    # Servers are started in other folders. An interpreter that is a link stays one: that is how it knows its packages.
    options.peers, options.repository = options.peers.resolve(), options.repository.resolve()
    options.python = str(Path(shutil.which(options.python) or options.python).absolute())
    return options


if __name__ == "__main__":
    main()
