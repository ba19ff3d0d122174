"""What proxies tell of the request that they pass on, in `Forwarded` (RFC 7239) or in `X-Forwarded-*`.

Each proxy adds its value at the end, so of several those count that the outermost trusted one has added: what stands
before them anybody may have written. Pure.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["FORWARDING", "Forwarded", "bare_address", "forwarded"]

# By any of these a proxy says that it asks for somebody else.
FORWARDING = (
    b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-port", b"x-forwarded-prefix",
    b"x-forwarded-proto", b"x-forwarded-server", b"x-real-ip",
)  # fmt: skip

_Value = TypeVar("_Value")

_ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
_PAIR = re.compile(r'([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))')
_WITH_PORT = re.compile(r"\[([^\]]*)\](?::[0-9]+)?|([^:]*):[0-9]+")


@dataclass(frozen=True, slots=True)
class Forwarded:
    """What the outermost trusted proxy saw; empty texts where it does not say.

    Attributes:
        client: Address of its peer, without a port; `unknown` or a made-up name where it hides it.
        host: As the client named it.
        port: Where the client reached it, if it says so apart from the host.
        prefix: What it took from the front of the path.
    """

    client: str = ""
    scheme: str = ""
    host: str = ""
    port: str = ""
    prefix: str = ""


def forwarded(fields: Mapping[bytes, bytes], is_trusted: Callable[[str], bool]) -> Forwarded:
    """What counts of a request's headers, which came from a trusted proxy; `Forwarded` goes before the others.

    Args:
        fields: The headers by name in lower case.
        is_trusted: Is that address a proxy's whose word counts too?
    """

    def values(name: bytes) -> list[str]:
        text = fields.get(name, b"").decode("latin-1")
        return [value.strip() for value in text.split(",")] if text else []

    elements = list(_elements(fields.get(b"forwarded", b"").decode("latin-1")))
    clients = [element.get("for", "") for element in elements] or values(b"x-forwarded-for")
    clients = [bare_address(client) for client in clients]
    hops = _hops(clients, is_trusted)
    standard = _counted(elements, hops) or {}

    def own(key: str, name: bytes) -> str:
        return standard.get(key, "") or _counted(values(name), hops) or ""

    return Forwarded(
        client=_counted(clients, hops) or "",
        scheme=own("proto", b"x-forwarded-proto").lower(),
        host=own("host", b"x-forwarded-host"),
        port=_counted(values(b"x-forwarded-port"), hops) or "",
        prefix=_counted(values(b"x-forwarded-prefix"), hops) or "",
    )


def bare_address(text: str) -> str:
    """An address without a port and the brackets of IPv6."""
    match = _WITH_PORT.fullmatch(text.strip())
    return (match[1] or match[2] or "") if match else text.strip()


def _hops(clients: Sequence[str], is_trusted: Callable[[str], bool]) -> int:
    """How many proxies, counted from ours, are trusted: the last one's value is the one that counts."""
    for number, client in enumerate(reversed(clients), start=1):
        if not is_trusted(client):
            return number
    return max(len(clients), 1)


def _counted(values: Sequence[_Value], hops: int) -> _Value | None:
    """The value that many proxies ago; the first of fewer, since not every proxy adds every header."""
    return values[max(len(values) - hops, 0)] if values else None


def _elements(text: str) -> Iterator[dict[str, str]]:
    for element in _ELEMENT.findall(text):
        pairs = _PAIR.findall(element)
        yield {name.lower(): re.sub(r"\\(.)", r"\1", quoted) or token for name, quoted, token in pairs}
