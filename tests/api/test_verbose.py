"""One line for each request, as `--verbose` prints it."""

import re

import pytest
from emulator import keys_of
from werkzeug.test import Client

from mockserver import Settings, create_app
from mockserver.app import create_sandboxes
from mockserver.command.verbose import request_line


class Printed:
    """An application that tells each request in a line."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        sandboxes = create_sandboxes(
            Settings(scenario="pair"), announce=lambda entry: self.lines.append(request_line(entry))
        )
        self.key = keys_of(sandboxes.default)["full"]
        self.client: Client = create_app(sandboxes=sandboxes).test_client(use_cookies=False)

    def line_of(self, method: str, target: str, **headers: str) -> str:
        """The line of one request, without its time and duration."""
        sent = {"X-API-Key": self.key, **{name.replace("_", "-"): value for name, value in headers.items()}}
        answer = self.client.open(target, method=method, headers=sent)
        assert answer.data is not None
        timed = re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3} (.*) in \d+\.\d ms(.*)", self.lines[-1], re.DOTALL)
        assert timed, self.lines
        return timed[1] + timed[2]


@pytest.fixture
def printed() -> Printed:
    return Printed()


@pytest.mark.parametrize(
    ("method", "target", "line"),
    [
        ("GET", "/api/v3/experiments?limit=1", r"200 listExperiments GET /api/v3/experiments [\d,]+ bytes, key full"),
        ("GET", "/api/v3/experiments?lim=1", r"200 listExperiments .*, key full, not read: 'lim'"),
        ("GET", "/api/v3/nowhere?api_key=x", r"404 no operation GET /api/v3/nowhere \d+ bytes, unknown_route"),
        ("POST", "/api/data/events", r"401 ingestEvents POST /api/data/events \d+ bytes, unauthorized"),
        ("OPTIONS", "/api/v3/health", r"204 preflight OPTIONS /api/v3/health 0 bytes"),
        ("GET", "/api/v3/%1b[31m", r"404 no operation GET /api/v3/%1[Bb](\[|%5B)31m \d+ bytes, unknown_route"),
    ],
)
def test_a_request_is_told_in_one_line(printed: Printed, method: str, target: str, line: str) -> None:
    """By its operation's name, without the query."""
    assert re.fullmatch(line, printed.line_of(method, target)), printed.lines


def test_nothing_that_a_client_sends_steers_a_terminal(printed: Printed) -> None:
    """Neither a parameter's name nor a path."""
    printed.line_of("GET", "/api/v3/experiments?%1b%5b31m%0a=1&%c3%a4=1")
    printed.line_of("GET", "/api/v3/\u00e4\u009b")
    assert all(line.isascii() and line.isprintable() for line in printed.lines)


def test_the_control_api_is_not_told(printed: Printed) -> None:
    """It is the emulator's own."""
    printed.client.get("/_mock/clock")
    assert printed.lines == []
