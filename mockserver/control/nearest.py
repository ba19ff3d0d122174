"""The nearest valid request to one that was refused: what its sender most likely wanted. Pure.

A path that nothing is served at becomes the most similar one that is; a query loses what is wrong in it; an id that
is not there becomes one that is. What cannot be told in a target, such as a missing key, is told in words.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus

from mockserver.door.apis import Api
from mockserver.door.choice import HEADER, PREFIX
from mockserver.door.credentials import API_KEY, BEARER
from mockserver.door.expansion import ACCEPTED_CODINGS
from mockserver.door.operations import Operation, Parameter
from mockserver.door.query import meant_by
from mockserver.words.json_schema import ISO_8601_FORMAT
from mockserver.words.timestamps import parse_iso_us

__all__ = ["NearestRequest", "Refused", "Served", "nearest"]

_PLACEHOLDER = re.compile(r"<([a-z_]+)>")
# Longer ones resemble nothing, and comparing takes time that grows with the square of the length.
_LONGEST_PATH = 300
_LEAST_SIMILAR = 0.5
_NO_BEACON = "A page's navigator.sendBeacon cannot send one; fetch with keepalive: true can, up to 64 KiB."
_EXAMPLE_INSTANT = "2024-10-20T14:30:00Z"


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that was refused.

    Attributes:
        prefix: What its path began with to choose a sandbox; mostly empty.
        path: As it was sent, below the prefix.
        query: As it was sent.
        operation: None where none was found.
        may_be_beacon: A page posted it without a credential, as `navigator.sendBeacon` does.
    """

    method: str
    prefix: str
    path: str
    query: str
    status: int
    cause: str
    operation: Operation | None
    may_be_beacon: bool = False


@dataclass(frozen=True, slots=True)
class Served:
    """What requests can be for.

    Attributes:
        apis: Those that clients call.
        ids: Ids that are there, by level.
        sandboxes: Names of those that are known.
        is_there: Given a level and an id, is there such a one?
    """

    apis: Sequence[Api]
    ids: Mapping[str, str | None] = field(default_factory=dict)
    sandboxes: Sequence[str] = ()
    is_there: Callable[[str, str], bool] = lambda level, id_: True

    def api_of(self, operation: Operation) -> Api:
        """The API whose row that is."""
        return next(api for api in self.apis if operation in api.operations)


@dataclass(frozen=True, slots=True)
class NearestRequest:
    """A request that would have been served, with a sentence on what else it takes; empty where nothing more."""

    method: str
    target: str
    advice: str


def nearest(refused: Refused, served: Served) -> NearestRequest | None:
    """The nearest valid request; None where there is none, or where the emulator was at fault."""
    if refused.status >= 500:
        return None
    if refused.cause in ("unknown_sandbox", "two_sandboxes", "bad_host", "no_websockets"):
        return _from_door(refused, served)
    if refused.operation is not None:
        return _to_same(refused, refused.operation, served)
    return _to_similar(refused, served)


# --- refused by the door --------------------------------------------------------------------------


def _from_door(refused: Refused, served: Served) -> NearestRequest:
    if refused.cause == "bad_host":
        return NearestRequest(refused.method, _target(refused), "Send one Host header.")
    if refused.cause == "no_websockets":
        return NearestRequest(refused.method, _target(refused), "Send no Upgrade header.")
    if refused.cause == "two_sandboxes" or not refused.prefix:
        advice = f"Name one sandbox that is there: by path, by {HEADER}, or by credential."
        return NearestRequest(refused.method, _target(refused), advice)
    close = get_close_matches(refused.prefix.removeprefix(PREFIX), served.sandboxes, n=1, cutoff=0)
    prefix = PREFIX + close[0] if close else ""
    return NearestRequest(refused.method, _joined(prefix + refused.path, refused.query), "")


# --- no such operation ----------------------------------------------------------------------------


def _to_similar(refused: Refused, served: Served) -> NearestRequest | None:
    """The operation whose path is most like the one that was asked for, of the same method where there are two."""
    if len(refused.path) > _LONGEST_PATH:
        return None
    matcher: SequenceMatcher[str] = SequenceMatcher(autojunk=False)
    matcher.set_seq2(refused.path)
    best, most = None, _LEAST_SIMILAR
    for api in served.apis:
        for row in api.operations:
            path = _filled(api.base_path + row.path, refused.path, served)
            matcher.set_seq1(path)
            same = 0.001 if row.method == refused.method else 0.0
            if matcher.real_quick_ratio() + same > most and matcher.quick_ratio() + same > most:
                similar = matcher.ratio() + same
                if similar > most:
                    best, most = (row, path), similar
    if best is None:
        return None
    row, path = best
    return NearestRequest(row.method, _joined(refused.prefix + path, _query(refused, row)), _needs(row, served))


def _filled(path: str, tried: str, served: Served) -> str:
    """A path with what was tried in the place of its placeholders, counted from the end; else with what is known."""
    parts, sent = path.split("/"), tried.split("/")
    for place in range(1, len(parts)):
        value = sent[-place] if place < len(sent) else ""
        parts[-place] = value if value and "<" in parts[-place] else _with_ids(parts, -place, served)
    return "/".join(parts)


def _with_ids(parts: Sequence[str], place: int, served: Served) -> str:
    """A segment of a path with ids that are there; `id` stands for one that nobody knows."""
    before = parts[place - 1]
    return _PLACEHOLDER.sub(lambda match: _known_id(match[1], before, served) or "id", parts[place])


def _needs(row: Operation, served: Served) -> str:
    """What it takes beside the target, in a sentence."""
    if row.public:
        return ""
    if served.api_of(row).name == "ingestion":
        return f"It takes a token: {BEARER}: Bearer <JWT>."
    scope = f" with the scope {row.scope}" if row.scope else ""
    return f"It takes an API key{scope} in {API_KEY}."


# --- an operation, refused by its view ------------------------------------------------------------


def _to_same(refused: Refused, row: Operation, served: Served) -> NearestRequest:
    path = _with_known_ids(refused, served.api_of(row).base_path + row.path, served)
    target = _joined(refused.prefix + path, _query(refused, row))
    return NearestRequest(row.method, target, _advice(refused, row, served))


def _advice(refused: Refused, row: Operation, served: Served) -> str:
    status = refused.status
    if status == 401 and refused.may_be_beacon:
        return f"{_needs(row, served)} {_NO_BEACON}"
    if status in (401, 403):
        return _needs(row, served)
    if status == 413:
        return "Send a smaller body."
    if status == 415 and refused.cause != "unsupported_media_type":
        return f"Send the body with one of these codings: {ACCEPTED_CODINGS}."
    if status == 415:
        return "Send JSON, and say so: Content-Type: application/json."
    if status == 429:
        return "Send it once the window is over: Retry-After says when."
    if status in (400, 409) and row.body is not None:
        return "Change the body as the message says."
    return ""


def _known_id(placeholder: str, before: str, served: Served) -> str | None:
    """An id for a placeholder, if it is of a level: by its name, or by the segment of the path before it."""
    known = served.ids.get(_level(placeholder, before))
    return None if known is None else quote(known, safe="")


def _level(placeholder: str, before: str) -> str:
    return before if placeholder == "scope_id" else placeholder.removesuffix("_id")


def _with_known_ids(refused: Refused, template: str, served: Served) -> str:
    """The path, with ids that are there in the place of those that are not."""
    parts, sent = template.split("/"), refused.path.split("/")
    if len(parts) != len(sent):
        return refused.path
    for place, part in enumerate(parts):
        match = _PLACEHOLDER.fullmatch(part)
        if match and not (refused.status != 404 and served.is_there(_level(match[1], parts[place - 1]), sent[place])):
            sent[place] = _known_id(match[1], parts[place - 1], served) or sent[place]
    return "/".join(sent)


# --- queries --------------------------------------------------------------------------------------


def _query(refused: Refused, row: Operation) -> str:
    """The query with valid values alone, each parameter once, and with the required ones."""
    rows = {parameter.name: parameter for parameter in row.parameters}
    valid = dict(_valid(refused.query, rows))
    valid |= {name: f"<{name}>" for name, known in rows.items() if known.required and name not in valid}
    if list(valid.items()) == parse_qsl(refused.query, keep_blank_values=True):
        return refused.query
    return "&".join(f"{quote_plus(name)}={quote_plus(value, safe='<>:[]')}" for name, value in valid.items())


def _valid(query: str, rows: Mapping[str, Parameter]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for name, value in parse_qsl(query, keep_blank_values=True):
        meant = meant_by(name, rows)
        if meant is None or meant in seen:
            continue
        valid = _valid_value(value, rows[meant].schema)
        if valid is not None:
            seen.add(meant)
            yield meant, valid


def _valid_value(value: str, schema: Mapping[str, Any]) -> str | None:
    """The value, or the nearest that the schema allows; None leaves the parameter out."""
    if "enum" in schema:
        options = list(map(str, schema["enum"]))
        close = get_close_matches(value.lower(), options, n=1)
        return value if value in options else close[0] if close else None
    if schema.get("type") == "integer":
        return _valid_number(value, schema)
    if schema.get("format") == ISO_8601_FORMAT:
        return value if _is_instant(value) else _EXAMPLE_INSTANT
    return value or None


def _valid_number(value: str, schema: Mapping[str, Any]) -> str | None:
    if not re.fullmatch(r"-?[0-9]{1,20}", value):
        return None
    least, most = schema.get("minimum", 0), schema.get("maximum", 2**53)
    return str(min(max(int(value), least), most))


def _is_instant(value: str) -> bool:
    try:
        parse_iso_us(value)
    except ValueError:
        return False
    return True


def _target(refused: Refused) -> str:
    return _joined(refused.prefix + refused.path, refused.query)


def _joined(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
