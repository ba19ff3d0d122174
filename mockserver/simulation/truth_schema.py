"""Ground truth as data, and the JSON Schema of that data: both follow the dataclasses of `truth.py`.

Names are in camelCase, tuples are lists, None is null. Units stand in the names; the schema repeats them as `x-unit`.
"""

import ast
import dataclasses
import inspect
import re
import sys
import textwrap
import types
import typing
from collections.abc import Iterator
from typing import Any

from mockserver.simulation.truth import ExperimentTruth, RoomTruth, TruthOverview
from mockserver.words.camel_case import camel

__all__ = ["truth_data", "truth_schema", "truth_schemas"]

_PLAIN = {str: "string", bool: "boolean", int: "integer", float: "number", types.NoneType: "null"}
_UNITS = {"ms": "ms", "ppm": "ppm"}


def truth_data(truth: Any) -> Any:
    """A truth as plain values, as JSON has them."""
    if dataclasses.is_dataclass(truth):
        return {camel(field.name): truth_data(getattr(truth, field.name)) for field in dataclasses.fields(truth)}
    return [truth_data(item) for item in truth] if isinstance(truth, tuple) else truth


def truth_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of an overview, an experiment's truth or a room's; each is also there by its name."""
    told = (TruthOverview, ExperimentTruth, RoomTruth)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Ground truth",
        "description": "What stands behind the records of a simulated world.",
        "anyOf": [_reference(spec) for spec in told],
        "$defs": {spec.__name__: _object(spec) for spec in dict.fromkeys(s for one in told for s in _within(one))},
    }


def truth_schemas() -> dict[str, dict[str, Any]]:
    """The same by name, and written out: nothing in one of them refers to anything else."""
    definitions = truth_schema()["$defs"]

    def whole(part: Any) -> Any:
        if isinstance(part, list):
            return [whole(one) for one in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return whole(definitions[part["$ref"].rpartition("/")[2]])
        return {name: whole(value) for name, value in part.items()}

    return {name: whole(schema) for name, schema in definitions.items()}


def _within(spec: type) -> Iterator[type]:
    """A dataclass and all that its fields hold, at any depth."""
    yield spec
    for hint in typing.get_type_hints(spec).values():
        for held in (hint, *typing.get_args(hint)):
            if dataclasses.is_dataclass(held) and isinstance(held, type):
                yield from _within(held)


def _object(spec: type) -> dict[str, Any]:
    about, described = _docstring(spec)
    properties = {
        camel(name): {**_type(hint), "description": described[name], **_unit(name)}
        for name, hint in typing.get_type_hints(spec).items()
    }
    return {
        "title": spec.__name__,
        "description": about,
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _type(hint: Any) -> dict[str, Any]:
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) is tuple:
        return {"type": "array", "items": _type(arguments[0])}
    if arguments:
        return {"type": [_PLAIN[one] for one in arguments]}
    return {"type": _PLAIN[hint]} if hint in _PLAIN else _reference(hint)


def _reference(spec: type) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{spec.__name__}"}


def _unit(name: str) -> dict[str, str]:
    unit = _UNITS.get(name.rpartition("_")[2])
    return {"x-unit": unit} if unit else {}


def _docstring(spec: type) -> tuple[str, dict[str, str]]:
    """What a dataclass's docstring says about it, and about each of its attributes (`name, name: text`)."""
    about, _, attributes = _text(spec).partition("Attributes:")
    names = "|".join(field.name for field in dataclasses.fields(spec))
    _, *parts = re.split(rf"(?:^| )((?:{names})(?:, (?:{names}))*): ", " ".join(attributes.split()))
    described = zip(parts[::2], parts[1::2], strict=True)
    return " ".join(about.split()), {name: text for named, text in described for name in named.split(", ")}


def _text(spec: type) -> str:
    """A class's docstring; where Python was told to do without them (`-OO`), the source still has it."""
    if sys.flags.optimize < 2:
        return inspect.getdoc(spec) or ""
    parsed = ast.parse(textwrap.dedent(inspect.getsource(spec))).body[0]
    return (isinstance(parsed, ast.ClassDef) and ast.get_docstring(parsed)) or ""
