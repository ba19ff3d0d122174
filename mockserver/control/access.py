"""Who may steer the emulator: this machine, and others that know the token; and of web pages those that may call.

An emulator that listens beyond loopback lets anybody read its data, which is made up; but its clock, its truth
and its tokens are for those who run it.
"""

import hmac
import ipaddress

from mockserver.control.errors import ForbiddenError
from mockserver.door.asked import Asked
from mockserver.door.credentials import CONTROL_TOKEN
from mockserver.door.origins import is_allowed

__all__ = ["TOKEN_HEADER", "refuse_strangers"]

TOKEN_HEADER = CONTROL_TOKEN


def refuse_strangers(asked: Asked, control_token: str | None) -> None:
    """Let a request pass, or say why not.

    Raises:
        ForbiddenError: It comes from another machine without the token, or from a page that may not call.
    """
    if _is_from_strange_page(asked):
        told = f"pages of {asked.header(b'origin')[:200]} may not change anything: see --allowed-origins"
        raise ForbiddenError(told)
    sent = asked.header(TOKEN_HEADER.lower().encode())
    client = asked.request.client
    if client is None or _is_loopback(client[0]):
        return
    if control_token and hmac.compare_digest(sent.encode(), control_token.encode()):
        return
    wanted = "start the server with --control-token"
    if control_token:
        wanted = f"send the server's --control-token as {TOKEN_HEADER}"
    raise ForbiddenError(f"{asked.path} is for the machine that the emulator runs on: {wanted}")


def _is_from_strange_page(asked: Asked) -> bool:
    """Would a page anywhere in the web change something here? A browser sends simple requests without asking first."""
    origin = asked.header(b"origin")
    if not origin or asked.request.method in ("GET", "HEAD"):
        return False
    own = f"{asked.request.scheme}://{asked.header(b'host')}"
    return origin != own and not is_allowed(origin, asked.sandbox.settings.allowed_origins)


def _is_loopback(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return bool((mapped or parsed).is_loopback)
