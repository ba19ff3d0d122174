"""A batch becomes accepted and rejected items. Pure: no request, no store, no clock, no wording.

Source: items that fail are rejected one by one, the rest are accepted (the ingestion page, documented).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from marshmallow import Schema, ValidationError

from mockserver.ingestion.fields import too_large
from mockserver.ingestion.problems import Missing, Problem, TooDeep, WrongType
from mockserver.words import exact_json

__all__ = ["Accepted", "Outcome", "Rejected", "check_batch", "check_object"]


@dataclass(frozen=True, slots=True)
class Accepted:
    """An item that breaks no rule.

    Attributes:
        index: Position in the batch, from 0.
        item: As it was sent, unknown fields included.
        text: The item as JSON, to be kept.
        loaded: Its known fields by attribute name: timestamps in microseconds since the epoch.
    """

    index: int
    item: dict[str, Any]
    text: str
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
        text, flaws = ("", []) if problems else _text_of(item)
        if problems or flaws:
            outcome.rejected.append(Rejected(index, problems or flaws))
        else:
            outcome.accepted.append(Accepted(index, item, text, loaded))
    return outcome


def check_object(schema: Schema, value: Any) -> tuple[dict[str, Any], list[Problem]]:
    """Hold one JSON value against a schema.

    The verdict is that of `schema.load`, which takes four times as long to come to it, and batches are large.

    Args:
        schema: One without hooks and defaults, which are not looked at.

    Returns:
        The known fields that are right, by attribute name; and all problems, in schema order.
    """
    if not isinstance(value, dict):
        return {}, [WrongType(expected="object")]
    loaded: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, field_ in schema.load_fields.items():
        key = field_.data_key or name
        if key not in value:
            problems += [Missing(path=(key,))] if field_.required else []
            continue
        try:
            loaded[name] = field_.deserialize(value[key])
        except ValidationError as error:
            problems += [problem.under(key) for problem in _flat(error.messages)]
    return loaded, problems


def _text_of(item: Any) -> tuple[str, list[Problem]]:
    """The item as text; or why it could be read, but not kept and shown again."""
    try:
        return exact_json.dumps(item), []
    except exact_json.TooDeepError:
        return "", [TooDeep(levels=exact_json.MOST_LEVELS)]
    except exact_json.TooLargeError as error:
        return "", [replace(too_large(error.number), path=error.path)]


def _flat(messages: Any) -> Iterator[Problem]:
    """Marshmallow's tree of messages, whose leaves are lists of our problems, as one list with paths."""
    if not isinstance(messages, dict):
        yield from messages
        return
    for name, inner in messages.items():
        for problem in _flat(inner):
            yield problem.under(name)
