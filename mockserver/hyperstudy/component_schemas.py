"""Components as definitions configure them: the JSON Schemas of what the client's builders set.

Keys that are not named here are kept and change nothing; null is as if a key were left out, since the builders write
`None` so. Source: the client's builders (observed), which leave it to
the server to check a configuration; how far that goes is inferred.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from mockserver.simulation.scenario.specs import COMPONENTS
from mockserver.words.json_schema import FLAG, ID, NUMBER, TEXT, Schema, optional

__all__ = ["FOCUS_COMPONENT", "GLOBAL_COMPONENTS", "scale_problems"]

# As many as the simulation plays (inferred).
_MOST_POINTS = 1000
_TEXT, _FLAG = optional(TEXT), optional(FLAG)
_MS: Schema = {"type": ["number", "null"], "minimum": 0}
_SCALE: dict[str, Schema] = {name: optional(NUMBER) for name in ("scaleMin", "scaleMax", "min", "max")}
_SLIDER: Schema = {
    "type": "object",
    "properties": {"componentId": optional(ID), "dimension": _TEXT, "intervalMs": _MS, **_SCALE},
    "additionalProperties": True,
}
_POINTS: Schema = {"type": ["integer", "null"], "minimum": 2, "maximum": _MOST_POINTS}
# What any configuration may hold.
_CONFIG: dict[str, Schema] = {
    "prompt": _TEXT,
    "text": _TEXT,
    "url": _TEXT,
    "options": {"type": ["array", "null"], "items": {}},
    "outputVariable": _TEXT,
    "durationMs": _MS,
    "duration": _MS,
}
_CHOICE: Schema = {"properties": {"options": {"type": "array", "items": {}, "minItems": 1}}, "required": ["options"]}
# Type to what its configuration has to be beside that.
_CONFIGS: Mapping[str, Schema] = {
    "showvideo": {"properties": {"autoplay": _FLAG, "controls": _FLAG}},
    "multiplechoice": _CHOICE,
    "ranking": _CHOICE,
    "likertscale": {"properties": {"scalePoints": _POINTS, **_SCALE}},
    "vasrating": {"properties": _SCALE},
    "sparserating": {"properties": _SCALE},
    "continuousrating": {"properties": _SLIDER["properties"]},
}


def _rule(kind: str, config: Schema) -> Schema:
    """The configuration of one type; it may be left out where nothing is needed."""
    needed = {"required": ["config"]} if "required" in config else {}
    return {
        "if": {"properties": {"type": {"const": kind}}, "required": ["type"]},
        "then": {"properties": {"config": config}, **needed},
    }


FOCUS_COMPONENT: Schema = {
    "title": "FocusComponent",
    "type": "object",
    "properties": {
        "type": {"type": "string", "enum": [name.lower() for name in COMPONENTS]},
        "config": {"type": "object", "properties": _CONFIG, "additionalProperties": True},
        "id": TEXT,
    },
    "required": ["type"],
    "additionalProperties": True,
    "allOf": [_rule(kind, config) for kind, config in _CONFIGS.items()],
}
_GLOBAL_TYPES = (
    "continuousrating", "videochat", "textchat", "sparserating", "scannerpulserecorder", "gazeoverlay",
)  # fmt: skip
GLOBAL_COMPONENTS: Schema = {
    "type": "object",
    "propertyNames": {"enum": list(_GLOBAL_TYPES)},
    # Each by its name: of an object with names and others, some generators make what does not compile.
    "properties": {
        name: _SLIDER if name == "continuousrating" else {"type": "object", "additionalProperties": True}
        for name in _GLOBAL_TYPES
    },
}


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def scale_problems(config: Any, path: str) -> Iterator[dict[str, str]]:
    """What no JSON Schema can say of a scale: that its end lies above its beginning.

    Args:
        config: A configuration, or anything else. path: where it stands in the body.
    """
    if not isinstance(config, dict):
        return
    for low_name, high_name in (("scaleMin", "scaleMax"), ("min", "max")):
        low, high = config.get(low_name), config.get(high_name)
        if _is_number(low) and _is_number(high) and high <= low:
            said = f"expected a number above {low_name}, which is {low}, got {high}"
            yield {"path": f"{path}/{high_name}", "message": said}
