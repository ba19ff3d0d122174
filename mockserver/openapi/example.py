"""Real requests with what was answered, as documents show them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Example", "Examples", "Variant"]


@dataclass(frozen=True, slots=True)
class Variant:
    """The same request with another body.

    Attributes:
        told: What it shows.
        answer: To that body, as values.
    """

    told: str
    body: Any
    answer: Any


@dataclass(frozen=True, slots=True)
class Example:
    """One request that works.

    Attributes:
        path: Placeholder to value.
        query: Parameter to value.
        body: What was sent; None where nothing was.
        answers: By content type; JSON as values, the rest as text.
        variants: Bodies by name, this one among them, where one alone would not show enough.
    """

    path: Mapping[str, str]
    query: Mapping[str, str | int]
    body: Any
    answers: Mapping[str, Any]
    variants: Mapping[str, Variant] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Examples:
    """What was tried.

    Attributes:
        operations: Requests by operation id; what a world cannot answer (an empty one has no rooms) is not there.
        errors: Real errors of each operation: by its id, then by the name of the kind.
    """

    operations: Mapping[str, Example]
    errors: Mapping[str, Mapping[str, Any]]
