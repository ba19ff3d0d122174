"""Origins as people write them, in the form in which browsers send them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver import Settings
from mockserver.command.cli import main
from mockserver.door.origins import is_allowed
from mockserver.sandbox.origins import DEFAULT_ORIGINS, normal_origin, normal_origins
from mockserver.words.errors import SettingsError

NORMALISED = {
    "https://app.example.com/": "https://app.example.com",
    "https://app.example.com///": "https://app.example.com",
    "HTTPS://App.Example.COM": "https://app.example.com",
    "https://app.example.com:443": "https://app.example.com",
    "http://app.example.com:80/": "http://app.example.com",
    "https://app.example.com:80": "https://app.example.com:80",
    "http://app.example.com:0443": "http://app.example.com:443",
    "http://app.example.com:": "http://app.example.com",
    " http://localhost:3000 ": "http://localhost:3000",
    "http://[0:0:0:0:0:0:0:1]:3000": "http://[::1]:3000",
    "http://[::FFFF:127.0.0.1]": "http://[::ffff:7f00:1]",
    "https://app.example.com.": "https://app.example.com.",
    "Tauri://localhost/": "tauri://localhost",
    "safari-web-extension://A-B": "safari-web-extension://A-B",
    "chrome-extension://ABCDEF/": "chrome-extension://abcdef",
    "moz-extension://AB-CD": "moz-extension://ab-cd",
    "http://[FE80::*]:3000": "http://[fe80::*]:3000",
    "*://Example.com": "*://example.com",
    "http://localhost:30*": "http://localhost:30*",
    "https://*.example.com:*": "https://*.example.com:*",
    "NULL": "null",
    "file://": "file://",
    "*": "*",
}
# What can match no origin, and what its refusal says.
REFUSED = {
    "app.example.com": "it needs a scheme: write https://app.example.com",
    "app.example.com:8443/x": "it needs a scheme: write https://app.example.com:8443",
    "localhost:3000": "it needs a scheme: write http://localhost:3000",
    "127.0.0.1": "it needs a scheme: write http://127.0.0.1",
    "//app.example.com": "it needs a scheme: write https://app.example.com",
    "*.example.com": "it needs a scheme: write https://*.example.com",
    "": "it needs a scheme: write https://app.example.com",
    "https://app.example.com/login": "an origin has no path: write https://app.example.com",
    "https://app.example.com/*": "an origin has no path: write https://app.example.com",
    "https://app.example.com?x": "an origin has no path: write https://app.example.com",
    "https://app.example.com#x": "an origin has no path: write https://app.example.com",
    "https://me:secret@app.example.com": "an origin has no user: write https://app.example.com",
    "https://app.example.com:65536": "a port is at most 65535: write https://app.example.com:*",
    "https://app.example.com:9999*9": "a port is at most 65535: write https://app.example.com:*",
    "https://app.example.com:http": "a port is a number",
    "http://::1:3000": "an IPv6 address stands in brackets, such as http://[::1]:*",
    "http://[::g]": "what is in brackets is no IPv6 address",
    "http://[x*]": "what is in brackets is no IPv6 address",
    "http://[fe80::1%eth0]:3000": "browsers take no zone in an address",
    "ws://localhost:3000/x": "no page comes from ws: write http://localhost:3000",
    "wss://App.example.com": "no page comes from wss: write https://app.example.com",
    "http://127.1:3000": "a host of numbers is an IPv4 address, with four of them",
    "http://0x7f000001": "a host of numbers is an IPv4 address, with four of them",
    "http://": "it names no host: write one such as http://app.example.com",
    "https://bücher.example": "browsers send names in ASCII: write https://xn--bcher-kva.example",
    "https://a&b.example": "its host has a character that no host has",
    "https://.*\\.example\\.com": "its host has a character that no host has",
    "https://a.example https://b.example": "it is more than one: name each by itself, with commas between",
    "https://a.example;https://b.example": "it is more than one: name each by itself, with commas between",
    "https://a.example b.example": "it is more than one: name each by itself, with commas between",
    "https://a&b/x": "an origin has no path: write https://app.example.com",
    "a&b": "it needs a scheme: write https://app.example.com",
    "ht_tp://a.example": "its scheme is none",
}


@pytest.mark.parametrize(("written", "normal"), NORMALISED.items())
def test_what_is_meant_beyond_doubt_is_normalised(written: str, normal: str) -> None:
    """Once and for all: what is normal stays as it is."""
    assert normal_origin(written) == normal
    assert normal_origin(normal) == normal
    assert Settings(allowed_origins=(written,)).allowed_origins == (normal,)


@pytest.mark.parametrize(("written", "said"), REFUSED.items())
def test_what_can_match_nothing_is_refused_with_what_would_be_right(written: str, said: str) -> None:
    """In one line, and what it tells to write is taken."""
    with pytest.raises(SettingsError) as caught:
        Settings(allowed_origins=(written,))
    told = str(caught.value)
    assert told.startswith(f"no origin of web pages: {written!r}; ")
    assert said in told
    assert "\n" not in told
    if " write " in told:
        advised = told.rpartition(" write ")[2].removeprefix("one such as ")
        assert normal_origin(advised) == advised


schemes = st.sampled_from(["http", "https", "HTTP", "tauri", "*"])
hosts = st.sampled_from(["app.example.com", "App.Example.com", "localhost", "[::1]", "127.0.0.1", "*.example.com"])
ports = st.sampled_from(["", ":80", ":443", ":3000", ":*", ":30*", ":"])
ends = st.sampled_from(["", "/"])


@given(schemes, hosts, ports, ends)
def test_what_is_taken_matches_an_origin(scheme: str, host: str, port: str, end: str) -> None:
    """The one that a browser sends for such an address, whatever stands for the stars."""
    normal = normal_origin(scheme + "://" + host + port + end)
    shown_scheme = "http" if scheme == "*" else scheme.lower()
    shown_port = {":80": "" if shown_scheme == "http" else ":80", ":443": "" if shown_scheme == "https" else ":443"}
    sent = port.replace("30*", "3000").replace(":*", ":9").removesuffix(":") if port not in shown_port else port
    shown_host = host.replace("*", "a") if scheme == "tauri" else host.replace("*", "a").lower()
    if scheme != "*":
        sent = shown_port.get(port, sent)
    assert is_allowed(f"{shown_scheme}://{shown_host}{sent}", [normal])


@given(st.text(st.sampled_from("ab.:/*[]@?#0123456789 -é"), max_size=20), st.sampled_from(["", "http://", "https://"]))
def test_any_text_is_normalised_or_refused(text: str, scheme: str) -> None:
    """Nothing else comes of it, and what is normal stays so."""
    try:
        normal = normal_origin(scheme + text)
    except SettingsError:
        return
    assert normal_origin(normal) == normal


def test_default_stands_for_the_default_ones() -> None:
    """The others replace them; each is there once."""
    assert Settings().allowed_origins == DEFAULT_ORIGINS
    assert Settings(allowed_origins=("https://a.example",)).allowed_origins == ("https://a.example",)
    both = ["https://a.example", "default", "http://localhost:*", "https://a.example/"]
    assert normal_origins(both) == ("https://a.example", *DEFAULT_ORIGINS)


def test_the_command_line_refuses_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """With the flag's name, before anything is served."""
    assert main(["--allowed-origins", "default,app.example.com"]) == 2
    said = "'app.example.com'; it needs a scheme: write https://app.example.com."
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "--allowed-origins" in told
    assert said in told
