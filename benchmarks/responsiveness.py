"""How long others wait: for small answers while a long one is made, and while many wait on purpose.

    python benchmarks/responsiveness.py [--seconds N]

Two loads on a server in this process, at ten small requests a client and second: a large experiment that is put over
and over, and forty answers that wait two seconds each. Printed are the medians and 99th percentiles of `/health` and of
a small page that nobody has asked for before, in ms; and the same without any load. Nothing is asserted: machines
differ. Quote them from a machine that is otherwise quiet.
"""

import argparse
import http.client
import json
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from urllib.parse import urlsplit

from mockserver import Settings, create_app
from mockserver.app import door_of
from mockserver.command.serve import SWITCH_INTERVAL_S
from mockserver.door.steps import HasSteps, Headers, Request, Steps, Wait
from mockserver.server import Server, serving

KEY = {"X-API-Key": "hst_live_your_key_here"}
PAUSE_S = 0.01
TARGET_MS = {"a long answer is made": 50, "40 answers wait 2 s": 20}
# As large as a body may be.
STATES = 20_000


class SlowDoor:
    """The emulator's door behind a wait of two seconds, for paths that ask for it."""

    def __init__(self, door: HasSteps) -> None:
        self._door = door

    def steps(self, request: Request) -> Steps:
        """Answer one request."""
        if b"slow" in request.query:
            yield Wait(2.0)
        yield from self._door.steps(request)

    def readable_by(self, origin: bytes) -> Headers:
        """As the door has it."""
        return self._door.readable_by(origin)


def ask(connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None = None) -> int:
    """Send a request and read its answer."""
    connection.request(method, path, body, {**KEY, "Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def connected(server: Server) -> http.client.HTTPConnection:
    """A connection of one's own."""
    address = urlsplit(server.url)
    return http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)


@contextmanager
def repeated(work: Callable[[], None], threads: int) -> Iterator[None]:
    """Do something over and over in threads, as long as the block runs."""
    over = threading.Event()

    def repeat() -> None:
        while not over.is_set():
            work()

    running = [threading.Thread(target=repeat) for _ in range(threads)]
    for thread in running:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in running:
            thread.join()


def times_ms(server: Server, paths: Iterator[str], seconds: float) -> list[float]:
    """How long each answer took."""
    taken: list[float] = []
    connection, until = connected(server), time.perf_counter() + seconds
    while time.perf_counter() < until:
        before = time.perf_counter()
        status = ask(connection, "GET", next(paths))
        taken.append((time.perf_counter() - before) * 1000)
        if status != http.HTTPStatus.OK:
            raise RuntimeError(f"a small answer was {status}")
        time.sleep(PAUSE_S)
    connection.close()
    return taken


def report(name: str, taken: list[float]) -> None:
    """A line: how many, the median, the 99th percentile and the longest."""
    ordered = sorted(taken)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(f"  {name:<24} {len(ordered):5} answers  median {statistics.median(ordered):6.1f}  p99 {p99:6.1f}  "
          f"longest {ordered[-1]:6.1f} ms")  # fmt: skip


def measure(server: Server, title: str, seconds: float) -> None:
    """Both kinds of small answers, one after the other."""
    target = TARGET_MS.get(title)
    print(title + (f" (target: p99 below {target} ms)" if target else ""))
    numbers = count()
    report("/health, kept", times_ms(server, iter(lambda: "/api/v3/health", ""), seconds))
    fresh = (f"/api/v3/data/events/room/room_abc123?limit=10&offset={n % 200}&endTime=2030-01-01T00:00:00.{n:06}Z"
             for n in numbers)  # fmt: skip
    report("small page, never asked", times_ms(server, fresh, seconds))


def large_definition() -> bytes:
    """An experiment of some megabytes."""
    states = [{"id": f"state_{n}", "name": f"State {n}", "order": n} for n in range(STATES)]
    return json.dumps({"name": "Large", "states": states}).encode()


def main() -> int:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each line is measured")
    seconds = parser.parse_args().seconds
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    with ExitStack() as stack:
        server = stack.enter_context(serving(SlowDoor(door_of(create_app(Settings())))))
        measure(server, "nothing else", seconds)
        putting, body = connected(server), large_definition()
        with repeated(lambda: put(putting, body), 1):
            measure(server, "a long answer is made", seconds)
        slow = threading.local()

        def wait() -> None:
            if not hasattr(slow, "connection"):
                slow.connection = connected(server)
            ask(slow.connection, "GET", "/api/v3/health?slow")

        with repeated(wait, 40):
            measure(server, "40 answers wait 2 s", seconds)
    return 0


def put(connection: http.client.HTTPConnection, body: bytes) -> None:
    """Put the large experiment."""
    status = ask(connection, "PUT", "/api/v3/experiments/exp_research_001", body)
    if status != http.HTTPStatus.OK:
        raise RuntimeError(f"the experiment was answered with {status}")


if __name__ == "__main__":
    sys.exit(main())
