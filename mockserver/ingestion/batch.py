"""A batch becomes accepted and rejected items. Pure: no request, no store, no clock, no wording.

    batch -> compiled rules -> what these refuse: marshmallow -> what can be kept as text

Source: items that fail are rejected one by one, the rest are accepted (the ingestion page, documented).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from marshmallow import Schema, ValidationError

from mockserver.ingestion.compiled import Read, compiled
from mockserver.ingestion.fields import too_large
from mockserver.ingestion.problems import Missing, Problem, TooDeep, WrongType
from mockserver.ingestion.schemas import Kind
from mockserver.words import exact_json

__all__ = ["Accepted", "Outcome", "Rejected", "check_batch", "check_object"]


@dataclass(frozen=True, slots=True)
class Accepted:
    """The items that break no rule, in batch order, as columns: the n-th of each belongs to the n-th such item.

    Attributes:
        indexes: Positions in the batch, from 0.
        items: As they were sent, unknown fields included.
        texts: The items as JSON, to be kept, as `exact_json.dumps_all` writes them.
        loaded: By attribute the fields of `Kind.sequence`, timestamps as datetimes.
    """

    indexes: Sequence[int]
    items: Sequence[dict[str, Any]]
    texts: bytes
    loaded: Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Rejected:
    """An item that breaks rules: its position in the batch, and all its problems in schema order."""

    index: int
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Both halves of a batch, each in batch order; together they hold every item once."""

    accepted: Accepted
    rejected: Sequence[Rejected]


def check_batch(kind: Kind, batch: Sequence[Any]) -> Outcome:
    """Check every item by itself: no item can change what happens to another."""
    read = compiled(kind.schema).read(batch, kind.sequence)
    rejected: list[Rejected] = []
    if len(read.indexes) < len(batch):
        read, rejected = _with_second_opinion(kind, batch, read)
    try:
        accepted = _accepted(batch, read)
    except (exact_json.TooDeepError, exact_json.TooLargeError):
        flawed = _flawed(batch, read)
        broken = {one.index for one in flawed}
        accepted = _accepted(batch, read.with_rows(row for row in read.rows() if row[0] not in broken))
        rejected = sorted([*rejected, *flawed], key=lambda one: one.index)
    return Outcome(accepted, rejected)


def check_object(
    schema: Schema, value: Any, names: Iterable[str] | None = None
) -> tuple[dict[str, Any], list[Problem]]:
    """Hold one JSON value against a schema.

    The verdict is that of `schema.load`, which takes four times as long to come to it, and batches are large.

    Args:
        schema: One without hooks and defaults, which are not looked at.
        names: Attributes of the fields to look at, in schema order; None for all.

    Returns:
        The known fields that are right, by attribute name; and all problems, in schema order.
    """
    if not isinstance(value, dict):
        return {}, [WrongType(expected="object")]
    loaded: dict[str, Any] = {}
    problems: list[Problem] = []
    for name in schema.load_fields if names is None else names:
        field_ = schema.load_fields[name]
        key = field_.data_key or name
        if key not in value:
            problems += [Missing(path=(key,))] if field_.required else []
            continue
        try:
            loaded[name] = field_.deserialize(value[key])
        except ValidationError as error:
            problems += [problem.under(key) for problem in _flat(error.messages)]
    return loaded, problems


def _with_second_opinion(kind: Kind, batch: Sequence[Any], read: Read) -> tuple[Read, list[Rejected]]:
    """Let marshmallow decide on what the compiled rules refused, and say why; most fields of it are right."""
    rules, there = compiled(kind.schema), set(read.indexes)
    rejected: list[Rejected] = []
    late: list[tuple[Any, ...]] = []
    for index, item in enumerate(batch):
        if index in there:
            continue
        _, problems = check_object(kind.schema, item, rules.refused(item) if isinstance(item, dict) else None)
        if problems:
            rejected.append(Rejected(index, problems))
        else:
            loaded, _ = check_object(kind.schema, item)
            late.append((index, *map(loaded.__getitem__, read.columns)))
    return (read.with_rows(sorted([*read.rows(), *late], key=lambda row: row[0])) if late else read), rejected


def _accepted(batch: Sequence[Any], read: Read) -> Accepted:
    """The items that were read, as they are kept.

    Raises:
        TooDeepError, TooLargeError: One of them cannot be.
    """
    items = batch if len(read.indexes) == len(batch) else [batch[index] for index in read.indexes]
    return Accepted(read.indexes, items, exact_json.dumps_all(items), read.columns)


def _flawed(batch: Sequence[Any], read: Read) -> list[Rejected]:
    """What could be read, but not kept and shown again."""
    flaws = ((index, _flaw(batch[index])) for index in read.indexes)
    return [Rejected(index, [flaw]) for index, flaw in flaws if flaw is not None]


def _flaw(item: Any) -> Problem | None:
    try:
        exact_json.dumps(item)
    except exact_json.TooDeepError:
        return TooDeep(levels=exact_json.MOST_LEVELS)
    except exact_json.TooLargeError as error:
        return replace(too_large(error.number), path=error.path)
    return None


def _flat(messages: Any) -> Iterator[Problem]:
    """Marshmallow's tree of messages, whose leaves are lists of our problems, as one list with paths."""
    if not isinstance(messages, dict):
        yield from messages
        return
    for name, inner in messages.items():
        for problem in _flat(inner):
            yield problem.under(name)
