"""How long a page of the `huge` scenario takes, wherever it lies, and what it costs in memory.

    python benchmarks/pages.py [--rounds 101] [--pages 1000]

Requests go through the whole application (key, parameters, page, JSON) without a socket or a disk, so a
page's time is the processor's, and is measured as such: other work of the machine does not count. Every
round asks each question once, and the ratios compare medians of one run. Nothing here is asserted
anywhere: speed is measured, not tested.
"""

import argparse
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from mockserver import Settings, create_app
from mockserver.words.timestamps import iso_from_ms

TOTAL = 100_000_000
LIMIT = 1000
EXPERIMENT = "exp_huge"
START = """
import time
began = time.process_time()
from mockserver import Settings, create_app
imported = time.process_time()
app = create_app(Settings(scenario="huge"))
made = time.process_time()
answer = app.test_client().get(
    "/api/v3/data/ratings/continuous/experiment/exp_huge", headers={"X-API-Key": "hst_live_your_key_here"}
)
assert answer.status_code == 200
print(imported - began, made - imported, time.process_time() - made)
"""


@dataclass
class Question:
    """One kind of page: its path, how to choose its query anew each time, and the times it took in s."""

    name: str
    path: str
    query: Callable[[], dict[str, Any]]
    times_s: list[float] = field(default_factory=list)

    def ask(self, client: FlaskClient) -> None:
        query = {"limit": LIMIT, **self.query()}
        began = time.process_time()
        answer = client.get(self.path, query_string=query, headers={"X-API-Key": "hst_live_your_key_here"})
        self.times_s.append(time.process_time() - began)
        if answer.status_code != 200:
            raise RuntimeError(f"{self.name}: {answer.text}")

    @property
    def median_ms(self) -> float:
        return statistics.median(self.times_s) * 1000


def questions(client: FlaskClient, chance: random.Random) -> Iterator[Question]:
    """Every order, sort, window and scope; the first one is what the others are compared with."""
    world = client.application.extensions["mockserver"].default.world
    rooms = world.rooms(EXPERIMENT)
    room, who = rooms[250], world.participant_ids(rooms[250])[1]
    base = "/api/v3/data/ratings/continuous"
    whole = f"{base}/experiment/{EXPERIMENT}"
    last = TOTAL - LIMIT

    def at(offset: int, **more: Any) -> Callable[[], dict[str, Any]]:
        return lambda: {"offset": offset, **more}

    def anywhere(total: int = TOTAL, **more: Any) -> Callable[[], dict[str, Any]]:
        return lambda: {"offset": chance.randrange(total - LIMIT), **more}

    def window() -> dict[str, Any]:
        start, end = sorted(chance.sample(range(len(rooms)), 2))
        return {
            "startTime": iso_from_ms(rooms[start].started_ms + chance.randrange(5_000_000)),
            "endTime": iso_from_ms(rooms[end].started_ms + chance.randrange(5_000_000)),
            "offset": chance.randrange(200_000 * (end - start)),
        }

    yield Question("offset 0", whole, at(0))
    yield Question("offset 99,999,000", whole, at(last))
    yield Question("random offset", whole, anywhere())
    yield Question("offset 0, descending", whole, at(0, order="desc"))
    yield Question("offset 99,999,000, descending", whole, at(last, order="desc"))
    yield Question("random offset, descending", whole, anywhere(order="desc"))
    yield Question("offset 0, by onset", whole, at(0, sort="onset"))
    yield Question("offset 99,999,000, by onset", whole, at(last, sort="onset"))
    yield Question("random offset, by onset", whole, anywhere(sort="onset"))
    yield Question("random window and offset", whole, window)
    yield Question("one room of the experiment", whole, anywhere(200_000, roomId=room.room_id))
    yield Question("room, random offset", f"{base}/room/{room.room_id}", anywhere(200_000))
    yield Question("participant, random offset", f"{base}/participant/{who}", anywhere(50_000, roomId=room.room_id))


def measure(client: FlaskClient, rounds: int) -> None:
    """Print the median of each kind of page, and its ratio to the first."""
    asked = list(questions(client, random.Random(1)))
    for number in range(rounds + 5):
        for question in asked:
            question.ask(client)
            if number < 5:
                # The first rounds fill caches.
                question.times_s.clear()
    first = asked[0].median_ms
    print(f"{'page of 1,000 records':<34}{'median ms':>10}{'ratio':>8}")
    for question in asked:
        print(f"{question.name:<34}{question.median_ms:>10.2f}{question.median_ms / first:>8.2f}")


def resident_mb() -> float:
    """Resident memory now where the system says so, else its peak."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def grow(client: FlaskClient, pages: int) -> None:
    """Print how resident memory grows over random pages of every kind."""
    chance = random.Random(2)
    asked = list(questions(client, chance))
    before, peak = resident_mb(), 0.0
    for _ in range(pages):
        chance.choice(asked).ask(client)
        peak = max(peak, resident_mb())
    print(f"resident memory: {before:.1f} MB before, {resident_mb():.1f} MB after {pages:,} random pages")
    print(f"growth: {resident_mb() - before:.1f} MB (at its peak {peak - before:.1f} MB)")


def start() -> None:
    """Print what it takes to begin, in a process of its own."""
    runs = [list(map(float, subprocess.check_output([sys.executable, "-c", START]).split())) for _ in range(5)]
    imported, made, first = (statistics.median(times) * 1000 for times in zip(*runs, strict=True))
    print(f"start: imports {imported:.0f} ms, opening the scenario {made:.0f} ms, first page {first:.0f} ms")


def main() -> None:
    """Measure start, pages and memory, in this order."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=101, help="how often each kind of page is asked for")
    parser.add_argument("--pages", type=int, default=1000, help="random pages for the growth of memory")
    options = parser.parse_args()
    start()
    client = create_app(Settings(scenario="huge")).test_client(use_cookies=False)
    measure(client, options.rounds)
    grow(client, options.pages)


if __name__ == "__main__":
    main()
