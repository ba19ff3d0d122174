"""What an event that a client writes must look like: one JSON Schema, described to clients and held against each event.

Source: the shape in which events are read (documented); that it can be written so is inferred. Null in a field that
may be left out is as if it were left out, so that an event can be written as it was read.
"""

import re
from typing import Any

from mockserver.hyperstudy.breaches import Breach, Rules
from mockserver.simulation.records.events import CATEGORIES
from mockserver.words.json_schema import ID, ISO_8601_FORMAT, KEYWORD, MOST_WHOLE, TEXT, Schema, labelled, optional
from mockserver.words.timestamps import TIMESTAMP_TOLD, parse_iso_us

__all__ = ["EVENT_BATCH", "EVENT_BATCH_DESCRIBED", "given", "reasons_against", "unkept"]

MOST_EVENTS = 100
# Decimals of a second after the third that are not zero: records have ms.
_FINER_THAN_MS = re.compile(r"[.,]\d{3}0*[1-9]")
_MAYBE_ID, _MAYBE_TEXT = optional(ID), optional(TEXT)
_MAYBE_MS: Schema = {"type": ["integer", "null"], "minimum": 0, "maximum": MOST_WHOLE}
_EVENT_TO_RECORD: Schema = {
    "title": "EventToRecord",
    KEYWORD: "inferred",
    "type": "object",
    # In the order in which problems are told.
    "properties": {
        "eventType": ID,
        "roomId": {**_MAYBE_ID, "description": "Or `sessionId`, by which events also know their room."},
        "sessionId": _MAYBE_ID,
        "experimentId": {**_MAYBE_TEXT, "description": "The room's own, if at all."},
        "participantId": ID,
        "participantRole": {**_MAYBE_TEXT, "description": "The participant's own, if at all."},
        "timestamp": {
            "type": ["string", "null"],
            "format": ISO_8601_FORMAT,
            "description": "Without it, `onset` tells the time; without both it is now.",
        },
        "onset": {
            "type": ["integer", "null"],
            "minimum": -MOST_WHOLE,
            "maximum": MOST_WHOLE,
            "description": "ms since the room's start; beside a timestamp it has to agree.",
        },
        "category": {
            "type": ["string", "null"],
            "enum": [*CATEGORIES, None],
            "description": "Without it, that of the event type's family.",
        },
        "componentType": _MAYBE_TEXT,
        "componentId": _MAYBE_TEXT,
        "content": {**_MAYBE_TEXT, "description": "Without it, the event type."},
        "stateId": {**_MAYBE_TEXT, "description": "One of the room's states."},
        "stateName": {**_MAYBE_TEXT, "description": "Without it, the state's own."},
        "duration": _MAYBE_MS,
        "response": {
            "type": ["object", "null"],
            "properties": {
                "value": {"description": "Kept as text; what is none, as JSON."},
                "responseTime": _MAYBE_MS,
            },
        },
    },
    "required": ["eventType", "participantId"],
    # A session is a room by another name.
    "anyOf": [{"required": ["roomId"]}, {"required": ["sessionId"]}],
}
# What the request as a whole needs; each event is judged alone.
EVENT_BATCH: Schema = {
    "type": "object",
    "properties": {"events": {"type": "array", "maxItems": MOST_EVENTS}},
    "required": ["events"],
}
EVENT_BATCH_DESCRIBED: Schema = {
    **labelled(EVENT_BATCH, "inferred"),
    "title": "EventBatch",
    "properties": {"events": {**EVENT_BATCH["properties"]["events"], "items": _EVENT_TO_RECORD}},
}


def _is_timestamp(text: str) -> bool:
    """Every form that the API reads elsewhere is one here."""
    try:
        parse_iso_us(text)
    except ValueError:
        return False
    return True


def unkept(item: dict[str, Any]) -> list[str]:
    """The fields of an event that it is recorded without; those of its response as `response.name`.

    A timestamp is one where it is finer than the ms that records have.
    """
    known, response = _EVENT_TO_RECORD["properties"], item.get("response") or {}
    outer = [name for name in item if name not in known]
    outer += ["timestamp"] if _FINER_THAN_MS.search(item.get("timestamp") or "") else []
    return outer + [f"response.{name}" for name in response if name not in known["response"]["properties"]]


def given(item: dict[str, Any]) -> dict[str, Any]:
    """The fields that an event really has."""
    return {name: value for name, value in item.items() if value is not None}


_RULES = Rules(_EVENT_TO_RECORD, {ISO_8601_FORMAT: _is_timestamp})


def reasons_against(item: Any) -> list[str]:
    """Everything about an event's shape that keeps it from being recorded: one reason a field, in schema order.

    The words are those of the ingestion API's reasons: that of a missing field is documented there.
    """
    if not isinstance(item, dict):
        return ["Item must be an object"]
    reasons: dict[str, str] = {}
    for breach in _RULES.breaches(given(item)):
        name = "roomId" if breach.keyword == "anyOf" else ".".join(map(str, breach.path))
        # What is of another type is none of the choices either; once is enough.
        if name not in reasons or breach.keyword == "type":
            reasons[name] = _reason(name, breach)
    order = list(_EVENT_TO_RECORD["properties"])
    return [reasons[name] for name in sorted(reasons, key=lambda name: order.index(name.split(".")[0]))]


def _reason(name: str, breach: Breach) -> str:
    wanted = breach.rule[breach.keyword]
    match breach.keyword:
        case "required" | "anyOf":
            return f"Missing required field: {name}"
        case "type":
            types = [wanted] if isinstance(wanted, str) else [one for one in wanted if one != "null"]
            # What is no string at all is told at once which string it should be.
            expected = TIMESTAMP_TOLD if breach.rule.get("format") == ISO_8601_FORMAT else types[0]
            return f"Invalid type for {name}: expected {expected}"
        case "enum":
            return f"Invalid value for {name}: expected one of {', '.join(filter(None, wanted))}"
        case "minLength":
            return f"Invalid value for {name}: expected a non-empty string"
        case "format":
            return f"Invalid {name}: expected ISO 8601"
        case "minimum" | "maximum":
            expected = f"{breach.rule['minimum']} to {breach.rule['maximum']}"
            return f"Value out of range for {name}: expected {expected}"
        case other:
            raise TypeError(f"no wording for {other!r}")
