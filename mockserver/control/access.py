"""Who may steer the emulator: this machine, and others that know the token; and of web pages those that may call.

An emulator that listens beyond loopback lets anybody read its data, which is made up; but its clock, its truth
and its tokens are for those who run it. That a connection comes from this machine does not say who asks:

- a page whose own name was made to resolve to 127.0.0.1 (DNS rebinding) names itself in `Host`;
- a tunnel or a proxy on this machine asks for others, and says so in `Forwarded`, `Via` and the like.
"""

import hmac

from mockserver.door.asked import Asked
from mockserver.door.credentials import CONTROL_TOKEN
from mockserver.door.entrance import is_loopback
from mockserver.door.origins import is_allowed
from mockserver.sandbox.sandbox import Sandbox

__all__ = ["TOKEN_HEADER", "strangeness"]

TOKEN_HEADER = CONTROL_TOKEN


def strangeness(control_token: str | None, asked: Asked, default: Sandbox) -> str | None:
    """Why a request may not steer the emulator; None where it may.

    It comes from a page that may not call; or without the token from another machine, through a proxy that is not
    trusted, or for a host that is not ours.

    Args:
        default: Whose origins count: a page that one sandbox lets call must not change the others.
    """
    if _is_from_strange_page(asked, default):
        return f"pages of {asked.header(b'origin')[:200]} may not change anything: see --allowed-origins"
    sent = asked.header(TOKEN_HEADER.lower().encode())
    if control_token and hmac.compare_digest(sent.encode(), control_token.encode()):
        return None
    problem = _problem(asked)
    if not problem:
        return None
    wanted = "start the server with --control-token"
    if control_token:
        wanted = f"send the server's --control-token as {TOKEN_HEADER}"
    return f"{asked.path} is for the machine that the emulator runs on{problem}{wanted}"


def _is_from_strange_page(asked: Asked, default: Sandbox) -> bool:
    """Would a page anywhere in the web change something here? A browser sends simple requests without asking first."""
    origin = asked.header(b"origin")
    if not origin or asked.request.method in ("GET", "HEAD"):
        return False
    own = asked.entrance.is_own_origin(origin, asked.request, asked.fields)
    return not own and not is_allowed(origin, default.settings.allowed_origins)


def _problem(asked: Asked) -> str:
    """Why a request may be somebody else's than this machine's, as the middle of a sentence; empty if it is ours."""
    entrance, request, fields = asked.entrance, asked.request, asked.fields
    header = entrance.forwarding_header(request, fields)
    if header is not None:
        return f", and this request was forwarded ({header}): name the proxy with --trusted-proxies, or "
    client = entrance.client(request, fields)
    if client is not None and not is_loopback(client):
        return ": "
    host = entrance.host(request, fields)
    if not entrance.is_own_host(host):
        said = f"this request is for the host {host[:100]!r}" if host else "this request names no host"
        return f", and {said}: call it localhost, name the host with --public-url, or "
    return ""
