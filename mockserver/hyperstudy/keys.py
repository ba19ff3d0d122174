"""API keys: who is asking, and may they? The first two of the order of checks (401, then 403).

Source: header, scopes and wildcards from the key management page (documented); the organisation header
and the order of checks are inferred.
"""

from collections.abc import Callable, Mapping

from mockserver.door.credentials import API_KEY, MISPLACED_KEY
from mockserver.hyperstudy.errors import Forbidden, Unauthorized
from mockserver.sandbox.keys import Keys
from mockserver.simulation.scenario.specs import KeySpec
from mockserver.words.fidelity import Fidelity

__all__ = ["HEADER", "HEADERS", "ORGANISATION_FIDELITY", "ORGANISATION_HEADER", "authenticate", "authorise", "covers"]

HEADER = API_KEY
ORGANISATION_HEADER = "X-Organization-Id"
ORGANISATION_FIDELITY: Fidelity = "inferred"
# All that letting a caller in reads of a request.
HEADERS = (HEADER, ORGANISATION_HEADER, *MISPLACED_KEY)


def authenticate(
    headers: Mapping[str, str], keys: Keys, now_ms: int, in_query: Callable[[], bool]
) -> tuple[str, KeySpec]:
    """Find the key that a request was sent with, and its name.

    Args:
        headers: The request's, looked up without regard to case.
        keys: The sandbox's.
        in_query: Does something that looks like a key stand in the query string?

    Raises:
        Unauthorized: The key is missing, unknown, revoked or expired.
    """
    value = headers.get(HEADER)
    if not value:
        raise Unauthorized("missing", f"No API key: send it in the {HEADER} header{_misplaced(headers, in_query())}.")
    known = keys.find(value)
    if known is None:
        raise Unauthorized("unknown", "The API key is not known here; the server's start-up banner shows one that is.")
    key = known[1]
    if key.revoked:
        raise Unauthorized("revoked", "The API key was revoked; use another one.")
    if key.expires_ms is not None and key.expires_ms <= now_ms:
        raise Unauthorized("expired", "The API key has expired; use another one.")
    return known


def _misplaced(headers: Mapping[str, str], in_query: bool) -> str:
    wrong = next((name for name in MISPLACED_KEY if headers.get(name)), None)
    if wrong:
        return f", not in {wrong}"
    return ", not in the query string" if in_query else ""


def authorise(organisation: str | None, key: KeySpec, scope: str | None) -> None:
    """Check that the key may act for an organisation, and has a scope.

    Args:
        organisation: The one that the request names; None where it names none.
        scope: None where none is needed.

    Raises:
        Forbidden: It may not, or has not.
    """
    if organisation and organisation != key.organisation:
        raise Forbidden(
            f"The API key belongs to another organisation than the {ORGANISATION_HEADER} header names.",
            {"required": [organisation], "provided": [key.organisation]},
        )
    if scope is not None and not covers(key.scopes, scope):
        raise Forbidden(f"The API key lacks the scope {scope}.", {"required": [scope], "provided": list(key.scopes)})


def covers(scopes: tuple[str, ...], required: str) -> bool:
    """Is the scope among them, by name or by a wildcard such as `read:*` or `*`?"""
    family = required.split(":", maxsplit=1)[0] + ":*"
    return any(scope in (required, family, "*") for scope in scopes)
