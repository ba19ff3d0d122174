"""Where and how a value breaks a JSON Schema, as values: which keyword, at which place. The words are made elsewhere.

jsonschema-rs finds them; here its errors get the places that clients are told.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mockserver.words.json_schema import Schema

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, ValidationError

__all__ = ["Breach", "Rules"]

Steps = Sequence[str | int]


@dataclass(frozen=True, slots=True)
class Breach:
    """One.

    Attributes:
        at: Names of fields and positions in lists that lead to the value.
        path: The same; of a field that is missing or of a name that may not be, where that is.
        keyword: The keyword of JSON Schema that is broken.
        rule: The schema that has it.
        value: What was sent instead.
        nearest: Of `anyOf`, what is wrong by the schema that the value comes closest to; None for others.
    """

    at: Steps
    path: Steps
    keyword: str
    rule: Schema
    value: Any
    nearest: "Breach | None" = None


class Rules:
    """A schema, made ready for the first value that comes: who only reads needs none, and it takes a while.

    Args:
        schema: It has no references.
        formats: Says of texts whether they are right, by the name of a format; others are not looked at.
    """

    def __init__(self, schema: Schema, formats: Mapping[str, Callable[[str], bool]] | None = None) -> None:
        self._schema = schema
        self._formats = formats

    def breaches(self, value: Any) -> list[Breach]:
        """Every way in which a value breaks them."""
        return list(map(self._breach, self._validator.iter_errors(value)))

    @cached_property
    def _validator(self) -> "Draft202012Validator":
        from jsonschema_rs import Draft202012Validator

        formats = self._formats
        return Draft202012Validator(self._schema, formats=dict(formats or {}), validate_formats=formats is not None)

    def _breach(self, error: "ValidationError") -> Breach:
        at, kind, value = error.instance_path, error.kind, error.instance
        path, keyword, nearest = at, str(error.schema_path[-1]), None
        match kind.name:
            case "required":
                path = [*at, kind.value]
            case "propertyNames":
                # What is wrong is wrong with the name.
                value = kind.value.instance
                path = [*at, value]
            case "anyOf":
                nearest = self._nearest(kind.value)
        return Breach(at, path, keyword, self._rule(error.schema_path), value, nearest)

    def _rule(self, steps: Steps) -> Schema:
        """The schema that has the keyword at that place. Its own values are in the order in which we wrote them."""
        rule: Any = self._schema
        for step in steps[:-1]:
            rule = rule[step]
        return rule  # type: ignore[no-any-return]

    def _nearest(self, context: Sequence[Sequence["ValidationError"]]) -> Breach | None:
        """Of what is wrong by each of several schemas, that which lies deepest."""
        inner = [self._breach(error) for errors in context for error in errors]
        nearest = max(inner, key=lambda breach: len(breach.at), default=None)
        return nearest.nearest or nearest if nearest else None
