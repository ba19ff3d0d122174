"""Loads: `wrk` (Debian's package of that name) asks one question over and over for a bounded time.

It asks through a script in its language, Lua, and the same script tells what one such request is answered with.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from comparison.cases import Case, WrongAnswer
from comparison.variations import quoted

__all__ = ["Load", "Wrk", "WrkError", "missing"]

# How far the questions of two runs lie apart when each is to be a new one: more than a run can ask.
QUESTIONS_PER_RUN = 10_000_000

FIXED = """
number = 0
wrk.method = "{method}"
{headers}
wrk.body = {body}
"""

# Goes before the request of a variation, which counts on from there.
COUNTING = """
function init(arguments)
  number = tonumber(arguments[1])
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

# Keeps the first answer and ends wrk, which would wait for the end of its time even if its thread has stopped.
ANSWERED = """
function response(status, _, body)
  local file = io.open("{path}", "wb")
  file:write(status, " ", number, "\\n", body)
  file:close()
  os.exit(0)
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
        folder: Where the scripts may lie.
    """

    def __init__(self, url: str, case: Case, folder: Path) -> None:
        self._url = url + case.target
        self._case = case
        self._answer = folder / "answer"
        self._loading, self._checking = folder / "load.lua", folder / "check.lua"
        self._loading.write_text(script(case))
        self._checking.write_text(script(case) + ANSWERED.format(path=self._answer))
        self._runs = 0

    def load(self, connections: int, seconds: int) -> Load:
        """Ask on so many connections, on each again as soon as the last answer is there.

        Raises:
            WrkError: wrk failed, a connection broke, or an answer was an error.
        """
        return counted(self._run(self._loading, connections, seconds))

    def check(self) -> None:
        """Ask as `load` does, once, and compare.

        Raises:
            WrkError: Nobody answers.
            WrongAnswer: Status or body are not the case's.
        """
        self._answer.unlink(missing_ok=True)
        output = self._run(self._checking, connections=1, seconds=10)
        if not self._answer.exists():
            raise WrkError(f"no answer: {output.strip()}")
        head, _, body = self._answer.read_bytes().decode().partition("\n")
        status, number = map(int, head.split())
        if status != 200:
            raise WrongAnswer(f"status {status}: {body[:300]!r}")
        self._case.verify(body, number)

    def _run(self, lua: Path, connections: int, seconds: int) -> str:
        """What wrk prints. No two runs of it ask the same where each question is to be a new one."""
        shape = ["-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(lua)]
        command = ["wrk", *shape, self._url, "--", str(self._runs * QUESTIONS_PER_RUN)]
        self._runs += 1
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
        return finished.stdout + finished.stderr


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
    """The requests of a case, in Lua."""
    headers = "\n".join(f'wrk.headers["{name}"] = "{value}"' for name, value in case.headers.items())
    body = quoted(case.body.decode()) if case.body else "nil"
    text = FIXED.format(method=case.method, headers=headers, body=body) + COUNTED
    return text + COUNTING + case.variation.lua(case.target) if case.variation else text
