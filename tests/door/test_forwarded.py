"""What counts of the headers that proxies add: the word of the outermost trusted one."""

import pytest

from mockserver.door.forwarded import Forwarded, bare_address, forwarded

PROXIES = ("10.0.0.1", "10.0.0.2")


def told(**headers: str) -> Forwarded:
    fields = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    return forwarded(fields, lambda address: address in PROXIES)


def test_nothing_told_is_nothing_known() -> None:
    assert told() == Forwarded()


def test_one_proxy_is_taken_at_its_word() -> None:
    said = told(
        x_forwarded_for="203.0.113.9", x_forwarded_proto="HTTPS", x_forwarded_host="example.com",
        x_forwarded_port="8443", x_forwarded_prefix="/mock",
    )  # fmt: skip
    assert said == Forwarded("203.0.113.9", "https", "example.com", "8443", "/mock")


def test_what_the_client_wrote_itself_does_not_count() -> None:
    """The proxy adds its value behind what was there."""
    said = told(x_forwarded_for="127.0.0.1, 203.0.113.9", x_forwarded_host="evil.example, example.com")
    assert (said.client, said.host) == ("203.0.113.9", "example.com")


def test_a_chain_of_trusted_proxies_is_followed_to_its_outermost() -> None:
    """Ours is 10.0.0.1; it was asked by 10.0.0.2, and that by the client."""
    said = told(
        x_forwarded_for="6.6.6.6, 203.0.113.9, 10.0.0.2", x_forwarded_proto="ftp, https, http", x_forwarded_host="a.com"
    )
    assert said == Forwarded("203.0.113.9", "https", "a.com")


def test_forwarded_goes_before_the_older_headers() -> None:
    said = told(
        forwarded='for=6.6.6.6;host="x,y", For="[2001:db8::1]:4711";Proto=https;Host="example.com:8443"',
        x_forwarded_for="1.1.1.1", x_forwarded_host="other.com", x_forwarded_prefix="/mock",
    )  # fmt: skip
    assert said == Forwarded("2001:db8::1", "https", "example.com:8443", "", "/mock")


def test_a_hidden_client_is_not_made_up() -> None:
    assert told(forwarded="for=unknown;proto=https").client == "unknown"
    assert told(forwarded="proto=https").client == ""


@pytest.mark.parametrize("text", ["", ",,,", ';;="', 'for="', "for=a;for=b", "\\", 'x="\\"'])
def test_odd_headers_do_no_harm(text: str) -> None:
    assert told(forwarded=text).scheme == ""


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("1.2.3.4", "1.2.3.4"),
        ("1.2.3.4:80", "1.2.3.4"),
        ("[::1]:80", "::1"),
        ("[::1]", "::1"),
        ("::1", "::1"),
        ("_hidden", "_hidden"),
        (" 1.2.3.4 ", "1.2.3.4"),
    ],
)
def test_an_address_is_read_without_its_port(text: str, address: str) -> None:
    assert bare_address(text) == address
