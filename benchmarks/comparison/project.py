"""This project's server, started as its users start it."""

import contextlib
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from comparison.account import Account
from comparison.batches import BAD, SMALL_BATCH, VALID
from comparison.cases import CASES, HEALTH, Case
from comparison.new_pages import LISTS
from comparison.servers import POLL_S, START_LIMIT_S, Launch, Server, ServerError, Started, free_port, running

__all__ = ["NAME", "fresh", "project_server", "ready"]

NAME = "this project"
READY_FILE = "ready.json"


def project_server(python: str, repository: Path) -> Server:
    """The server of a checkout, run by an interpreter that has what it needs."""

    def prepare(case: Case, folder: Path) -> Launch:
        port = free_port()
        flags = ["-p", str(port), "--scenario", case.world, "--quiet", "--ready-file", str(folder / READY_FILE)]
        command = [python, "-m", "mockserver", *flags]
        # `python -m` looks into the folder where it is started first, so this checkout wins over an installed one.
        return Launch(command, repository, lambda: f"http://127.0.0.1:{port}")

    own = [*(listed.name for listed in LISTS), *VALID.values(), *BAD.values(), SMALL_BATCH]
    return Server(NAME, "Python", prepare, [*CASES, *own])


def ready(folder: Path) -> Account:
    """What a running server says about itself.

    It answers before it has written that down, since the digest of its world takes a moment.

    Raises:
        ServerError: It does not say it.
    """
    deadline = time.monotonic() + START_LIMIT_S
    while not (folder / READY_FILE).exists():
        if time.monotonic() > deadline:
            raise ServerError(f"no {READY_FILE} was written")
        time.sleep(POLL_S)
    told = json.loads((folder / READY_FILE).read_text())
    return Account(told["url"], told["keys"]["full"], told["token"], told["scenario"])


@contextlib.contextmanager
def fresh(project: Server, world: str) -> Iterator[tuple[Started, Account]]:
    """A server of a world that is ready and was asked for nothing yet.

    Raises:
        ServerError: It does not come to that.
    """
    with tempfile.TemporaryDirectory() as name, running(project, replace(HEALTH, world=world), Path(name)) as started:
        yield started, ready(Path(name))
