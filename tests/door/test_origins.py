"""Origins of web pages against patterns."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver import Settings, create_app
from mockserver.door.origins import is_allowed


@given(st.text("ab/*", max_size=8), st.text("ab/", max_size=10))
def test_a_star_stands_for_anything_but_a_slash(pattern: str, origin: str) -> None:
    """As a regular expression would have it."""
    expected = pattern == "*" or re.fullmatch(re.escape(pattern).replace(r"\*", "[^/]*"), origin) is not None
    assert is_allowed(origin, [pattern]) == expected


@pytest.mark.parametrize(
    ("pattern", "origin", "allowed"),
    [
        ("http://localhost:*", "http://localhost", True),
        ("http://localhost:*", "http://localhost:1", True),
        ("http://localhost:*", "http://localhost:", False),
        ("http://localhost:30*", "http://localhost:3000", True),
        ("http://localhost:30*", "http://localhost:4000", False),
        ("http://[::1]:*", "http://[::1]", True),
        ("http://[::1]:*", "http://[::2]", False),
        ("http://*.localhost:*", "http://a.localhost:5", True),
        ("http://*a*a*a*a*a*a*a*a*a*b", "http://" + "a" * 5000 + "c", False),
    ],
)
def test_ports_and_hosts(pattern: str, origin: str, allowed: bool) -> None:
    """A lone star as a port is any port and none; the last one would take a regular expression for ever."""
    assert is_allowed(origin, [pattern]) is allowed


def test_a_page_that_one_sandbox_lets_call_cannot_change_the_others() -> None:
    """Steering asks for the origins that the server was started with."""
    client = create_app(Settings(scenario="pair")).test_client()
    order = {"settings": {"allowedOrigins": ["https://page.example"]}}
    assert client.put("/_mock/sandboxes/open", json=order).status_code == 201
    page = {"Origin": "https://page.example"}
    for path in ("/_mock/s/open/_mock/sandboxes/default/reset", "/_mock/s/open/_mock/clock"):
        assert client.post(path, json={}, headers=page).status_code == 403
    assert (
        client.get("/_mock/s/open/api/v3/health", headers=page).headers["Access-Control-Allow-Origin"] == page["Origin"]
    )


def test_a_stranger_does_not_learn_the_names_of_sandboxes() -> None:
    """Whoever may not steer is told so first."""
    client = create_app(Settings(scenario="pair")).test_client()
    answer = client.get("/_mock/s/nope/_mock/world", headers={"Host": "evil.example"})
    assert answer.status_code == 403
    assert "default" not in answer.text
