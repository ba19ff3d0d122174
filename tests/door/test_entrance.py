"""Where the server is, as links and documents say it: by Host, by what a trusted proxy tells, by `--public-url`."""

import pytest

from mockserver import ProcessSettings
from mockserver.door.entrance import Entrance
from mockserver.door.steps import Request
from mockserver.words.errors import SettingsError


def asked(peer: str = "127.0.0.1", scheme: str = "http", **headers: str) -> tuple[Request, dict[bytes, bytes]]:
    fields = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    server = ("::1" if ":" in peer else "127.0.0.1", 4747)
    return Request("GET", b"/", b"", tuple(fields.items()), scheme, client=(peer, 5), server=server), fields


def base_url(process: ProcessSettings, **about: str) -> str:
    return Entrance(process).base_url(*asked(**about))


TRUSTING = ProcessSettings(trusted_proxies=("127.0.0.1", "10.0.0.0/8"))

SET_UPS = {
    "host passed": ({"host": "a.com:8080"}, "http://a.com:8080"),
    "host rewritten": ({"host": "127.0.0.1:4747", "x_forwarded_host": "a.com"}, "http://a.com"),
    "tls in front": ({"host": "a.com", "x_forwarded_proto": "https"}, "https://a.com"),
    "prefix stripped": ({"host": "a.com", "x_forwarded_prefix": "/mock/"}, "http://a.com/mock"),
    "another port": ({"host": "a.com", "x_forwarded_port": "8443", "x_forwarded_proto": "https"}, "https://a.com:8443"),
    "default port": ({"host": "a.com", "x_forwarded_port": "443", "x_forwarded_proto": "https"}, "https://a.com"),
    "port in both": ({"host": "a.com:81", "x_forwarded_port": "80"}, "http://a.com:81"),
    "forwarded": ({"host": "b", "forwarded": 'host="a.com:8443";proto=https'}, "https://a.com:8443"),
}


@pytest.mark.parametrize(("headers", "url"), SET_UPS.values(), ids=SET_UPS)
def test_a_trusted_proxy_says_where_clients_are(headers: dict[str, str], url: str) -> None:
    assert base_url(TRUSTING, **headers) == url
    assert base_url(TRUSTING, peer="::ffff:10.1.2.3", **headers) == url


@pytest.mark.parametrize("peer", ["192.168.1.1", "::1", "nonsense"])
def test_nobody_else_does(peer: str) -> None:
    """What anybody can write leads no link astray."""
    told = {"x_forwarded_host": "evil.example", "x_forwarded_proto": "https", "forwarded": "host=evil.example"}
    assert base_url(TRUSTING, peer=peer, host="a.com", **told) == "http://a.com"
    assert base_url(ProcessSettings(), host="a.com", **told) == "http://a.com"


@pytest.mark.parametrize("host", ["", "a.com/x", "a.com:99999", "a b", 'a"', "[::1", "user@a.com"])
def test_a_host_that_no_link_can_begin_with_does_not_count(host: str) -> None:
    assert base_url(ProcessSettings(), host=host) == "http://127.0.0.1:4747"
    assert base_url(ProcessSettings(), peer="::1", host=host) == "http://[::1]:4747"


@pytest.mark.parametrize("prefix", ["mock", "//evil.example", "/a b", '/"', "/a//b", "/"])
def test_a_prefix_that_no_path_begins_with_does_not_count(prefix: str) -> None:
    assert base_url(TRUSTING, host="a.com", x_forwarded_prefix=prefix) == "http://a.com"


def test_public_urls_are_what_links_begin_with() -> None:
    """The one that the request came by; the first, where it came by none."""
    public = ProcessSettings(public_urls=("https://Mock.example/study/", "http://box:8080"))
    assert base_url(public, host="localhost:4747") == "https://mock.example/study"
    assert base_url(public, host="box:8080") == "http://box:8080"
    assert base_url(public, host="Mock.example") == "https://mock.example/study"


def test_documents_name_every_public_url_and_are_relative_without_one() -> None:
    public = Entrance(ProcessSettings(public_urls=("https://a.com/m", "http://box:8080")))
    about = asked(host="box:8080")
    assert public.server_urls(*about, "/api") == ["http://box:8080/api", "https://a.com/m/api"]
    assert Entrance(ProcessSettings()).server_urls(*about, "/api") == ["/api"]
    assert Entrance(TRUSTING).server_urls(*asked(host="a", x_forwarded_prefix="/m"), "/api") == ["/m/api"]


def test_kept_answers_are_told_apart_where_proxies_are_trusted() -> None:
    entrance = Entrance(TRUSTING)
    told = [{}, {"x_forwarded_host": "b"}, {"x_forwarded_proto": "https"}, {"x_forwarded_prefix": "/m"}]
    keys = {entrance.key(*asked(host="a", **headers)) for headers in told}
    assert len(keys) == len(told)


@pytest.mark.parametrize(
    "url", ["", "example.com", "ftp://a.com", "http://", "http://u@a.com", "http://a?x", "http://a/b c"]
)
def test_a_bad_public_url_is_refused_with_what_would_be_right(url: str) -> None:
    with pytest.raises(SettingsError, match="begins with http:// or https://"):
        Entrance(ProcessSettings(public_urls=(url,)))


@pytest.mark.parametrize("proxy", ["", "nginx", "10.0.0.1/8", "300.1.1.1"])
def test_a_bad_proxy_is_refused_with_what_would_be_right(proxy: str) -> None:
    with pytest.raises(SettingsError, match="expected addresses or networks"):
        Entrance(ProcessSettings(trusted_proxies=(proxy,)))
