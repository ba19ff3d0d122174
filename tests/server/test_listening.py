"""Where a server listens: names, families, ports, and the line that a user gets where that is impossible."""

import errno
import socket
from contextlib import closing

import pytest
from toy_doors import Doors, get

from mockserver.server import Server, serving
from mockserver.server.listening import listen
from mockserver.words.errors import SettingsError


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="no IPv6 here")


def taken(host: str, family: socket.AddressFamily, port: int = 0) -> socket.socket:
    return socket.create_server((host, port), family=family)


def test_port_0_becomes_a_free_port_that_the_url_names():
    """A test can start a server without choosing a port."""
    with closing(Server(Doors())) as server:
        assert server.port > 0
        assert server.url == f"http://localhost:{server.port}"
        assert not server.exposed


@needs_ipv6
@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "*"])
def test_both_families_answer_on_one_port(host):
    """`localhost` is `::1` first for many clients, and 127.0.0.1 for others."""
    with serving(Doors(), host=host) as server:
        for address in ("127.0.0.1", "::1"):
            with socket.create_connection((address, server.port), timeout=10) as raw:
                raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                assert raw.recv(65536).startswith(b"HTTP/1.1 200 OK")
        assert server.url == f"http://localhost:{server.port}"
        assert server.exposed == (host == "*")


def test_an_address_stands_in_the_url_as_it_was_given():
    """Whoever says 127.0.0.1 may have a reason."""
    with closing(Server(Doors(), host="127.0.0.1")) as server:
        assert server.url == f"http://127.0.0.1:{server.port}"


def test_a_wildcard_is_called_by_loopback_and_known_as_exposed():
    """Nobody can call 0.0.0.0, so the URL must not say it."""
    with serving(Doors(), host="0.0.0.0") as everywhere:
        assert everywhere.url == f"http://127.0.0.1:{everywhere.port}"
        assert everywhere.exposed
        assert get(everywhere, "/") == b"hello"


@needs_ipv6
@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_an_ipv6_host_stands_in_brackets(host):
    """The URL works as printed, with or without brackets in the setting."""
    with closing(Server(Doors(), host=host)) as server:
        assert server.url == f"http://[::1]:{server.port}"
        assert not server.exposed


@needs_ipv6
def test_a_port_that_is_taken_in_the_other_family_is_tried_again(monkeypatch):
    """Port 0 never fails because somebody else has the same number in IPv6."""
    with closing(taken("::1", socket.AF_INET6)) as other:
        first = [other.getsockname()[1]]
        create_server = socket.create_server

        def unlucky(address, **more):
            if more["family"] == socket.AF_INET and first:
                return create_server((address[0], first.pop()), **more)
            return create_server(address, **more)

        monkeypatch.setattr(socket, "create_server", unlucky)
        listeners = listen("localhost", 0)
        with closing(listeners):
            assert not first
            assert listeners.port != other.getsockname()[1]
            assert {bound.getsockname()[1] for bound in listeners.sockets} == {listeners.port}


@pytest.mark.parametrize(
    ("host", "family"),
    [("127.0.0.1", socket.AF_INET), pytest.param("::1", socket.AF_INET6, marks=needs_ipv6)],
)
def test_a_port_taken_in_either_family_is_one_clear_line(host, family):
    """The message names the address and two ways out; and nothing is left listening."""
    with closing(taken(host, family)) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            SettingsError, match=rf"localhost:{port}: the port is taken.*another one \(0 picks"
        ) as error:
            Server(Doors(), port=port)
        assert "\n" not in str(error.value)


def test_a_machine_without_ipv6_does_with_ipv4(monkeypatch):
    """Containers often have one family alone."""
    create_server = socket.create_server

    def without_ipv6(address, **more):
        if more["family"] == socket.AF_INET6:
            raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")
        return create_server(address, **more)

    monkeypatch.setattr(socket, "create_server", without_ipv6)
    with serving(Doors()) as server:
        assert get(server, "/") == b"hello"


def test_a_host_that_does_not_resolve_is_one_clear_line(monkeypatch):
    """The message says which host, and what to use instead."""

    def fail(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(SettingsError, match=r"nowhere:0.*does not resolve.*localhost"):
        Server(Doors(), host="nowhere")


@pytest.mark.parametrize(
    ("host", "port"), [("", 0), ("a..b", 0), ("127.0.0.1", 70000), ("localhost", -1), ("[]", 0), ("192.0.2.1", 0)]
)
def test_an_impossible_address_is_a_settings_error(host, port):
    """No exception of the socket module comes out."""
    with pytest.raises(SettingsError, match="cannot listen on"):
        Server(Doors(), host=host, port=port)
