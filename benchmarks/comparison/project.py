"""This project's server, started as its users start it."""

import json
import time
from pathlib import Path

from comparison.cases import CASES, Case
from comparison.servers import POLL_S, START_LIMIT_S, Launch, Server, ServerError, free_port

__all__ = ["NAME", "project_server", "ready"]

NAME = "this project"
READY_FILE = "ready.json"


def project_server(python: str, repository: Path) -> Server:
    """The server of a checkout, run by an interpreter that has what it needs."""

    def prepare(_case: Case, folder: Path) -> Launch:
        port = free_port()
        command = [python, "-m", "mockserver", "-p", str(port), "--quiet", "--ready-file", str(folder / READY_FILE)]
        # `python -m` looks into the folder where it is started first, so this checkout wins over an installed one.
        return Launch(command, repository, lambda: f"http://127.0.0.1:{port}")

    return Server(NAME, "Python", prepare, CASES)


def ready(folder: Path) -> dict[str, str]:
    """What a running server says about itself: `url`, an ingestion `token`, a reading `key`.

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
    return {"url": told["url"], "token": told["token"], "key": told["keys"]["full"]}
