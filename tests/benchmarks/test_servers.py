"""Starting servers and ending them with all that they started."""

import contextlib
import sys
from pathlib import Path

import pytest

from comparison.cases import Case
from comparison.recipes import installed
from comparison.servers import Launch, Server, ServerError, free_port, running

fcntl = pytest.importorskip("fcntl", reason="servers are ended by process group")

ROOT = Case("root", "GET", "/")
# A launcher, and the server that it launches, which does not end when asked to. Both hold a lock while they live.
LAUNCHER = """
import fcntl, subprocess, sys
lock = open("lock", "w")
fcntl.flock(lock, fcntl.LOCK_EX)
sys.exit(subprocess.call([sys.executable, "-c", sys.argv[1], sys.argv[2]], pass_fds=[lock.fileno()]))
"""
LAUNCHED = """
import http.server, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


class BenchmarkFailed(Exception):
    """Something went wrong while a server was running."""


def python_server(*arguments: str) -> Server:
    port = free_port()

    def prepare(_case: Case, folder: Path) -> Launch:
        command = [sys.executable, *arguments, str(port)]
        return Launch(command, folder, lambda: f"http://127.0.0.1:{port}")

    return Server("toy", "Python", prepare, ())


def is_held(lock: Path) -> bool:
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_what_a_server_launched_ends_with_the_block_even_if_it_fails(tmp_path):
    server = python_server("-c", LAUNCHER, LAUNCHED)
    with contextlib.suppress(BenchmarkFailed), running(server, ROOT, tmp_path):
        assert is_held(tmp_path / "lock")
        raise BenchmarkFailed
    with (tmp_path / "lock").open() as lock:
        # Waits for the last of them; one that went on would make this test run out of time.
        fcntl.flock(lock, fcntl.LOCK_EX)


def test_a_server_that_ends_by_itself_is_told_with_its_last_words(tmp_path):
    failing = python_server("-c", "import sys; sys.exit('no such file')")
    with pytest.raises(ServerError, match="toy does not answer: no such file"), running(failing, ROOT, tmp_path):
        pass


def test_peers_that_are_not_installed_are_absent_by_name(tmp_path):
    servers, versions = installed(tmp_path)
    assert servers == []
    assert versions == dict.fromkeys(
        ["apimock-rs", "Prism", "Mockoon", "WireMock", "json-server", "mountebank"], "absent"
    )
