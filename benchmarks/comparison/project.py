"""This project's server, started as its users start it."""

import json
from pathlib import Path

from comparison.cases import CASES, Case
from comparison.servers import Launch, Server

__all__ = ["NAME", "project_server", "ready"]

NAME = "this project"
READY_FILE = "ready.json"


def project_server(python: str, repository: Path) -> Server:
    """The server of a checkout, run by an interpreter that has what it needs."""

    def prepare(_case: Case, folder: Path) -> Launch:
        ready_file = folder / READY_FILE
        command = [python, "-m", "mockserver", "--port", "0", "--quiet", "--ready-file", str(ready_file)]
        # `python -m` looks into the folder where it is started first, so this checkout wins over an installed one.
        return Launch(command, repository, lambda: _url(ready_file))

    return Server(NAME, "Python", prepare, CASES)


def ready(folder: Path) -> dict[str, str]:
    """What a running server says about itself: `url`, an ingestion `token`, a reading `key`."""
    told = json.loads((folder / READY_FILE).read_text())
    return {"url": told["url"], "token": told["token"], "key": told["keys"]["full"]}


def _url(ready_file: Path) -> str | None:
    url: str | None = json.loads(ready_file.read_text())["url"] if ready_file.exists() else None
    return url
