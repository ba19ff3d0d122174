"""How a scenario's dataclasses carry their own rules, so that a field is declared once.

Each field of a spec holds a marshmallow field in its metadata; `schema_of` makes the schema from them.
"""

import dataclasses
import difflib
from collections.abc import Callable, Collection
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validates_schema

__all__ = ["Spec", "close_match", "one_line", "rule", "schema_of"]


def rule(field: fields.Field[Any], default: Any = dataclasses.MISSING) -> Any:
    """Declare a spec's field: what it accepts, and what it is when the file is silent (else required)."""
    metadata = {"rule": field}
    if default is dataclasses.MISSING:
        field.required = True
        return dataclasses.field(metadata=metadata)
    if isinstance(default, dict):
        return dataclasses.field(default_factory=lambda: dict(default), metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def schema_of(spec: type, *, also: Collection[str] = (), made_of: Callable[..., Any] | None = None) -> type[Schema]:
    """The marshmallow schema that reads a table into `spec`; unknown keys are mistakes.

    Args:
        also: Keys that are known and taken out before the schema sees the table; only named in messages.
        made_of: What is called with the values instead of `spec`.
    """
    maker = made_of or spec
    rules: dict[str, Any] = {
        field.name: field.metadata["rule"] for field in dataclasses.fields(spec) if "rule" in field.metadata
    }
    known = [*also, *(field.data_key or name for name, field in rules.items())]

    def refuse_unknown(self: Schema, data: Any, original_data: Any, **_: Any) -> None:
        if isinstance(original_data, dict):
            refused = {key: [_unknown(key, known)] for key in original_data if key not in known}
            if refused:
                raise ValidationError(refused)

    def make(self: Schema, data: dict[str, Any], **_: Any) -> Any:
        return maker(**{key: tuple(v) if isinstance(v, list) else v for key, v in data.items()})

    members: dict[str, Any] = {
        **rules,
        # Marshmallow's own check of unknown keys cannot say which ones are known.
        "Meta": type("Meta", (), {"unknown": EXCLUDE}),
        "error_messages": {"type": "expected a table"},
        "refuse_unknown": validates_schema(pass_original=True, skip_on_field_errors=False)(refuse_unknown),
        "make": post_load(make),
    }
    return type(f"{spec.__name__}Schema", (Schema,), members)


def Spec(spec: type, expected: str = "expected a table") -> fields.Nested:  # noqa: N802 - reads as a field type
    """A sub-table that becomes a `spec`; `expected` is told where it is needed and missing."""
    return fields.Nested(schema_of(spec), error_messages={"required": f"missing; {expected}"})


def one_line(expected: str) -> Callable[[str], None]:
    """A rule for a text: not blank, and without a line break of any kind."""

    def check(text: str) -> None:
        if not text.strip() or len(text.splitlines()) != 1:
            raise ValidationError(expected)

    return check


def close_match(name: str, known: Collection[str]) -> str:
    """`; did you mean 'rooms'?` where something known looks like the name; else an empty text."""
    close = difflib.get_close_matches(name, known, 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _unknown(key: str, known: Collection[str]) -> str:
    meant = close_match(key, known) or ";"
    return f"unknown key{meant} known keys are {', '.join(known)}"
