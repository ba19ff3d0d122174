"""Origins of web pages as whoever sets the emulator up writes them, brought into the form in which browsers send them.

A browser sends scheme, host and port in lower case, no default port and no path (the Fetch and HTML standards), so a
value with any of these would match nothing, and nobody would be told. What is meant beyond doubt is normalised; the
rest is refused with what would be right (inferred).
"""

import ipaddress
import re
from collections.abc import Iterable

from mockserver.words.errors import SettingsError

__all__ = ["DEFAULT", "DEFAULT_ORIGINS", "normal_origin", "normal_origins"]

# Stands in a list for the origins that are allowed when none are named.
DEFAULT = "default"
# Pages of this machine, whatever serves them; apps that show pages of their own; and browser extensions.
DEFAULT_ORIGINS = (
    "http://localhost:*",
    "https://localhost:*",
    "http://*.localhost:*",
    "https://*.localhost:*",
    "http://127.0.0.1:*",
    "https://127.0.0.1:*",
    "http://0.0.0.0:*",
    "https://0.0.0.0:*",
    "http://[::1]:*",
    "https://[::1]:*",
    "capacitor://localhost",
    "ionic://localhost",
    "tauri://localhost",
    "chrome-extension://*",
    "moz-extension://*",
    "safari-web-extension://*",
)
_DEFAULT_PORTS = {"http": "80", "https": "443"}
# Whose hosts browsers write in lower case: names, and the ids of extensions in Chrome and Firefox.
_LOWER_CASE = {*_DEFAULT_PORTS, "chrome-extension", "moz-extension"}
# Addresses that pages connect to, and never come from.
_SCHEMES_OF_PAGES = {"ws": "http", "wss": "https"}
_LARGEST_PORT = 65535
_SCHEME = re.compile(r"[a-z*][a-z0-9+.*-]*")
_AUTHORITY = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]*)(?::(?P<port>[0-9*]*))?")
_HOST = re.compile(r"[A-Za-z0-9._*~+-]*")
_END = re.compile(r"[/?#]")
_PLACE = re.compile(r"(?:[A-Za-z0-9._*~+-]+|\[[0-9A-Fa-f:.*]+\])(?::[0-9*]+)?")
_EXAMPLE = "app.example.com"
# A browser reads a host whose last part is a number as an IPv4 address.
_NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?")
_OWN_NAME = re.compile(r"(?:.*\.)?localhost(?::.*)?|127\.[0-9.]+(?::.*)?|0\.0\.0\.0(?::.*)?|\[::1\](?::.*)?")


def normal_origins(values: Iterable[str]) -> tuple[str, ...]:
    """Each origin once, in its normal form, in order; the word `default` stands for the default ones.

    Raises:
        SettingsError: One of them can match no origin.
    """
    each: dict[str, None] = {}
    for value in values:
        each |= dict.fromkeys(DEFAULT_ORIGINS if value == DEFAULT else [normal_origin(value)])
    return tuple(each)


def normal_origin(value: str) -> str:
    """An origin, or a pattern of origins, as a browser would send it.

    Capitals, slashes at the end, a default port and the long form of an IPv6 address are normalised. `*` is any
    origin, and within one anything but a slash; `null` is what pages from a file and sandboxed frames send.

    Raises:
        SettingsError: It can match no origin; the sentence says what would be right.
    """
    text = value.strip()
    if text.lower() in ("*", "null", "file://"):
        return text.lower()
    if text.count("://") > 1 or len(text.split()) > 1:
        raise _refused(value, "it is more than one: name each by itself, with commas between")
    scheme, separator, rest = text.partition("://")
    if not separator:
        raise _refused(value, f"it needs a scheme: write {_with_scheme(text.lower())}")
    scheme, authority = scheme.lower(), rest.rstrip("/")
    if scheme in _LOWER_CASE or "*" in scheme:
        # Of other schemes the host is kept as it is: Safari's extensions have capitals in theirs.
        authority = authority.lower()
    if not _SCHEME.fullmatch(scheme):
        raise _refused(value, "its scheme is none: write one such as https://app.example.com")
    if scheme in _SCHEMES_OF_PAGES:
        host = _END.split(authority.lower())[0]
        raise _refused(value, f"no page comes from {scheme}: write {_shown(_SCHEMES_OF_PAGES[scheme], host)}")
    if _END.search(authority):
        host = _END.split(authority)[0]
        raise _refused(value, f"an origin has no path: write {_shown(scheme, host)}")
    if "@" in authority:
        raise _refused(value, f"an origin has no user: write {_shown(scheme, authority.rpartition('@')[2])}")
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        raise _refused(value, "a port is a number, and an IPv6 address stands in brackets, such as http://[::1]:*")
    host = _normal_host(value, scheme, match["host"])
    return f"{scheme}://{host}{_normal_port(value, scheme, host, match['port'] or '')}"


def _normal_host(value: str, scheme: str, host: str) -> str:
    if not host:
        raise _refused(value, f"it names no host: write one such as {scheme}://app.example.com")
    if host.startswith("["):
        return _normal_ipv6(value, host)
    if not host.isascii():
        raise _refused(value, f"browsers send names in ASCII: write {_shown(scheme, _in_ascii(host))}")
    if not _HOST.fullmatch(host):
        raise _refused(value, "its host has a character that no host has: write one such as https://app.example.com")
    if scheme in _DEFAULT_PORTS and _NUMERIC.fullmatch(host) and "*" not in host:
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            said = "a host of numbers is an IPv4 address, with four of them: write one such as http://127.0.0.1:*"
            raise _refused(value, said) from None
    return host


def _normal_ipv6(value: str, host: str) -> str:
    if "*" in host and _PLACE.fullmatch(host):
        return host
    try:
        address = ipaddress.IPv6Address(host[1:-1])
    except ValueError:
        raise _refused(value, "what is in brackets is no IPv6 address: write one such as http://[::1]:*") from None
    if address.scope_id is not None:
        raise _refused(value, "browsers take no zone in an address: write one such as http://[::1]:*")
    if address.ipv4_mapped is not None:
        # Browsers write it as any other, newer Pythons do not.
        mapped = int(address.ipv4_mapped)
        return f"[::ffff:{mapped >> 16:x}:{mapped & 0xFFFF:x}]"
    return f"[{address}]"


def _normal_port(value: str, scheme: str, host: str, port: str) -> str:
    """With its colon; empty where browsers leave it out."""
    digits = port.replace("*", "")
    # A star only makes a number larger, so this is the least that the pattern stands for.
    if digits and int(digits[:6]) > _LARGEST_PORT:
        raise _refused(value, f"a port is at most {_LARGEST_PORT}: write {_shown(scheme, host)}:*")
    if port.isdigit():
        port = str(int(port))
    return "" if port in ("", _DEFAULT_PORTS.get(scheme)) else f":{port}"


def _with_scheme(text: str) -> str:
    """What somebody who left out the scheme most likely means: this machine seldom has a certificate."""
    host = _END.split(text.lstrip(":/"))[0]
    return _shown("http" if _OWN_NAME.fullmatch(host) else "https", host)


def _shown(scheme: str, host: str) -> str:
    return f"{scheme}://{host if _PLACE.fullmatch(host) else _EXAMPLE}"


def _in_ascii(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return _EXAMPLE


def _refused(value: str, said: str) -> SettingsError:
    return SettingsError(f"no origin of web pages: {value[:200]!r}; {said}")
