"""How a scenario's dataclasses carry their own rules, so that a field is declared once.

Each field of a spec holds a marshmallow field in its metadata; `schema_of` makes the schema from them.
"""

import dataclasses
from datetime import UTC, datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load

from mockserver.timestamps import parse_iso_us

__all__ = ["Instant", "Now", "PerId", "Spec", "rule", "schema_of"]


class Instant(fields.Field[Any]):
    """A TOML date-time (or ISO 8601 text) as ms since the epoch; no zone means UTC."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int | None:
        if isinstance(value, datetime):
            aware = value if value.tzinfo else value.replace(tzinfo=UTC)
            return parse_iso_us(aware.isoformat()) // 1000
        try:
            return parse_iso_us(value) // 1000
        except (TypeError, ValueError):
            raise ValidationError("expected a date-time such as 2024-10-20T14:30:00Z") from None


class Now(Instant):
    """An instant, or `"machine"` for the machine's own time when the clock is made: None."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int | None:
        return None if value == "machine" else super()._deserialize(value, attr, data, **kwargs)


def rule(field: fields.Field[Any], default: Any = dataclasses.MISSING) -> Any:
    """Declare a spec's field: what it accepts, and what it is when the file is silent (else required)."""
    metadata = {"rule": field}
    if default is dataclasses.MISSING:
        field.required = True
        return dataclasses.field(metadata=metadata)
    if isinstance(default, dict):
        return dataclasses.field(default_factory=lambda: dict(default), metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def schema_of(spec: type) -> type[Schema]:
    """The marshmallow schema that reads a table into `spec`; unknown keys are mistakes."""

    def make(self: Schema, data: dict[str, Any], **_: Any) -> Any:
        return spec(**{key: tuple(v) if isinstance(v, list) else v for key, v in data.items()})

    members: dict[str, Any] = {
        field.name: field.metadata["rule"] for field in dataclasses.fields(spec) if "rule" in field.metadata
    }
    members["Meta"] = type("Meta", (), {"unknown": RAISE})
    members["make"] = post_load(make)
    return type(f"{spec.__name__}Schema", (Schema,), members)


def Spec(spec: type) -> fields.Nested:  # noqa: N802 - reads as a field type where it is used
    """A sub-table that becomes a `spec`."""
    return fields.Nested(schema_of(spec))


def PerId(spec: type) -> fields.Dict:  # noqa: N802 - reads as a field type where it is used
    """A table of tables, `[name.ID]`, each of which becomes a `spec`; their order is the file's."""
    return fields.Dict(keys=fields.String(), values=fields.Nested(schema_of(spec)))
