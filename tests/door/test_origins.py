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


@pytest.mark.parametrize(
    "origin",
    [
        *(f"{scheme}://0.0.0.0{port}" for scheme in ("http", "https") for port in ("", ":8000")),
        "capacitor://localhost",
        "ionic://localhost",
        "tauri://localhost",
        "http://tauri.localhost",
    ],
)
def test_what_runs_on_this_machine_may_call(origin: str) -> None:
    """Servers that were told to listen everywhere, and apps that show pages of their own."""
    client = create_app(Settings(scenario="empty")).test_client()
    answer = client.get("/api/v3/health", headers={"Origin": origin})
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert client.post("/_mock/clock", json={"advanceMs": 0}, headers={"Origin": origin}).status_code == 200


@pytest.mark.parametrize("origin", ["http://0.0.0.0.evil.example", "tauri://evil.example", "capacitor://localhost:1"])
def test_what_looks_like_it_may_not(origin: str) -> None:
    """Nor steer the emulator."""
    client = create_app(Settings(scenario="empty")).test_client()
    assert "Access-Control-Allow-Origin" not in client.get("/api/v3/health", headers={"Origin": origin}).headers
    assert client.post("/_mock/clock", json={"advanceMs": 0}, headers={"Origin": origin}).status_code == 403


def told(allowed: tuple[str, ...], *origins: str, caplog: pytest.LogCaptureFixture) -> list[str]:
    client = create_app(Settings(scenario="empty", allowed_origins=allowed)).test_client()
    caplog.clear()
    for origin in origins:
        for method, path in (("GET", "/api/v3/health"), ("POST", "/api/data/events"), ("OPTIONS", "/x")):
            client.open(path, method=method, headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
    return [record.getMessage() for record in caplog.records]


def test_a_refused_origin_is_told_once_with_the_flag(caplog: pytest.LogCaptureFixture) -> None:
    """As it can be pasted: what may call now, and this one."""
    said = "pages of https://app.example may not call, and their browser shows them no answer; to let them: "
    flag = "--allowed-origins default,https://app.example"
    assert told(("default",), "https://app.example", "http://localhost:1", caplog=caplog) == [said + flag]
    assert Settings(allowed_origins=("default", "https://app.example")).allowed_origins[-1] == "https://app.example"
    flag = "--allowed-origins https://a.example,https://app.example"
    assert told(("https://a.example",), "https://app.example", caplog=caplog) == [said + flag]
    flag = "--allowed-origins default,https://a.example,https://app.example"
    assert told(("https://a.example", "default"), "https://app.example", caplog=caplog) == [said + flag]


def test_each_refused_origin_is_told_and_no_made_up_ones_without_end(caplog: pytest.LogCaptureFixture) -> None:
    """A line each, in ASCII, whatever a client sends, up to a hundred."""
    odd = ["null", "nonsense", "https://*", "https://x/\x1b[31mé" + "y" * 9999]
    lines = told(("default",), *odd, caplog=caplog)
    assert [line.partition(" may not call, ")[0] for line in lines] == [
        "pages of null",
        "pages of nonsense",
        "pages of https://*",
        "pages of https://x/\\x1b[31m\\xe9" + "y" * 184,
    ]
    assert lines[0].endswith("to let them: --allowed-origins default,null")
    assert all(line.endswith(": it is no origin as browsers send one") for line in lines[1:])
    many = [f"https://{number}.example" for number in range(150)]
    assert len(told(("default",), *many, caplog=caplog)) == 100


def test_the_emulator_s_own_pages_are_no_strangers(caplog: pytest.LogCaptureFixture) -> None:
    """Their browser names them too, where they post."""
    client = create_app(Settings(scenario="empty")).test_client()
    for headers in ({"Host": "mock_server:4747", "Origin": "http://mock_server:4747"}, {}):
        client.post("/api/data/events", headers=headers)
    assert not caplog.records
