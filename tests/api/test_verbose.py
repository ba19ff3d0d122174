"""One line for each request, as `--verbose` prints it."""

import re

import pytest
from emulator import keys_of
from werkzeug.test import Client

from mockserver import Settings, create_app
from mockserver.app import create_sandboxes
from mockserver.command.verbose import verbose_line


class Printed:
    """An application that tells each request in a line."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        sandboxes = create_sandboxes(
            Settings(scenario="pair"), announce=lambda entry: self.lines.append(verbose_line(entry))
        )
        self.key = keys_of(sandboxes.default)["full"]
        self.client: Client = create_app(sandboxes=sandboxes).test_client(use_cookies=False)

    def line_of(self, method: str, target: str) -> str:
        """The line of one request."""
        answer = self.client.open(target, method=method, headers={"X-API-Key": self.key})
        assert answer.data is not None
        return self.lines[-1]


@pytest.fixture
def printed() -> Printed:
    return Printed()


@pytest.mark.parametrize(
    ("method", "target", "line"),
    [
        ("GET", "/api/v3/experiments?limit=1", r"listExperiments\?limit=1 200 \d+ B \d+\.\d ms"),
        ("GET", "/api/v3/nowhere", r"GET /api/v3/nowhere 404 \d+ B \d+\.\d ms \(unknown_route\)"),
        ("POST", "/api/data/events", r"ingestEvents 401 \d+ B \d+\.\d ms \(unauthorized\)"),
        ("OPTIONS", "/api/v3/health", r"OPTIONS /api/v3/health 204 0 B \d+\.\d ms"),
    ],
)
def test_a_request_is_told_in_one_line(printed: Printed, method: str, target: str, line: str) -> None:
    """By its operation's name where it has one."""
    assert re.fullmatch(line, printed.line_of(method, target)), printed.lines


def test_a_credential_is_not_printed(printed: Printed) -> None:
    """A terminal is often shown to others, and its text kept by CI."""
    for target in ("/api/v3/health?api_key=s3cret", "/api/v3/nowhere?x=1&signature=s3cret", "/api/v3/hst_test_s3cret"):
        line = printed.line_of("GET", target)
        assert "s3cret" not in line
        assert "[redacted]" in line


def test_nothing_that_a_client_sends_steers_a_terminal(printed: Printed) -> None:
    """Neither a query nor a path."""
    printed.line_of("GET", "/api/v3/experiments?%1b%5b31m%0a=1&\u00e4=\u009b31m")
    printed.line_of("GET", "/api/v3/\u00e4\u009b")
    assert all(line.isascii() and line.isprintable() for line in printed.lines)


def test_the_control_api_is_not_told(printed: Printed) -> None:
    """It is the emulator's own."""
    printed.client.get("/_mock/clock")
    assert printed.lines == []
