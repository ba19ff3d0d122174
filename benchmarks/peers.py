"""This project beside other mock servers, in one run: speed, processor time, start and memory.

    apt-get install wrk nodejs default-jre-headless
    npm install --prefix benchmarks --no-package-lock
    python benchmarks/peers.py [--peers benchmarks/node_modules] [--write FILE]

Linux only, on the loopback interface, in about ten minutes. Each server is started fresh and alone, its answer
compared before and after the load. `benchmarks/README.md` says what is measured and where the traps are.
"""

import argparse
import datetime
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

from comparison import machine, wrk
from comparison.cases import HEALTH, Case, cases_of
from comparison.measuring import Plan, measure
from comparison.project import NAME, project_server, ready
from comparison.recipes import installed
from comparison.report import Setting, report
from comparison.servers import Server, running

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
    cases = answered_cases(project)
    plan = Plan(options.seconds, options.warm_up, options.starts)
    results = measure(servers, cases, plan)
    setting = Setting(
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        machine=machine.description(),
        tools=machine.tool_versions(),
        versions={NAME: machine.project_version(options.python, options.repository), **peer_versions},
    )
    text = report(results, servers, cases, plan, setting)
    print(text)
    if options.write:
        options.write.write_text(text)


def answered_cases(project: Server) -> list[Case]:
    """The cases, answered by a server that is started for this alone."""
    with tempfile.TemporaryDirectory() as name, running(project, HEALTH, Path(name)):
        return cases_of(**ready(Path(name)))


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
    add("--starts", type=int, default=5, help="how many fresh starts of each server are timed")
    add("--write", type=Path, help="file for the report, in Markdown")
    options = parser.parse_args()
    # Servers are started in other folders. An interpreter that is a link stays one: that is how it knows its packages.
    options.peers, options.repository = options.peers.resolve(), options.repository.resolve()
    options.python = str(Path(shutil.which(options.python) or options.python).absolute())
    return options


if __name__ == "__main__":
    main()
