"""What a tree of processes uses, read from the system."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from comparison.process_tree import usage

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

# Starts itself once more, and that one takes memory and time; then both wait for the end of their input.
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]])
child.wait()
"""
CHILD = """
import sys, time
taken = b"x" * 60_000_000
while time.process_time() < 0.3:
    pass
print("done", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[bytes]]:
    """A process whose child has just used 60 MB and 0.3 s."""
    command = [sys.executable, "-c", PARENT, CHILD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"done\n"
        yield process
        process.communicate()


def test_memory_and_time_of_children_count(parent):
    used = usage(parent.pid)
    assert 60 < used.resident_mb < 200
    assert 0.3 <= used.cpu_s < 5


def test_time_of_this_process_is_what_it_measures_itself():
    began, before = time.process_time(), usage(os.getpid()).cpu_s
    while time.process_time() - began < 0.3:
        pass
    # The system counts in hundredths.
    assert usage(os.getpid()).cpu_s - before == pytest.approx(0.3, abs=0.05)


def test_a_process_that_is_not_there_is_an_error():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with pytest.raises(ProcessLookupError):
        usage(ended.pid)
