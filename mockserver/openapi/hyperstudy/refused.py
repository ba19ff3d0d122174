"""Examples of what the data API refuses: of each operation, an error of every kind that it may answer with."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from mockserver.door.operations import Operation
from mockserver.door.paths import filled, placeholders
from mockserver.hyperstudy.envelope import error_body
from mockserver.hyperstudy.keys import HEADER, ORGANISATION_HEADER, covers
from mockserver.hyperstudy.limits import LIMITS, RateLimited
from mockserver.hyperstudy.links import LINK_TTL_MS, sign
from mockserver.openapi.hyperstudy.errors import errors_of
from mockserver.openapi.notes import Notes, demo_key, unasked
from mockserver.sandbox.counters import Count

__all__ = ["refuse_all"]

_NOWHERE = "nowhere"
# Of two scopes no operation needs both.
_OTHER_SCOPES = ("read:chat", "read:events")


def refuse_all(notes: Notes) -> None:
    """Ask each operation for each of its errors; what the story has noted already stays.

    Args:
        notes: With the examples of what works, which these are made from.
    """
    limit = LIMITS[-1]
    over = RateLimited(Count(limit, allowed=False, left=0, reset_ms=limit.window_s * 1000), 0)
    narrow = {scope: _key(notes, scope) for scope in _OTHER_SCOPES}
    for row in notes.rows.values():
        kinds = errors_of(row)
        for kind in kinds:
            if kind.name in _ASKED:
                notes.refuse(row.id, kind, **{**_usual(notes, row), **_ASKED[kind.name](row, notes)})
            elif kind.name == "Forbidden":
                notes.refuse(row.id, kind, **_usual(notes, row), headers={HEADER: _without(row, narrow)})
        made = {**unasked(notes, row), "RateLimited": error_body(over)}
        told = {kind.name: made[kind.name] for kind in kinds if kind.name in made}
        notes.errors[row.id] = {**notes.errors.get(row.id, {}), **told}


def _usual(notes: Notes, row: Operation) -> dict[str, Any]:
    """The request that works, as far as one is known."""
    noted = notes.examples.get(row.id)
    empty: dict[str, Any] | None = {} if row.body else None
    return {
        "path": notes.path_of(row),
        "query": noted.query if noted else None,
        "body": noted.body if noted else empty,
    }


# --- what is changed about it, by kind -------------------------------------------------------------


def _bad_parameter(row: Operation, notes: Notes) -> dict[str, Any]:
    """One that is missing where it has to be there, else one that is nonsense."""
    query = _usual(notes, row)["query"] or {}
    required = [parameter.name for parameter in row.parameters if parameter.required]
    if required:
        return {"query": {name: value for name, value in query.items() if name != required[0]}}
    # Any text will do for an id, but not two.
    typed = [p.name for p in row.parameters if p.schema["type"] == "integer" or "enum" in p.schema]
    wrong = {typed[0]: "nonsense"} if typed else {row.parameters[0].name: ["one", "two"]}
    return {"query": {**query, **wrong}}


def _nowhere(row: Operation, notes: Notes) -> dict[str, Any]:
    """What the path names, or else the body."""
    body = _usual(notes, row)["body"]
    names = placeholders(row.path)
    if not names:
        return {"body": {**body, "experimentId": _NOWHERE}}
    path = dict.fromkeys(names, _NOWHERE)
    return {"path": path, **({"query": _link(row, path, notes)} if row.public and row.errors else {})}


def _link(row: Operation, path: Mapping[str, str], notes: Notes) -> dict[str, str]:
    """The query that lets a caller in at an operation that needs no key but a signed link."""
    secret, until_ms = notes.sandbox.settings.link_secret, notes.sandbox.clock.now_ms() + LINK_TTL_MS
    signed = sign(notes.api.base_path + filled(row.path, path), until_ms, secret)
    return dict(parse_qsl(urlsplit(signed).query))


_ASKED: Mapping[str, Callable[[Operation, Notes], dict[str, Any]]] = MappingProxyType(
    {
        "InvalidParameter": _bad_parameter,
        "InvalidRequest": _bad_parameter,
        "InvalidBody": lambda row, notes: {"body": ["no object"]},
        "Unauthorized": lambda row, notes: {"headers": {HEADER: ""}},
        "OtherOrganisation": lambda row, notes: {"headers": {ORGANISATION_HEADER: "org_elsewhere"}},
        "BadLink": lambda row, notes: {"query": None},
        "NotFound": _nowhere,
        "UnsupportedCoding": lambda row, notes: {"body": {}, "headers": {"Content-Encoding": "br"}},
    }
)


def _key(notes: Notes, scope: str) -> str:
    """A key that has one scope and no other."""
    whole = notes.sandbox.keys.find(demo_key(notes.sandbox))
    organisation, owner = (whole[1].organisation, whole[1].owner) if whole else ("org_main", "nobody@example.com")
    return notes.sandbox.keys.mint((scope,), organisation, owner, None).value


def _without(row: Operation, narrow: Mapping[str, str]) -> str:
    """A key that lacks what an operation needs."""
    return next(key for scope, key in narrow.items() if not covers((scope,), row.scope or ""))
