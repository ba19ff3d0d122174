"""From what a user calls an address to listening sockets, so that a taken port is noticed before anything runs."""

import errno
import ipaddress
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from mockserver.words.errors import SettingsError

__all__ = ["Listeners", "listen"]

_FAMILIES = (socket.AF_INET, socket.AF_INET6)
_BOTH = {
    "localhost": ("127.0.0.1", "::1"),
    "*": ("0.0.0.0", "::"),
}
# A port that IPv4 has free may be taken in IPv6; the next one is most likely not.
_TRIES = 20
_NO_IPV6 = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
_BACKLOG = 1024


@dataclass(frozen=True, slots=True)
class Listeners:
    """Sockets that listen on one port.

    Attributes:
        sockets: One, or one for each family.
        port: The port of them all.
        host: What to put into a URL for reaching them from this machine; IPv6 in brackets.
        exposed: Whether other machines may reach them too.
    """

    sockets: Sequence[socket.socket]
    port: int
    host: str
    exposed: bool

    def listen(self) -> None:
        """Allow many clients to come at once; a loop that takes over a socket sets a number of its own."""
        for listener in self.sockets:
            listener.listen(_BACKLOG)

    def close(self) -> None:
        """Listen no more. Closing twice is allowed."""
        for listener in self.sockets:
            listener.close()


def listen(host: str, port: int) -> Listeners:
    """Bind and listen.

    Args:
        host: Address, with or without the brackets of IPv6, or name. `localhost` is this machine in both families,
            `*` every interface in both; `0.0.0.0` and `::` are every interface as the system understands it.
        port: 0 picks a free one, the same for both families.

    Raises:
        SettingsError: The host does not resolve, or the port is taken or not allowed, in either family.
    """
    try:
        sockets = _bind(_bare(host), port)
    except (socket.gaierror, UnicodeError):
        raise SettingsError(
            f"cannot listen on {host}:{port}: the host does not resolve; "
            "use localhost for this machine only, or one of its own addresses"
        ) from None
    except (OSError, ValueError) as error:
        raise SettingsError(f"cannot listen on {host}:{port}: {_advice(error)}") from None
    bound_host, bound_port = sockets[0].getsockname()[:2]
    address = ipaddress.ip_address(bound_host.partition("%")[0])
    return Listeners(sockets, bound_port, _reachable(_bare(host), address), exposed=not address.is_loopback)


def _bare(host: str) -> str:
    """Without the brackets that an IPv6 address has in a URL, and as host names are compared."""
    return host[1:-1].lower() if host.startswith("[") and host.endswith("]") else host.lower()


def _bind(host: str, port: int) -> list[socket.socket]:
    if not host:
        raise ValueError("the host is empty")
    if not 0 <= port <= 65535:
        raise ValueError("there is no such port")
    if host in _BOTH:
        return _bind_both(*_BOTH[host], port)
    return [_bind_one(host, port)]


def _bind_one(host: str, port: int) -> socket.socket:
    """The host's address; IPv4 where a name has both and is not one of those that mean both."""
    resolved = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    family, _, _, _, address = min(resolved, key=lambda entry: entry[0] != socket.AF_INET)
    dual = host == "::" and socket.has_dualstack_ipv6()
    return socket.create_server(address, family=family, dualstack_ipv6=dual)


def _bind_both(ipv4: str, ipv6: str, port: int) -> list[socket.socket]:
    for _ in range(_TRIES if port == 0 else 1):
        sockets, taken = _try_both(ipv4, ipv6, port)
        if taken is None:
            return sockets
    raise taken or OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))


def _try_both(ipv4: str, ipv6: str, port: int) -> tuple[list[socket.socket], OSError | None]:
    """Sockets, or why there are none. A machine without one of the families does with the other."""
    sockets: list[socket.socket] = []
    absent: OSError | None = None
    for family, host in zip(_FAMILIES, (ipv4, ipv6), strict=True):
        bound_port = sockets[0].getsockname()[1] if sockets else port
        try:
            sockets.append(socket.create_server((host, bound_port), family=family))
        except OSError as error:
            if error.errno not in _NO_IPV6:
                for bound in sockets:
                    bound.close()
                return [], error
            absent = error
    return sockets, None if sockets else absent


def _advice(error: Exception) -> str:
    """What would be right, for each way in which binding fails."""
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return "the port is taken; stop what runs there or choose another one (0 picks a free one)"
    if number == errno.EACCES:
        return "not allowed; ports below 1024 need special rights, choose a higher one"
    if number == errno.EADDRNOTAVAIL:
        return "this machine has no such address; use localhost, or * for all interfaces"
    if isinstance(error, OSError):
        return os.strerror(number) if number else str(error)
    return f"{error}; a host name or address and a port from 0 to 65535 are needed"


def _reachable(host: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """The host to put into a URL: a wildcard is no address to call, and IPv6 needs its brackets."""
    if host in _BOTH:
        return "localhost"
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "[::1]"
    return f"[{host.replace('%', '%25')}]" if ":" in host else host
