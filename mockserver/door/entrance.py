"""Where a client believes that this server is, and who the client is: what links begin with, and whom `/_mock` is for.

The client's `Host` says where; a proxy that is trusted knows better (`forwarded.py`), and whoever started the server
knows best (`--public-url`).
"""

import ipaddress
import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from mockserver.door.forwarded import FORWARDING, Forwarded, forwarded
from mockserver.door.steps import Request
from mockserver.sandbox.settings import ProcessSettings
from mockserver.words.addresses import EVERY_INTERFACE
from mockserver.words.errors import SettingsError

__all__ = ["UNKNOWN_CLIENT", "Entrance", "host_url", "is_host", "is_loopback"]

Fields = Mapping[bytes, bytes]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

UNKNOWN_CLIENT = "unknown"
# A name (of a container too, which may have underscores) or an address, and perhaps a port.
_HOST = re.compile(r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::([0-9]{1,5}))?")
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)+")
_DEFAULT_PORTS = {"http": "80", "https": "443"}


class Entrance:
    """How the server is reached, for all requests.

    Args:
        process: Names its public URLs, the proxies that are trusted, and the host that it listens on.

    Attributes:
        public_urls: Without slashes at their ends.

    Raises:
        SettingsError: One of them is no URL, or no address.
    """

    def __init__(self, process: ProcessSettings) -> None:
        self.public_urls: Sequence[str] = tuple(map(_checked_url, process.public_urls))
        self._proxies = tuple(map(_network, process.trusted_proxies))
        named = {urlsplit(url).hostname or "" for url in self.public_urls}
        self._own_hosts = named | ({process.host.lower()} if process.host not in EVERY_INTERFACE else set())

    def base_url(self, request: Request, fields: Fields) -> str:
        """Where the client reaches this server, without a slash at its end: a public URL, if there is any."""
        seen = self._seen_url(request, fields)
        if not self.public_urls:
            return seen
        place = urlsplit(seen).netloc.lower()
        same = [url for url in self.public_urls if urlsplit(url).netloc == place]
        return seen if seen in same else [*same, *self.public_urls][0]

    def server_urls(self, request: Request, fields: Fields, path: str) -> list[str]:
        """Where an API lies, for its OpenAPI document: below each public URL, else relative to the document's host.

        Args:
            path: The API's, from the first slash.
        """
        if self.public_urls:
            return [url + path for url in dict.fromkeys([self.base_url(request, fields), *self.public_urls])]
        return [_prefix(self._forwarded(request, fields)) + path]

    def key(self, request: Request, fields: Fields) -> str:
        """What an answer that is kept depends on beside the headers that its operation reads."""
        if self._proxies:
            return self._seen_url(request, fields)
        # Without a host, links begin with the address that the client reached.
        return request.scheme if b"host" in fields else f"{request.scheme} {request.server}"

    def client(self, request: Request, fields: Fields) -> str | None:
        """The client's address; None where there is no socket, `unknown` where a trusted proxy does not say."""
        if request.client is None:
            return None
        if self._trusts(request.client[0]) and is_forwarded(fields):
            return self._forwarded(request, fields).client or UNKNOWN_CLIENT
        return request.client[0]

    def forwarding_header(self, request: Request, fields: Fields) -> str | None:
        """The header by which somebody who is not trusted says that they ask for others."""
        if request.client is not None and self._trusts(request.client[0]):
            return None
        return next((name.decode() for name in FORWARDING if name in fields), None)

    def host(self, request: Request, fields: Fields) -> str:
        """What the client called this server, a port included; empty where it did not."""
        return self._forwarded(request, fields).host or fields.get(b"host", b"").decode("latin-1")

    def is_own_host(self, host: str) -> bool:
        """Is that this machine's name for itself, or one that whoever started the server has named?"""
        match = _HOST.fullmatch(host)
        name = match[1].strip("[]").removesuffix(".").lower() if match else ""
        return name == "localhost" or name.endswith(".localhost") or name in self._own_hosts or is_loopback(name)

    def is_own_origin(self, origin: str, request: Request, fields: Fields) -> bool:
        """Do pages of that origin come from this server itself?"""
        own = [self._seen_url(request, fields), *self.public_urls]
        return any(origin == "{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in own)

    def _seen_url(self, request: Request, fields: Fields) -> str:
        said = self._forwarded(request, fields)
        scheme = said.scheme if said.scheme in _DEFAULT_PORTS else request.scheme
        host = said.host or fields.get(b"host", b"").decode("latin-1")
        match = _HOST.fullmatch(host)
        if match and not match[2] and said.port.isdigit() and said.port != _DEFAULT_PORTS.get(scheme):
            host = f"{host}:{said.port}"
        return host_url(scheme, host, request.server) + _prefix(said)

    def _forwarded(self, request: Request, fields: Fields) -> Forwarded:
        if self._proxies and request.client is not None and self._trusts(request.client[0]):
            return forwarded(fields, self._trusts)
        return Forwarded()

    def _trusts(self, address: str) -> bool:
        parsed = _parsed(address)
        return parsed is not None and any(parsed in network for network in self._proxies)


def is_forwarded(fields: Collection[bytes]) -> bool:
    """Does somebody ask for somebody else?"""
    return any(name in fields for name in FORWARDING)


def host_url(scheme: str, host: str, server: tuple[str, int | None] | None) -> str:
    """Where the client reaches this server, without a slash at its end.

    Args:
        host: As the client named it. Where that is nothing that a link can begin with, the server's address counts.
        server: That address: host and port.
    """
    match = _HOST.fullmatch(host)
    if match and int(match[2] or 0) <= 65535:
        return f"{scheme}://{host}"
    name, port = server or ("localhost", None)
    name = f"[{name}]" if ":" in name else name
    return f"{scheme}://{name}" if port is None else f"{scheme}://{name}:{port}"


# Asked of every request, of which most say the same.
@lru_cache(maxsize=256)
def is_host(text: str) -> bool:
    """Is that a name or an address, perhaps with a port?"""
    return _HOST.fullmatch(text.removesuffix(":")) is not None


def is_loopback(address: str) -> bool:
    """Is that an address by which a machine reaches itself, however it is written?"""
    parsed = _parsed(address)
    return parsed is not None and parsed.is_loopback


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed


def _prefix(said: Forwarded) -> str:
    prefix = said.prefix.rstrip("/")
    return prefix if _PREFIX.fullmatch(prefix) else ""


def _checked_url(url: str) -> str:
    parts = urlsplit(url.rstrip("/"))
    plain = parts.scheme in _DEFAULT_PORTS and not parts.query and not parts.fragment
    if not plain or not _HOST.fullmatch(parts.netloc) or (parts.path and not _PREFIX.fullmatch(parts.path)):
        said = (
            "it begins with http:// or https:// and a host, and may end with a path, such as https://example.com/mock"
        )
        raise SettingsError(f"no public URL: {url!r}; {said}")
    return host_url(parts.scheme, parts.netloc.lower(), None) + parts.path


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text.strip())
    except ValueError as error:
        said = "expected addresses or networks with commas between, such as 127.0.0.1,10.0.0.0/8"
        raise SettingsError(f"no trusted proxy: {error}; {said}") from None
