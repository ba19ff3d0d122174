"""Starting the emulator as a process, waiting for what it says, and stopping it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator

TIMEOUT_S = 30.0


def environment(**twins: str) -> dict[str, str]:
    """The machine's environment without our own variables, plus these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOCKSERVER_")}
    return kept | twins


def start(*arguments: str, **twins: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "mockserver", *arguments],
        env=environment(**twins),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: str, **twins: str) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "mockserver", *arguments],
        env=environment(**twins),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


@contextlib.contextmanager
def started(*arguments: str, **twins: str) -> Iterator[subprocess.Popen[str]]:
    """A server process that is gone afterwards, whatever happened."""
    with start(*arguments, **twins) as process:
        try:
            yield process
        finally:
            process.kill()


def stop(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> tuple[str, str]:
    """Ask it to stop; what it still wrote."""
    process.send_signal(number)
    return process.communicate(timeout=TIMEOUT_S)


def read_until_ready(process: subprocess.Popen[str]) -> list[str]:
    """The lines up to the one that says ready."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith("ready "):
            break
    return lines


def announced(process: subprocess.Popen[str]) -> dict:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def status_of(url: str, **headers: str) -> int:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    with contextlib.closing(open_any(request)) as answer:
        return answer.status


def open_any(request: urllib.request.Request):
    """Errors are answers too."""
    try:
        return urllib.request.urlopen(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        return error
