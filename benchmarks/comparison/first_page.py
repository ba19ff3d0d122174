"""The first page of `huge`, which tells stories that nobody heard before: for one client, and for sixteen at once."""

import http.client
import threading
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from comparison.cases import Case, WrongAnswer

__all__ = ["time_all"]


def time_all(url: str, case: Case, clients: int) -> float:
    """How long it takes, in s, until as many clients have the answer that ask for it at the same moment.

    Raises:
        OSError: A client got none.
        WrongAnswer: One of them got something else.
    """
    connections = [connected(url) for _ in range(clients)]
    try:
        answers: list[tuple[int, bytes]] = []
        together = threading.Barrier(clients + 1)
        threads = [threading.Thread(target=ask, args=(each, case, together, answers)) for each in connections]
        for thread in threads:
            thread.start()
        together.wait()
        began = time.perf_counter()
        for thread in threads:
            thread.join()
        took_s = time.perf_counter() - began
    finally:
        for connection in connections:
            connection.close()
    check(case, clients, answers)
    return took_s


def connected(url: str) -> http.client.HTTPConnection:
    place = urlsplit(url)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=60)
    connection.connect()
    return connection


def ask(
    connection: http.client.HTTPConnection, case: Case, together: threading.Barrier, answers: list[tuple[int, bytes]]
) -> None:
    together.wait()
    connection.request(case.method, case.target, headers=case.headers)
    answer = connection.getresponse()
    answers.append((answer.status, answer.read()))


def check(case: Case, clients: int, answers: Sequence[tuple[int, bytes]]) -> None:
    """The first answer as a value, and the others by its bytes."""
    if len(answers) < clients:
        raise OSError(f"{case.name}: {clients - len(answers)} of {clients} clients got no answer")
    status, body = answers[0]
    if status != 200:
        raise WrongAnswer(f"status {status}: {body[:300]!r}")
    case.verify(body.decode())
    if set(answers) != {answers[0]}:
        raise WrongAnswer("clients who asked for the same got different answers")
