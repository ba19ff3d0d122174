"""What ingestion brought, in pages; and what the lint found, in batches and in requests."""

from dataclasses import dataclass
from typing import Any

import orjson
from flask import Response

from mockserver.control.errors import ControlError
from mockserver.control.queries import whole_number
from mockserver.control.redaction import Redaction
from mockserver.door.operations import Parameter
from mockserver.ingestion.routes import operation_id
from mockserver.ingestion.schemas import KINDS
from mockserver.sandbox.lint import RequestWarning
from mockserver.sandbox.study import IngestedItem, LoggedWarning, ValueAsText
from mockserver.web.requests import current_asked, current_sandbox
from mockserver.web.responses import json_response
from mockserver.words import exact_json
from mockserver.words.json_schema import COUNT, INSTANT, TEXT, list_of, object_of, optional
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
            operation=TEXT,
            sessionId=optional(TEXT),
            kind=optional({"type": "string", "enum": [*KINDS, None]}),
            batch=optional({"type": "integer", "minimum": 1}),
            rule=TEXT,
            indexes=list_of(COUNT),
            message=TEXT,
            foundAt=INSTANT,
            times={"type": "integer", "minimum": 1},
        )
    ),
    total=COUNT,
)
PARAMETERS = (
    Parameter("kind", {"type": "string", "enum": list(KINDS)}, "Only this kind of data.", fidelity="inferred"),
    Parameter("sessionId", {**TEXT, "minLength": 1}, "Only this session.", fidelity="inferred"),
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
    """A page of what the lint found: by batch in order of arrival, then of each event that a client recorded in the
    data API, then what was odd in requests, each kind once.

    Only a batch has a session and a kind of data, so filters leave only those. `total` counts all that they leave.
    """
    sandbox, asked = current_sandbox(), _question()
    arrivals = sandbox.study.arrivals
    in_batches = arrivals.count_warnings(asked.kind, asked.session_id)
    found = arrivals.warnings(asked.kind, asked.session_id, limit=asked.limit, offset=asked.offset)
    filtered = asked.kind is not None or asked.session_id is not None
    others: list[ValueAsText | RequestWarning] = (
        [] if filtered else [*sandbox.study.values_as_text, *sandbox.lint.warnings()]
    )
    rest = others[max(0, asked.offset - in_batches) :][: asked.limit - len(found)]
    redaction = Redaction(sandbox.keys.values)
    warnings = [*map(_warning, found), *(_other_warning(warning, redaction) for warning in rest)]
    return json_response({"warnings": warnings, "total": in_batches + len(others)})


def _question() -> _Question:
    """The query's `kind`, `sessionId`, `limit` and `offset`.

    Raises:
        ControlError: There is no such kind, or a number is none or out of range.
    """
    sent = current_asked().query.arguments
    return _Question(
        kind=_kind(sent.get("kind")),
        session_id=sent.get("sessionId"),
        limit=whole_number(sent, "limit", 1, _MOST, _MOST),
        offset=whole_number(sent, "offset", 0, _LARGEST_OFFSET, 0),
    )


def _kind(kind: str | None) -> str | None:
    if kind is not None and kind not in KINDS:
        raise ControlError(f"Unknown kind {kind[:40]!r}: expected one of {', '.join(KINDS)}")
    return kind


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
        "operation": operation_id(KINDS[warning.kind]),
        "sessionId": _exact(warning.session_id),
        "kind": warning.kind,
        "batch": warning.batch,
        "rule": warning.rule,
        "indexes": list(warning.indexes),
        "message": warning.message,
        "foundAt": iso_from_ms(warning.found_at_ms),
        "times": 1,
    }


def _other_warning(warning: ValueAsText | RequestWarning, redaction: Redaction) -> dict[str, Any]:
    if isinstance(warning, ValueAsText):
        message = f"{warning.event_id}: response.value was sent as JSON {warning.json_type} and reads back as text"
        return _of_no_batch("recordEvents", "value_as_text", message, warning.written_ms, 1)
    message = redaction.text(warning.message)
    return _of_no_batch(warning.operation_id, warning.rule, message, warning.found_at_ms, warning.times)


def _of_no_batch(operation: str, rule: str, message: str, found_at_ms: int, times: int) -> dict[str, Any]:
    return {
        "operation": operation,
        "sessionId": None,
        "kind": None,
        "batch": None,
        "rule": rule,
        "indexes": [],
        "message": message,
        "foundAt": iso_from_ms(found_at_ms),
        "times": times,
    }


def _exact(session_id: str) -> orjson.Fragment:
    """A text that may have half of a surrogate pair, which orjson would refuse together with the whole answer."""
    return orjson.Fragment(exact_json.dumps(session_id))
