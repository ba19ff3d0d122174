"""Starting a server as people come: ports and hosts, TLS, the moved clock, a line for each request, health."""

import contextlib
import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from command_support import TIMEOUT_S, announced, read_until_ready, run, started, status_of, stop

from mockserver.command.cli import main

CERTIFICATE = Path(__file__).parents[1] / "server" / "localhost.pem"
IPV6 = socket.has_ipv6 and Path("/proc/net/if_inet6").exists()


def test_help_and_port_have_short_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-h"]) == 0
    assert capsys.readouterr().out.startswith("Usage: mockserver")
    with started("-p", "0", "--scenario", "empty", "--json") as process:
        assert announced(process)["port"] > 0


@pytest.mark.skipif(not IPV6, reason="this system has no IPv6")
def test_the_printed_address_is_reached_in_both_families() -> None:
    with started("--port", "0", "--scenario", "empty", "--json") as process:
        port = announced(process)["port"]
        for host in ("127.0.0.1", "[::1]", "localhost"):
            assert status_of(f"http://{host}:{port}/") == 200


@pytest.mark.parametrize("host", [pytest.param("[::1]", marks=pytest.mark.skipif(not IPV6, reason="no IPv6")), "*"])
def test_hosts_are_understood_as_people_write_them(host: str) -> None:
    with started("--host", host, "--port", "0", "--scenario", "empty", "--quiet") as process:
        url = read_until_ready(process)[-1].removeprefix("ready ")
        assert url.startswith("http://[::1]:" if host == "[::1]" else "http://localhost:")
        assert status_of(f"{url}/_mock/clock") == 200
        _, warned = stop(process)
    assert ("lets other machines in" in warned) == (host == "*")


def test_what_kubernetes_sets_is_passed_over_with_a_line() -> None:
    """A service named `mockserver` puts an address where the port would be."""
    address = "tcp://10.96.13.7:4747"
    with socket.create_server(("127.0.0.1", 4747)) if _is_free(4747) else contextlib.nullcontext():
        done = run("--scenario", "empty", "--ready-file", "no/such/folder/x", MOCKSERVER_PORT=address)
    first, second = done.stderr.splitlines()
    assert first == (
        f"mockserver: MOCKSERVER_PORT is {address}, an address that Kubernetes sets for a service of this name, "
        "and no port: passed over"
    )
    assert "cannot listen on localhost:4747" in second
    assert "is not a whole number" in run("--port", address).stderr


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def test_https_is_served_with_a_certificate() -> None:
    arguments = ["--tls-cert", str(CERTIFICATE), "--port", "0", "--scenario", "empty", "--json"]
    with started(*arguments) as process:
        told = announced(process)
        assert told["url"] == f"https://localhost:{told['port']}"
        up = run("health", "--url", told["url"])
        assert (up.returncode, up.stdout, up.stderr) == (0, f"{told['url']} is up\n", "")
    refused = run("--tls-key", str(CERTIFICATE), "--port", "0", "--scenario", "empty")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "no certificate" in refused.stderr


def test_experiments_are_moved_to_an_instant() -> None:
    """The clock begins there, and banner and object say so."""
    with started("--now", "2026-03-16T10:00:00Z", "--port", "0", "--scenario", "pair", "--json") as process:
        assert announced(process)["now"] == "2026-03-16T10:00:00.000Z"
    with started("--now", "machine", "--port", "0", "--scenario", "pair") as process:
        (world,) = [line for line in read_until_ready(process) if line.strip().startswith("world")]
        assert ", now 20" in world
        assert "now 2024" not in world


@pytest.mark.parametrize("value", ["yesterday", "", "9001-01-01", "12"])
def test_an_instant_that_is_none_is_told(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--now", value]) == 2
    assert "is neither machine nor an instant such as 2026-03-16T10:00:00Z" in capsys.readouterr().err


def test_verbose_prints_a_line_for_each_request() -> None:
    """By the operation's name, and what is refused too; the control API is not among them."""
    with started("--verbose", "--port", "0", "--scenario", "empty", "--json") as process:
        url = announced(process)["url"]
        status_of(f"{url}/api/v3/health")
        status_of(f"{url}/api/v3/nowhere")
        status_of(f"{url}/_mock/clock")
        _, lines = stop(process)
    told = [line.split(" ms")[0].rpartition(" ")[0] for line in lines.splitlines()]
    assert [line.rpartition(" ")[0].rpartition(" ")[0] for line in told] == [
        "mockserver: getHealth 200",
        "mockserver: GET /api/v3/nowhere 404",
    ]
    assert lines.splitlines()[-1].endswith("(unknown_route)")


def test_health_is_a_line_and_an_exit_code() -> None:
    """Of the server that the same flags and environment would start."""
    with started("--port", "0", "--scenario", "empty", "--json") as process:
        port = str(announced(process)["port"])
        up = run("health", MOCKSERVER_PORT=port, MOCKSERVER_HOST="*")
        assert (up.returncode, up.stdout, up.stderr) == (0, f"http://localhost:{port} is up\n", "")
        stop(process)
    down = run("health", MOCKSERVER_PORT=port)
    assert (down.returncode, down.stdout, down.stderr.count("\n")) == (1, "", 1)
    assert f"mockserver: http://localhost:{port} does not answer: " in down.stderr


@pytest.mark.parametrize("url", ["localhost:4747", "http://", "http://a:b", "ftp://localhost"])
def test_health_of_what_is_no_url(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["health", "--url", url]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_health_loads_little() -> None:
    """An image asks every few seconds."""
    code = (
        "import sys; from mockserver.command.cli import main; main(['health', '--url', 'http://127.0.0.1:9']); "
        "print([name for name in ('flask', 'numpy', 'marshmallow', 'faker', 'uvicorn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    assert done.stdout == "[]\n"


BEFORE_ANYBODY_WRITES = """
import sys
from mockserver.command import serve
from mockserver import Settings, create_app
answer = create_app(Settings(scenario="demo")).test_client().get("/api/v3/health")
waiting = ("sqlalchemy", "jsonschema_rs", "yaml", "faker", "harfile", "matplotlib", "mockserver.openapi.documents")
print(answer.status_code, [name for name in waiting if name in sys.modules])
"""


def test_a_start_loads_nothing_that_can_wait() -> None:
    """Databases, validators, documents and names come when somebody asks for them."""
    command = [sys.executable, "-c", BEFORE_ANYBODY_WRITES]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    assert done.stdout == "200 []\n"


def test_public_urls_begin_the_links(tmp_path: Path) -> None:
    """From the flag, given twice, and from the environment, with a space between."""
    twice = ["--public-url", "https://a.example/mock", "--public-url", "http://b.example"]
    for arguments, twins in ((twice, {}), ([], {"MOCKSERVER_PUBLIC_URL": "https://a.example/mock http://b.example"})):
        with started(*arguments, "--port", "0", "--scenario", "empty", "--json", **twins) as process:
            port = announced(process)["port"]
            with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S) as client:
                client.sendall(b"GET / HTTP/1.1\r\nHost: b.example\r\nConnection: close\r\n\r\n")
                answer = b"".join(iter(lambda: client.recv(65536), b""))
            assert json.loads(answer.partition(b"\r\n\r\n")[2])["dataApi"] == "http://b.example/api/v3"
            assert status_of(f"http://127.0.0.1:{port}/_mock/clock", Host="a.example") == 200
            assert status_of(f"http://127.0.0.1:{port}/_mock/clock", Host="c.example") == 403
