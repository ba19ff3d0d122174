"""Bearer tokens: JSON Web Tokens, signed with HS256 and the configured development secret.

PyJWT makes and checks signatures. What a token says of time is checked here, against a time that is handed
in: PyJWT would ask the machine, and the emulator's clock can be advanced.

Source: tokens last 24 hours (the API overview, documented); HS256 and the refusals are inferred.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

import jwt
import orjson
from jwt.algorithms import HMACAlgorithm

from mockserver.door.choice import CLAIM
from mockserver.ingestion.errors import Unauthorized
from mockserver.ingestion.rules import Rule

__all__ = ["DAY_S", "RULES", "bearer_token", "check", "mint"]

DAY_S: Final = 86_400
_ALGORITHM: Final = "HS256"
RULES: Final = (
    Rule("tokens that are minted here last 24 hours", "documented"),
    Rule("signed with HS256 and the secret of `--token-secret`; no other `alg` is taken"),
    Rule("`exp` must be there, in seconds, and in the future; `nbf`, if it is there, in the past; `iat` binds nobody"),
    Rule("time is the machine's, plus how far the sandbox's clock was advanced"),
    Rule("`sub` is who is counted and `plan`, `free` or `pro`, how many requests are allowed, where limits are on"),
)


class _AnyLengthHmac(HMACAlgorithm):
    """HMAC that takes a short secret without a warning: here, a secret keeps nothing secret."""

    def check_key_length(self, key: bytes) -> str | None:
        return None


def _signer() -> jwt.PyJWS:
    signer = jwt.PyJWS(algorithms=[])
    signer.register_algorithm(_ALGORITHM, _AnyLengthHmac(HMACAlgorithm.SHA256))
    return signer


def mint(
    secret: str,
    now_ms: int,
    *,
    subject: str = "tester",
    ttl_s: int = DAY_S,
    plan: str = "free",
    sandbox: str | None = None,
) -> str:
    """Make a token that is valid from now on.

    Args:
        secret: Development secret, not empty.
        now_ms: Token time (`Clock.token_now_ms`), in ms since the epoch.
        subject: Whom it is for (`sub`); all tokens of one share its limit, where limits are on.
        ttl_s: How long it is valid; one that is not above 0 makes an expired token.
        plan: `free` or `pro`; decides how many requests are allowed where limits are on.
        sandbox: The name of the sandbox that it is for; None for the default one.
    """
    now_s = now_ms // 1000
    claims: dict[str, Any] = {"sub": subject, "iat": now_s, "exp": now_s + ttl_s}
    # A plan is free unless its token says otherwise.
    claims |= {} if plan == "free" else {"plan": plan}
    claims |= {} if sandbox is None else {CLAIM: sandbox}
    return _signer().encode(orjson.dumps(claims), secret, algorithm=_ALGORITHM)


def bearer_token(header: str | None) -> str:
    """The token of an `Authorization` header.

    Raises:
        Unauthorized: There is no header, no token in it, or it is of another scheme.
    """
    # Not Werkzeug's `request.authorization`, which is None for a header that it cannot read.
    words = (header or "").strip().split(maxsplit=1)
    if not words:
        raise Unauthorized("Missing Authorization header: send 'Authorization: Bearer <JWT>'")
    if words[0].lower() != "bearer":
        raise Unauthorized("Unsupported authorization scheme: send 'Authorization: Bearer <JWT>'")
    if len(words) == 1:
        raise Unauthorized("Missing token: send 'Authorization: Bearer <JWT>'")
    return words[1]


def check(token: str, secret: str, now_ms: int) -> Mapping[str, Any]:
    """Verify a token and return its claims.

    A token must say when it expires, since the service's own always do (inferred from the API overview). Times are
    in seconds; they bind from the very second, but "not before" may lie less than a second ahead, because clients
    round their own clock. "Issued at" binds nobody, as in RFC 7519: a client's clock may be ahead of ours.

    Args:
        now_ms: Token time, in ms since the epoch.

    Raises:
        Unauthorized: It is malformed, signed in another way or with another secret, expired, not yet
            valid, or has no expiry; the message says which.
    """
    claims = _verified_claims(token, secret)
    expires_s = _seconds(claims, "exp")
    if expires_s is None:
        raise Unauthorized("Token has no expiry: it needs a numeric exp claim")
    if now_ms >= expires_s * 1000:
        raise Unauthorized("Token has expired: log in again, or mint another")
    _seconds(claims, "iat")
    if (_seconds(claims, "nbf") or 0) * 1000 >= now_ms + 1000:
        raise Unauthorized("Token is not yet valid: its nbf lies in the future")
    return claims


# A client sends its token with each of its batches, and a signature that was right stays right.
@lru_cache(maxsize=64)
def _verified_claims(token: str, secret: str) -> Mapping[str, Any]:
    return MappingProxyType(_claims(_verified_payload(token, secret)))


def _verified_payload(token: str, secret: str) -> bytes:
    """What was signed, once the signature is known to be ours."""
    try:
        payload: bytes = _signer().decode(token, secret, algorithms=[_ALGORITHM])
    except jwt.InvalidAlgorithmError:
        raise Unauthorized(f"Token must be signed with {_ALGORITHM}: no other alg is accepted") from None
    except jwt.InvalidSignatureError:
        raise Unauthorized("Token signature is invalid: it was signed with another secret") from None
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        raise _malformed() from None
    return payload


def _claims(payload: bytes) -> dict[str, Any]:
    try:
        claims = orjson.loads(payload)
    except orjson.JSONDecodeError:
        raise _malformed() from None
    if not isinstance(claims, dict):
        raise _malformed()
    return claims


def _seconds(claims: Mapping[str, Any], name: str) -> float | None:
    """A claim that is a time, in seconds since the epoch; None when it is absent."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unauthorized(f"Token is malformed: its {name} claim must be a number of seconds")
    return value


def _malformed() -> Unauthorized:
    return Unauthorized("Token is malformed: it must be a JWT (header.payload.signature)")
