"""Sandboxes: how long it takes to make one, to put it back to the beginning, and to take it away."""

import http.client
import json
import time
from collections.abc import Iterator
from typing import Any

from comparison.batches import fixed_batch
from comparison.cases import INGESTION, WrongAnswer
from comparison.first_page import connected

__all__ = ["STEPS", "rounds"]

NAME = "bench"
SANDBOX = f"/_mock/sandboxes/{NAME}"
INSIDE = f"/_mock/s/{NAME}"
# In their order: what is done, by which request, and the status of success.
STEPS = {
    "make a sandbox": ("PUT", SANDBOX, 201),
    "reset a sandbox": ("POST", f"{SANDBOX}/reset", 200),
    "delete a sandbox": ("DELETE", SANDBOX, 200),
}
MAKE, RESET, DELETE = STEPS


def rounds(url: str, token: str, count: int) -> Iterator[tuple[str, float]]:
    """Each step so many times, with the ms that its answer took. A batch is written before each reset.

    Raises:
        WrongAnswer: A step was refused, or the reset did not take the batch back.
    """
    connection = connected(url)
    try:
        for _ in range(count):
            yield MAKE, done(connection, MAKE)
            write_batch(connection, token)
            expect(connection, 100)
            yield RESET, done(connection, RESET)
            expect(connection, 0)
            yield DELETE, done(connection, DELETE)
    finally:
        connection.close()


def done(connection: http.client.HTTPConnection, step: str) -> float:
    method, path, status = STEPS[step]
    began = time.perf_counter()
    asked(connection, method, path, b"{}", status)
    return (time.perf_counter() - began) * 1000


def write_batch(connection: http.client.HTTPConnection, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    asked(connection, "POST", f"{INSIDE}{INGESTION}/data/events", fixed_batch("events"), 200, headers)


def expect(connection: http.client.HTTPConnection, items: int) -> None:
    """Hold the number of items that the sandbox has against the right one."""
    total = asked(connection, "GET", f"{INSIDE}/_mock/ingested?kind=events&limit=1", b"", 200)["total"]
    if total != items:
        raise WrongAnswer(f"the sandbox has {total} items in the place of {items}")


def asked(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: bytes,
    status: int,
    headers: dict[str, str] | None = None,
) -> Any:
    connection.request(method, path, body, {"Content-Type": "application/json", **(headers or {})})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != status:
        raise WrongAnswer(f"{method} {path}: status {answer.status}: {text[:300]!r}")
    return json.loads(text)
