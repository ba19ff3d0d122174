"""Starting a server, knowing when it answers, and ending it with everything that it started."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from comparison.cases import Case

__all__ = ["Launch", "Server", "ServerError", "Started", "free_port", "running"]

START_LIMIT_S = 20
END_LIMIT_S = 5
POLL_S = 0.002


class ServerError(Exception):
    """A server did not start, or ended by itself."""


@dataclass(frozen=True)
class Launch:
    """How to start one server for one case.

    Attributes:
        command: The program and its arguments.
        folder: Where it is started.
        url: Tells where it answers, without a path; None while that cannot be known.
    """

    command: Sequence[str]
    folder: Path
    url: Callable[[], str | None]


@dataclass(frozen=True)
class Server:
    """One server, in one form.

    Attributes:
        name: What the tables call it.
        runtime: What it runs on: Python, Node, Java or Rust.
        prepare: Writes what it needs for a case into a folder.
        cases: Names of the cases that it can answer.
    """

    name: str
    runtime: str
    prepare: Callable[[Case, Path], Launch]
    cases: Sequence[str]


@dataclass(frozen=True)
class Started:
    """A server that answers.

    Attributes:
        url: Where, without a path.
        pid: The root of its tree of processes.
        first_answer_s: From the start of its process to the end of its first answer with success.
    """

    url: str
    pid: int
    first_answer_s: float


@contextlib.contextmanager
def running(server: Server, case: Case, folder: Path) -> Iterator[Started]:
    """A server from its first answer to the end of the block, which ends every process it started.

    Raises:
        ServerError: It does not come to answer.
    """
    launch = server.prepare(case, folder)
    log = folder / "errors.txt"
    with log.open("wb") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            launch.command,
            cwd=launch.folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
        try:
            url = _answering(process, launch, case)
            if url is None:
                raise ServerError(f"{server.name} does not answer: {log.read_text(errors='replace')[-500:].strip()}")
            yield Started(url, process.pid, time.perf_counter() - began)
        finally:
            _end(process)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def _environment() -> dict[str, str]:
    """Ours, without what would change how the emulator starts: its own flags, and having it compiled each time."""
    changing = ("MOCKSERVER_", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if not name.startswith(changing)}


def _answering(process: subprocess.Popen[bytes], launch: Launch, case: Case) -> str | None:
    """The URL once the case is answered with success; None if that does not happen."""
    deadline = time.monotonic() + START_LIMIT_S
    while process.poll() is None and time.monotonic() < deadline:
        url = launch.url()
        if url is not None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                case.ask(url)
                return url
        time.sleep(POLL_S)
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the whole session to end, and see to it."""
    _signal(process, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(END_LIMIT_S)
    _signal(process, signal.SIGKILL)
    process.wait()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # The group outlives its leader for as long as one of its processes does.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
