"""Legal, and odd all the same: what a developer should hear of a batch that its client never will.

Pure functions over accepted items and what was sent before. Each rule tells what it finds item by item;
what one rule finds in one batch becomes one warning, so a wrong clock is not reported a thousand times.

Source: none; only documented rules reject, and these are the emulator's own advice (inferred).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from marshmallow import Schema

from mockserver.ingestion.batch import Accepted
from mockserver.ingestion.fields import Record
from mockserver.ingestion.schemas import Kind
from mockserver.sandbox.study import History, NewWarning
from mockserver.words.timestamps import EPOCH, iso_from_ms, names_zone

__all__ = ["lint_batch", "ordinals_of"]

# Beyond what JavaScript counts exactly, and well within what a database column holds.
_LARGEST_ORDINAL = 2**53
# Clocks of two machines agree within this, so what is further ahead is an error.
_CLOCK_SKEW_MS = 5_000
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class _Finding:
    rule: str
    index: int
    message: str


def ordinals_of(kind: Kind, accepted: Accepted) -> Sequence[int | None]:
    """The items' own numbers in their session; empty where their kind has none, and None for an absurdly large one."""
    ordinals = accepted.loaded[kind.ordinal] if kind.ordinal else ()
    return [ordinal if -_LARGEST_ORDINAL <= ordinal <= _LARGEST_ORDINAL else None for ordinal in ordinals]


def lint_batch(kind: Kind, accepted: Accepted, history: History, token_now_ms: int) -> list[NewWarning]:
    """Look over the accepted items of one batch.

    Args:
        history: What the session had sent of this kind before.
        token_now_ms: The time that clients live in, in ms since the epoch.

    Returns:
        At most one warning per rule: `duplicate_batch` (and then no `repeated_index`), `negative_index`,
        `repeated_index`, `skipped_index`, `reversed_segment`, `future_timestamp`, `timestamp_without_zone`,
        `null_field`, `partial_viewport`.
    """
    findings = [
        *(() if history.twin else _repeated(kind, accepted, history)),
        *_out_of_step(kind, accepted, history),
        *_reversed(kind, accepted),
        *_ahead(kind, accepted, token_now_ms),
        *_without_zone(kind, accepted),
        *_null(kind, accepted),
        *_partial(kind, accepted),
    ]
    return _twins(history) + _by_rule(findings)


def _twins(history: History) -> list[NewWarning]:
    if history.twin is None:
        return []
    return [NewWarning("duplicate_batch", (), f"the same items arrived before, as batch {history.twin}")]


def _by_rule(findings: Sequence[_Finding]) -> list[NewWarning]:
    """One warning per rule, which tells the first finding and counts the others."""
    rules = dict.fromkeys(finding.rule for finding in findings)
    return [_summary([finding for finding in findings if finding.rule == rule]) for rule in rules]


def _summary(findings: Sequence[_Finding]) -> NewWarning:
    first, more = findings[0], len(findings) - 1
    message = f"{first.message} (and {more} more)" if more else first.message
    return NewWarning(first.rule, tuple(finding.index for finding in findings), message)


def _ordinals(kind: Kind, accepted: Accepted) -> Iterator[tuple[int, int]]:
    """Position in the batch and number in the session, of the items that have one."""
    for index, ordinal in zip(accepted.indexes, ordinals_of(kind, accepted), strict=False):
        if ordinal is not None:
            yield index, ordinal


def _repeated(kind: Kind, accepted: Accepted, history: History) -> Iterator[_Finding]:
    seen = set(history.seen)
    for index, ordinal in _ordinals(kind, accepted):
        if ordinal in seen:
            name = kind.spelling(kind.ordinal)
            yield _Finding("repeated_index", index, f"{name} {ordinal} was sent before in this session")
        seen.add(ordinal)


def _out_of_step(kind: Kind, accepted: Accepted, history: History) -> Iterator[_Finding]:
    """Numbers below zero, and gaps above the highest number so far; a session may begin anywhere."""
    highest = history.highest
    for index, ordinal in _ordinals(kind, accepted):
        if ordinal < 0:
            yield _Finding("negative_index", index, f"{kind.spelling(kind.ordinal)} {ordinal} is negative")
        if highest is not None and ordinal > highest + 1:
            yield _Finding("skipped_index", index, f"{kind.spelling(kind.ordinal)} goes from {highest} to {ordinal}")
        highest = ordinal if highest is None or ordinal > highest else highest


def _reversed(kind: Kind, accepted: Accepted) -> Iterator[_Finding]:
    first, last = kind.instants[0], kind.instants[-1]
    if first == last:
        return
    for index, begun, ended in zip(accepted.indexes, accepted.loaded[first], accepted.loaded[last], strict=True):
        if ended < begun:
            yield _Finding("reversed_segment", index, f"{kind.spelling(last)} is before {kind.spelling(first)}")


def _ahead(kind: Kind, accepted: Accepted, token_now_ms: int) -> Iterator[_Finding]:
    latest = EPOCH + timedelta(milliseconds=token_now_ms + _CLOCK_SKEW_MS)
    if all(max(accepted.loaded[name], default=latest) <= latest for name in kind.instants):
        return
    for place, index in enumerate(accepted.indexes):
        for name in kind.instants:
            if accepted.loaded[name][place] > latest:
                told = f"{kind.spelling(name)} {_shown(accepted.items[place][kind.spelling(name)])}"
                message = f"{told} is in the future, now is {iso_from_ms(token_now_ms)}"
                yield _Finding("future_timestamp", index, message)
                break


def _without_zone(kind: Kind, accepted: Accepted) -> Iterator[_Finding]:
    spellings = list(map(kind.spelling, kind.instants))
    places = {place for name in spellings for place, item in enumerate(accepted.items) if item[name][-1] != "Z"}
    for place in sorted(places):
        item = accepted.items[place]
        for name in spellings:
            if not names_zone(item[name]):
                message = f"{name} {_shown(item[name])} names no time zone, so it is taken as UTC"
                yield _Finding("timestamp_without_zone", accepted.indexes[place], message)
                break


def _null(kind: Kind, accepted: Accepted) -> Iterator[_Finding]:
    """Optional fields that are null: others may refuse them, and no page says what they mean."""
    # As every null within an object is written.
    if b":null" not in accepted.texts:
        return
    for index, item in zip(accepted.indexes, accepted.items, strict=True):
        names = list(_null_names(kind.schema, item))
        if names:
            told = f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} null"
            yield _Finding("null_field", index, f"{told}; leave out what has no value")


def _null_names(schema: Schema, value: Mapping[str, Any], within: str = "") -> Iterator[str]:
    for field in schema.fields.values():
        name = _spelled(field)
        inner = value.get(name, _ABSENT)
        if inner is None:
            yield within + name
        elif isinstance(field, Record) and inner is not _ABSENT:
            yield from _null_names(field.schema, inner, f"{within}{name}.")


def _partial(kind: Kind, accepted: Accepted) -> Iterator[_Finding]:
    """Viewports without one of their sides."""
    for field in _nested(kind.schema):
        name, sides = _spelled(field), list(map(_spelled, field.schema.fields.values()))
        wanted, values = set(sides), [item.get(name) for item in accepted.items]
        for place in [n for n, value in enumerate(values) if value is not None and not wanted <= value.keys()]:
            missing = [side for side in sides if side not in accepted.items[place][name]]
            yield _Finding(f"partial_{name}", accepted.indexes[place], f"{name} has no {' and no '.join(missing)}")


def _nested(schema: Schema) -> list[Record]:
    return [field for field in schema.fields.values() if isinstance(field, Record)]


def _spelled(field: Any) -> str:
    return str(field.data_key or field.name)


def _shown(text: str) -> str:
    """A timestamp, which may have any number of decimals."""
    return text if len(text) <= 40 else text[:40] + "…"
