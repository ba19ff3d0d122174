"""What ingestion brought: the accepted items and what the lint found, in pages."""

from dataclasses import dataclass
from typing import Any

import orjson
from flask import Response, request

from mockserver.control.errors import ControlError
from mockserver.door.operations import Parameter
from mockserver.ingestion.schemas import KINDS
from mockserver.sandbox.study import IngestedItem, LoggedWarning
from mockserver.web.requests import current_sandbox
from mockserver.web.responses import json_response
from mockserver.words import exact_json
from mockserver.words.json_schema import COUNT, INSTANT, TEXT, list_of, object_of
from mockserver.words.timestamps import iso_from_ms

__all__ = ["ITEMS", "PARAMETERS", "WARNINGS", "ingested", "lint"]

_MOST = 10_000
# As far as JavaScript counts exactly, and databases too.
_LARGEST_OFFSET = 2**53 - 1

ITEMS = object_of(
    "IngestedItems",
    items=list_of(
        object_of(
            sessionId=TEXT,
            kind={"type": "string", "enum": list(KINDS)},
            batch={"type": "integer", "minimum": 1},
            index=COUNT,
            receivedAt=INSTANT,
            item={"type": "object", "additionalProperties": True},
        )
    ),
    total=COUNT,
)
WARNINGS = object_of(
    "LintWarnings",
    warnings=list_of(
        object_of(
            sessionId=TEXT,
            kind={"type": "string", "enum": list(KINDS)},
            batch={"type": "integer", "minimum": 1},
            rule=TEXT,
            indexes=list_of(COUNT),
            message=TEXT,
            foundAt=INSTANT,
        )
    ),
    total=COUNT,
)
PARAMETERS = (
    Parameter("kind", {"type": "string", "enum": list(KINDS)}, "Only this kind of data.", fidelity="inferred"),
    Parameter("sessionId", TEXT, "Only this session.", fidelity="inferred"),
    Parameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": _MOST, "default": _MOST},
        "The most that are told.",
        fidelity="inferred",
    ),
    Parameter(
        "offset",
        {"type": "integer", "minimum": 0, "maximum": _LARGEST_OFFSET, "default": 0},
        "How many to pass over.",
        fidelity="inferred",
    ),
)


@dataclass(frozen=True, slots=True)
class _Question:
    """What a query asks for: `kind` and `session_id` narrow it down, None asks for all."""

    kind: str | None
    session_id: str | None
    limit: int
    offset: int


def ingested() -> Response:
    """A page of what was ingested, by batch in order of arrival; `total` counts all that the filters leave."""
    arrivals, asked = current_sandbox().study.arrivals, _question()
    items = arrivals.items(asked.kind, asked.session_id, limit=asked.limit, offset=asked.offset)
    total = arrivals.count_items(asked.kind, asked.session_id)
    return json_response({"items": [_item(item) for item in items], "total": total})


def lint() -> Response:
    """A page of what the lint found, by batch in order of arrival; `total` counts all that the filters leave."""
    arrivals, asked = current_sandbox().study.arrivals, _question()
    warnings = arrivals.warnings(asked.kind, asked.session_id, limit=asked.limit, offset=asked.offset)
    total = arrivals.count_warnings(asked.kind, asked.session_id)
    return json_response({"warnings": [_warning(warning) for warning in warnings], "total": total})


def _question() -> _Question:
    """The query's `kind`, `sessionId`, `limit` and `offset`; what is empty is not asked for.

    Raises:
        ControlError: There is no such kind, or a number is none or out of range.
    """
    return _Question(
        kind=_kind(),
        session_id=request.args.get("sessionId") or None,
        limit=_number("limit", least=1, most=_MOST, default=_MOST),
        offset=_number("offset", least=0, most=_LARGEST_OFFSET, default=0),
    )


def _kind() -> str | None:
    kind = request.args.get("kind") or None
    if kind is not None and kind not in KINDS:
        raise ControlError(f"Unknown kind {kind[:40]!r}: expected one of {', '.join(KINDS)}")
    return kind


def _number(name: str, *, least: int, most: int, default: int) -> int:
    text = request.args.get(name) or str(default)
    # Twenty digits are more than any of these numbers has, and Python converts no more than some thousands.
    if text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most:
        return int(text)
    raise ControlError(f"Invalid {name} {text[:40]!r}: expected a whole number from {least} to {most}")


def _item(item: IngestedItem) -> dict[str, Any]:
    return {
        "sessionId": _exact(item.session_id),
        "kind": item.kind,
        "batch": item.batch,
        "index": item.index,
        "receivedAt": iso_from_ms(item.received_at_ms),
        "item": orjson.Fragment(item.text),
    }


def _warning(warning: LoggedWarning) -> dict[str, Any]:
    return {
        "sessionId": _exact(warning.session_id),
        "kind": warning.kind,
        "batch": warning.batch,
        "rule": warning.rule,
        "indexes": list(warning.indexes),
        "message": warning.message,
        "foundAt": iso_from_ms(warning.found_at_ms),
    }


def _exact(session_id: str) -> orjson.Fragment:
    """A text that may have half of a surrogate pair, which orjson would refuse together with the whole answer."""
    return orjson.Fragment(exact_json.dumps(session_id))
