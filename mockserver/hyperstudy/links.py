"""Signed links: a path that needs no key until the time that it names itself.

The signature covers path and expiry and not the host, so a link survives a proxy or another port.

Source: signed URLs that expire (documented: the data page; seven days: the data management page). The names
of the parameters and the kind of signature are inferred.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import quote

from mockserver.door.credentials import SIGNATURE

__all__ = [
    "LINK_TTL_MS",
    "ExpiredLinkError",
    "LinkError",
    "TamperedLinkError",
    "UnsignedLinkError",
    "sign",
    "verify",
]

LINK_TTL_MS = 7 * 24 * 3_600_000

# Until the year 33658; Python converts no more than some thousands of digits.
_SECONDS = re.compile(r"[0-9]{1,12}")


class LinkError(Exception):
    """A link does not open what it names; `str()` says why."""


class UnsignedLinkError(LinkError):
    """The link has no expiry or no signature."""


class TamperedLinkError(LinkError):
    """The signature is not that of this path and expiry."""


class ExpiredLinkError(LinkError):
    """The link was good until a time that has passed."""


def sign(path: str, expires_at_ms: int, secret: str) -> str:
    """Make a link to a path: percent-encoded, with `expires` and `signature` as its query.

    Args:
        path: As a server sees it: decoded, from the first slash, without a query.
        expires_at_ms: When the link stops working, in ms since the epoch, at least 0. The link names whole
            seconds, and the fraction of one counts in its favour.
        secret: What `verify` is given too.
    """
    expires_s = str(-(-expires_at_ms // 1000))
    return f"{quote(path)}?expires={expires_s}&{SIGNATURE}={_signature(path, expires_s, secret)}"


def verify(path: str, query: Mapping[str, str], secret: str, now_ms: int) -> None:
    """Make sure that a link was signed with this secret for this path and still works.

    Args:
        path: The decoded path of the request.
        query: Its query parameters, of which `expires` and `signature` count.
        secret: What `sign` was given.
        now_ms: The time in ms since the epoch.

    Raises:
        UnsignedLinkError, TamperedLinkError, ExpiredLinkError: In this order of precedence.
    """
    expires_s, signature = query.get("expires"), query.get(SIGNATURE)
    if not expires_s or not signature:
        raise UnsignedLinkError("the link is not signed: it needs expires and signature")
    # Bytes, because comparing text in constant time works for ASCII alone, and a client can send anything.
    expected = _signature(path, expires_s, secret).encode()
    if not (_SECONDS.fullmatch(expires_s) and hmac.compare_digest(expected, signature.encode())):
        raise TamperedLinkError("the signature does not belong to this path and expiry")
    if now_ms >= int(expires_s) * 1000:
        raise ExpiredLinkError("the link has expired")


def _signature(path: str, expires_s: str, secret: str) -> str:
    # Digits first, so that no other pair of expiry and path gives the same message.
    message = f"{expires_s}\n{path}"
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()
