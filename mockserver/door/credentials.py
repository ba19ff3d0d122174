"""Where a request may carry a credential: one list, for those who let callers in and for those who redact."""

import hashlib
from typing import Final

__all__ = [
    "API_KEY",
    "BEARER",
    "CONTROL_TOKEN",
    "HEADERS",
    "MISPLACED_KEY",
    "SIGNATURE",
    "fingerprint",
    "is_secret_parameter",
    "names_key",
]

API_KEY: Final = "X-API-Key"
BEARER: Final = "Authorization"
CONTROL_TOKEN: Final = "X-Mock-Control-Token"
# A signed link's parameter.
SIGNATURE: Final = "signature"
# Where people put a key by mistake; a message can then say so.
MISPLACED_KEY: Final = (BEARER, "X-Api-Token", "Api-Key", "ApiKey", "X-Auth-Token", "X-HyperStudy-Key")
# Names in lower case; a cookie is none of ours, but of whatever else is served on this machine.
HEADERS: Final = frozenset(
    name.lower() for name in (API_KEY, BEARER, CONTROL_TOKEN, *MISPLACED_KEY, "Cookie", "Proxy-Authorization")
)


def names_key(parameter: str) -> bool:
    """Does a parameter of the query look as if it held an API key, where none belongs?"""
    letters = "".join(letter for letter in parameter.lower() if letter.isalpha())
    return letters in ("apikey", "key", "xapikey")


def is_secret_parameter(parameter: str) -> bool:
    """Does a parameter of the query hold a credential?"""
    return parameter.lower() == SIGNATURE or names_key(parameter)


def fingerprint(credential: str) -> str:
    """What tells a credential from others without showing it: the beginning of its SHA-256."""
    return hashlib.sha256(credential.encode("utf-8", "surrogatepass")).hexdigest()[:12]
