"""A batch becomes accepted and rejected items. Pure: no request, no store, no clock, no wording.

Source: items that fail are rejected one by one, the rest are accepted (S2, documented).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from marshmallow import Schema, ValidationError

from mockserver.ingestion.problems import Problem, TooDeep, WrongType

__all__ = ["Accepted", "Outcome", "Rejected", "check_batch", "check_object"]

# What orjson writes; it reads deeper.
MOST_LEVELS = 254


@dataclass(frozen=True, slots=True)
class Accepted:
    """An item that breaks no rule.

    Attributes:
        index: Position in the batch, from 0.
        item: As it was sent, unknown fields included.
        loaded: Its known fields by attribute name: timestamps in microseconds since the epoch.
    """

    index: int
    item: dict[str, Any]
    loaded: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rejected:
    """An item that breaks rules: its position in the batch, and all its problems in schema order."""

    index: int
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Both halves of a batch, each in batch order; together they hold every item once."""

    accepted: list[Accepted] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


def check_batch(schema: Schema, batch: Sequence[Any]) -> Outcome:
    """Check every item by itself: no item can change what happens to another."""
    outcome = Outcome()
    for index, item in enumerate(batch):
        loaded, problems = check_object(schema, item)
        problems = problems or _too_deep(item)
        if problems:
            outcome.rejected.append(Rejected(index, problems))
        else:
            outcome.accepted.append(Accepted(index, item, loaded))
    return outcome


def check_object(schema: Schema, value: Any) -> tuple[dict[str, Any], list[Problem]]:
    """Hold one JSON value against a schema.

    Returns:
        The known fields by attribute name, and no problems; or nothing, and all problems in schema order.
    """
    if not isinstance(value, dict):
        return {}, [WrongType(expected="object")]
    try:
        return schema.load(value), []
    except ValidationError as error:
        return {}, list(_flat(error.messages))


def _too_deep(item: Any) -> list[Problem]:
    """An item that could be read, but never be shown again."""
    try:
        orjson.dumps(item)
    except orjson.JSONEncodeError:
        return [TooDeep(levels=MOST_LEVELS)]
    return []


def _flat(messages: Any) -> Iterator[Problem]:
    """Marshmallow's tree of messages, whose leaves are lists of our problems, as one list with paths."""
    if not isinstance(messages, dict):
        yield from messages
        return
    for name, inner in messages.items():
        for problem in _flat(inner):
            yield problem.under(name)
