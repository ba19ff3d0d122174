"""Loads: `wrk` (Debian's package of that name) asks one question over and over for a bounded time."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from comparison.cases import Case

__all__ = ["Load", "Wrk", "WrkError"]

# How far the questions of two runs lie apart when each is to be a new one: more than a run can ask.
QUESTIONS_PER_RUN = 10_000_000

FIXED = """
wrk.method = "{method}"
wrk.headers["{header}"] = "{credential}"
wrk.headers["Content-Type"] = "application/json"
wrk.body = {body}
"""

# Each request names another instant before the first record, so all are legal and none is ever repeated.
VARIED = """
local number = 0

function init(arguments)
  number = tonumber(arguments[1])
end

function request()
  number = number + 1
  local minutes, ms = math.floor(number / 60000), number % 60000
  local start = string.format("2020-01-01T%02d:%02d:%06.3fZ", math.floor(minutes / 60), minutes % 60, ms / 1000)
  return wrk.format(nil, "{target}")
end
"""

# What wrk prints for people is rounded; this line is exact.
COUNTED = """
function done(summary)
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("counted %d %d %d %d\\n", summary.requests, summary.duration, errors.status, broken))
end
"""


class WrkError(Exception):
    """The load did not run, or some of its requests were not answered with success."""


@dataclass(frozen=True)
class Load:
    """How many requests were answered, in how many s."""

    requests: int
    duration_s: float


class Wrk:
    """Puts one case to one server, on several occasions.

    Args:
        url: Where the server answers, without a path.
        case: What to ask for.
        folder: Where the script for wrk may lie.
    """

    def __init__(self, url: str, case: Case, folder: Path) -> None:
        self._script = folder / "load.lua"
        self._script.write_text(script(case))
        self._url = url + case.target
        self._runs = 0

    def load(self, connections: int, seconds: int) -> Load:
        """Ask on so many connections, each a new question as soon as the last is answered.

        Raises:
            WrkError: wrk failed, a connection broke, or an answer was an error.
        """
        shape = ["-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(self._script)]
        command = ["wrk", *shape, self._url, "--", str(self._runs * QUESTIONS_PER_RUN)]
        self._runs += 1
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
        return counted(finished.stdout + finished.stderr)


def missing() -> bool:
    """Is there no wrk on this machine?"""
    return shutil.which("wrk") is None


def counted(output: str) -> Load:
    """Read the line that the script makes wrk print.

    Raises:
        WrkError: There is none, or it counts failures.
    """
    line = re.search(r"^counted (\d+) (\d+) (\d+) (\d+)$", output, re.MULTILINE)
    if line is None:
        raise WrkError(f"wrk did not finish: {output.strip()}")
    requests, duration_us, refused, broken = map(int, line.groups())
    if refused or broken or not requests:
        raise WrkError(f"of {requests} requests, {refused} were answered with an error and {broken} connections broke")
    return Load(requests, duration_us / 1e6)


def script(case: Case) -> str:
    """The requests of a case in wrk's language, Lua."""
    header, credential = case.credential
    body = f"[========[{case.body.decode()}]========]" if case.body else "nil"
    text = FIXED.format(method=case.method, header=header, credential=credential, body=body) + COUNTED
    if not case.offsets:
        return text
    return text + VARIED.format(target=case.variant(f'" .. number % {case.offsets} .. "', '" .. start .. "'))
