"""Who may use the control API: this machine, and others that know the token."""

import pytest
from werkzeug.test import Client, TestResponse

from mockserver import ProcessSettings, Settings, create_app
from mockserver.hyperstudy.routes import BASE_PATH

ELSEWHERE = ["192.168.1.20", "10.0.0.7", "2001:db8::1", "::ffff:203.0.113.9", "nonsense"]
HERE = ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"]
PATHS = [("GET", "/_mock/world"), ("POST", "/_mock/tokens"), ("GET", "/_mock/truth"), ("POST", "/_mock/clock")]


def ask(client: Client, method: str, path: str, address: str, token: str | None = None) -> TestResponse:
    headers = {} if token is None else {"X-Mock-Control-Token": token}
    body = {"advanceMs": 1} if path.endswith("clock") else None
    return client.open(path, method=method, headers=headers, json=body, environ_base={"REMOTE_ADDR": address})


@pytest.fixture(scope="module")
def closed() -> Client:
    return create_app(Settings(scenario="pair")).test_client(use_cookies=False)


@pytest.fixture(scope="module")
def with_token() -> Client:
    return create_app(Settings(scenario="pair"), ProcessSettings(control_token="Sésame")).test_client(use_cookies=False)


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("address", HERE)
def test_this_machine_needs_no_token(closed: Client, method: str, path: str, address: str) -> None:
    """However it writes its own address."""
    assert ask(closed, method, path, address).status_code == 200


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("address", ELSEWHERE)
def test_other_machines_are_told_how_they_may(closed: Client, method: str, path: str, address: str) -> None:
    """Without a token, nothing that they send lets them in."""
    answer = ask(closed, method, path, address, token="None")
    assert answer.status_code == 403
    told = f"{path} is for the machine that the emulator runs on: start the server with --control-token"
    assert answer.get_json() == {"error": told}


@pytest.mark.parametrize(("sent", "status"), [("Sésame", 200), ("sésame", 403), ("", 403), (None, 403)])
def test_the_token_lets_other_machines_in(with_token: Client, sent: str | None, status: int) -> None:
    """That very token, and no other."""
    answer = ask(with_token, "GET", "/_mock/world", "192.168.1.20", token=sent)
    assert answer.status_code == status
    if status == 403:
        assert "send the server's --control-token as X-Mock-Control-Token" in answer.get_json()["error"]


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://evil.example", 403),
        ("null", 403),
        ("http://localhost:3000", 200),
        ("chrome-extension://abc", 200),
        ("http://mock_server:4747", 200),
    ],
)
@pytest.mark.parametrize("path", ["/_mock/clock", "/_mock/tokens"])
def test_a_page_that_may_not_call_changes_nothing(closed: Client, path: str, origin: str, status: int) -> None:
    """A browser sends such a request without asking first; pages of the emulator's own host may call."""
    headers = {"Origin": origin, "Content-Type": "text/plain", "Host": "mock_server:4747"}
    body = b'{"advanceMs": 0}' if path.endswith("clock") else b""
    answer = closed.post(path, headers=headers, data=body)
    assert answer.status_code == status
    if status == 403:
        told = f"pages of {origin} may not change anything: see --allowed-origins"
        assert answer.get_json() == {"error": told}


def test_the_emulated_apis_are_for_everybody(closed: Client) -> None:
    """Only what steers the emulator is closed."""
    answer = closed.get(f"{BASE_PATH}/health", environ_base={"REMOTE_ADDR": "192.168.1.20"})
    assert answer.status_code == 200
