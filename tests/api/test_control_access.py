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
    ],
)
@pytest.mark.parametrize("path", ["/_mock/clock", "/_mock/tokens"])
def test_a_page_that_may_not_call_changes_nothing(closed: Client, path: str, origin: str, status: int) -> None:
    """A browser sends such a request without asking first."""
    headers = {"Origin": origin, "Content-Type": "text/plain"}
    body = b'{"advanceMs": 0}' if path.endswith("clock") else b""
    answer = closed.post(path, headers=headers, data=body)
    assert answer.status_code == status
    if status == 403:
        told = f"pages of {origin} may not change anything: see --allowed-origins"
        assert answer.get_json() == {"error": told}


OWN_HOSTS = ["localhost", "localhost:4747", "LocalHost.:4747", "app.localhost", "127.0.0.1:1", "127.9.9.9", "[::1]:1"]
FOREIGN_HOSTS = [
    "evil.example:4747",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "0.0.0.0:4747",
    "notlocalhost",
    "192.168.1.20",
    "[2001:db8::1]",
    "mock_server:4747",
]


@pytest.mark.parametrize("host", OWN_HOSTS)
def test_this_machine_may_call_itself_what_it_likes(closed: Client, host: str) -> None:
    assert closed.get("/_mock/clock", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_foreign_host_is_refused_and_told_what_would_be_right(
    closed: Client, method: str, path: str, host: str
) -> None:
    """A page whose name was made to resolve to this machine is its own origin, and would pass for ours."""
    body = {"advanceMs": 1} if path.endswith("clock") else None
    before = closed.get("/_mock/clock").get_json()["now"]
    answer = closed.open(path, method=method, json=body, headers={"Host": host, "Origin": f"http://{host}"})
    assert answer.status_code == 403
    said = f"this request is for the host {host!r}: call it localhost, name the host with --public-url, or start"
    assert said in answer.get_json()["error"]
    assert closed.get("/_mock/clock").get_json()["now"] == before


def test_a_host_that_was_named_is_ours() -> None:
    """By `--public-url`, or as the host to listen on."""
    public = ProcessSettings(public_urls=("http://mock_server:4747",), host="devbox")
    client = create_app(Settings(scenario="pair"), public).test_client()
    for host in ("mock_server:4747", "mock_server", "devbox:4747"):
        assert client.get("/_mock/clock", headers={"Host": host}).status_code == 200
    origin = {"Host": "localhost:4747", "Origin": "http://mock_server:4747"}
    assert client.post("/_mock/clock", json={"advanceMs": 0}, headers=origin).status_code == 200


@pytest.mark.parametrize("header", ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"])
def test_who_asks_for_others_needs_the_token(with_token: Client, header: str) -> None:
    """A tunnel's connections come from this machine."""
    headers = {header: "for=127.0.0.1"}
    answer = with_token.get("/_mock/clock", headers=headers)
    assert answer.status_code == 403
    said = f"this request was forwarded ({header.lower()}): name the proxy with --trusted-proxies, or send the server's"
    assert said in answer.get_json()["error"]
    assert with_token.get("/_mock/clock", headers={**headers, "X-Mock-Control-Token": "Sésame"}).status_code == 200


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"X-Forwarded-For": "127.0.0.1"}, 200),
        ({"X-Forwarded-For": "192.168.1.20"}, 403),
        ({"X-Forwarded-For": "127.0.0.1, 192.168.1.20"}, 403),
        ({"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "evil.example"}, 403),
        ({"X-Forwarded-Proto": "https"}, 403),
        ({"Via": "1.1 proxy"}, 403),
        ({"Forwarded": "for=_hidden"}, 403),
        ({}, 200),
    ],
)
def test_behind_a_trusted_proxy_the_client_counts(told: dict[str, str], status: int) -> None:
    """Whoever the proxy does not name may be anybody."""
    process = ProcessSettings(trusted_proxies=("127.0.0.1",))
    client = create_app(Settings(scenario="empty"), process).test_client()
    assert client.get("/_mock/clock", headers=told).status_code == status


def test_below_a_sandbox_prefix_only_the_control_api_is_guarded(closed: Client) -> None:
    """What lies at `/_mock/s/default/api` is as open as `/api`."""
    headers = {"Host": "evil.example", "X-Forwarded-For": "6.6.6.6"}
    assert closed.get(f"/_mock/s/default{BASE_PATH}/health", headers=headers).status_code == 200
    assert closed.get("/_mock/s/default/_mock/clock", headers=headers).status_code == 403
    assert closed.get("/_mock/s/default/_mock/clock").status_code == 200


def test_the_documents_are_guarded_however_often_they_are_asked_for(closed: Client) -> None:
    """What one may have is not kept for another."""
    for address, status in (("127.0.0.1", 200), ("192.168.1.20", 403), ("127.0.0.1", 200)):
        assert ask(closed, "GET", "/_mock/openapi.json", address).status_code == status


def test_the_emulated_apis_are_for_everybody(closed: Client) -> None:
    """Only what steers the emulator is closed."""
    answer = closed.get(f"{BASE_PATH}/health", environ_base={"REMOTE_ADDR": "192.168.1.20"})
    assert answer.status_code == 200
