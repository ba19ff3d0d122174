"""Which sandbox a request is for: by its path's prefix, by a header, or by its credential; else the default one.

Two of them that disagree are refused, so that nobody writes into a sandbox that they do not mean (inferred).
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from mockserver.door.credentials import API_KEY, BEARER
from mockserver.door.refusals import Cause
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.sandboxes import Sandboxes

__all__ = ["CLAIM", "HEADER", "PREFIX", "ChosenSandbox", "Problem", "choose", "known_sandboxes"]

# Status, cause and sentence of a refusal.
Problem = tuple[int, Cause, str]

PREFIX = "/_mock/s/"
HEADER = "X-Mock-Sandbox"
# A token's claim that names its sandbox.
CLAIM = "sandbox"

_PREFIX = PREFIX.encode()
_HEADER = HEADER.lower().encode()
_API_KEY, _BEARER = API_KEY.lower().encode(), BEARER.lower().encode()
_SHOWN_NAMES = 20


@dataclass(slots=True)
class ChosenSandbox:
    """What a request says of its sandbox.

    Attributes:
        sandbox: The default one where the request is refused.
        prefix: What the path began with to say so; empty where it did not.
        path: The rest of the path, still percent-encoded.
        problem: Why the request is refused: status, cause and sentence; None where it is not.
    """

    sandbox: Sandbox
    prefix: str
    path: bytes
    problem: Problem | None = None


def choose(path: bytes, fields: Mapping[bytes, bytes], sandboxes: Sandboxes) -> ChosenSandbox:
    """The sandbox that a request is for.

    Args:
        path: As it was sent.
        fields: The headers by name in lower case.
    """
    prefix, rest = "", path
    named: dict[str, str] = {}
    if path.startswith(_PREFIX):
        name, slash, below = path[len(_PREFIX) :].partition(b"/")
        named["the path"] = name.decode("latin-1")
        prefix, rest = PREFIX + named["the path"], slash + below or b"/"
    if _HEADER in fields:
        # One that is sent twice names one sandbox, if it says the same.
        said = {name.strip() for name in fields[_HEADER].decode("latin-1").split(",")}
        named[f"the header {HEADER}"] = ",".join(sorted(said))
    named |= _credentials(fields, sandboxes)
    if not named:
        return ChosenSandbox(sandboxes.default, prefix, rest)
    return _decided(named, prefix, rest, sandboxes)


def _credentials(fields: Mapping[bytes, bytes], sandboxes: Sandboxes) -> dict[str, str]:
    named: dict[str, str] = {}
    key, token = fields.get(_API_KEY), fields.get(_BEARER)
    if key and (owner := sandboxes.owner(key.decode("latin-1"))):
        named["the API key"] = owner
    if token and (claimed := _claimed(token)):
        named["the token"] = claimed
    return named


def _claimed(authorization: bytes) -> str | None:
    """The sandbox that a bearer token names, unverified: the sandbox's own secret decides whether it is let in."""
    parts = authorization.partition(b" ")[2].strip().split(b".")
    if len(parts) != 3:
        return None
    try:
        claims = orjson.loads(base64.urlsafe_b64decode(parts[1] + b"=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return None
    claimed = claims.get(CLAIM) if isinstance(claims, dict) else None
    return claimed if isinstance(claimed, str) else None


def _decided(named: Mapping[str, str], prefix: str, rest: bytes, sandboxes: Sandboxes) -> ChosenSandbox:
    names = list(dict.fromkeys(named.values()))
    unknown = next((name for name in names if sandboxes.get(name) is None), None)
    if unknown is not None:
        said = f"There is no sandbox {unknown[:64]!r}. {known_sandboxes(sandboxes)}"
        return ChosenSandbox(sandboxes.default, prefix, rest, (404, "unknown_sandbox", said))
    if len(names) > 1:
        said = " and ".join(f"{where} names {name!r}" for where, name in named.items())
        said = f"The request is for two sandboxes: {said}. Name one."
        return ChosenSandbox(sandboxes.default, prefix, rest, (400, "two_sandboxes", said))
    return ChosenSandbox(sandboxes.get(names[0]) or sandboxes.default, prefix, rest)


def known_sandboxes(sandboxes: Sandboxes) -> str:
    """A sentence that lists what there is, and says how there can be more."""
    names = [sandbox.name for sandbox in sandboxes.all()]
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return f"Known are {', '.join(names[:_SHOWN_NAMES])}{more}; PUT /_mock/sandboxes/{{name}} makes one."
