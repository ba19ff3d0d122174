"""Who may steer the emulator: this machine, and others that know the token; and of web pages those that may call.

An emulator that listens beyond loopback lets anybody read its data, which is made up; but its clock, its truth
and its tokens are for those who run it.
"""

import hmac
import ipaddress

from flask import Response, request

from mockserver.door.http import current_sandbox, is_allowed, json_response

__all__ = ["TOKEN_HEADER", "refuse_strangers"]

TOKEN_HEADER = "X-Mock-Control-Token"


def refuse_strangers() -> Response | None:
    """The 403 for a request from another machine without the control token, or from a page that may not call.

    Returns:
        None lets the request pass.
    """
    if _is_from_strange_page():
        told = f"pages of {request.headers['Origin'][:200]} may not change anything: see --allowed-origins"
        return json_response({"error": told}, 403)
    token = current_sandbox().settings.control_token
    sent = request.headers.get(TOKEN_HEADER, "")
    if _is_local(request.remote_addr) or (token and hmac.compare_digest(sent.encode(), token.encode())):
        return None
    wanted = "start the server with --control-token"
    if token:
        wanted = f"send the server's --control-token as {TOKEN_HEADER}"
    return json_response({"error": f"{request.path} is for the machine that the emulator runs on: {wanted}"}, 403)


def _is_from_strange_page() -> bool:
    """Would a page anywhere in the web change something here? A browser sends simple requests without asking first."""
    origin = request.headers.get("Origin")
    if origin is None or request.method in ("GET", "HEAD"):
        return False
    own = f"{request.scheme}://{request.headers.get('Host', '')}"
    return origin != own and not is_allowed(origin, current_sandbox().settings.allowed_origins)


def _is_local(address: str | None) -> bool:
    """Is it this machine? An application that is called without a socket has no address to tell."""
    if not address:
        return True
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback
