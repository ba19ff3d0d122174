"""Mistakes in scenario files, each told in one line: file, line, key, value, and what would be right."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from typing import Any

from mockserver.simulation.scenario.sources import Source, overlaid
from mockserver.simulation.scenario.toml_lines import Steps, line_of, toml_lines
from mockserver.simulation.scenario.toml_text import key_path

__all__ = ["Mistake", "explained", "mistakes_of_schema"]

_LONGEST_VALUE = 60


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong at one place of a scenario.

    Attributes:
        where: May lead to something that is missing.
        or_else: The same mistake as it looks from other keys that have a part in it.
    """

    where: Steps
    text: str
    or_else: tuple["Mistake", ...] = ()


def mistakes_of_schema(messages: Any, where: Steps = ()) -> Iterator[Mistake]:
    """The mistakes in what marshmallow reports: texts, below the keys and places they are about."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            # Marshmallow's word for a table that is none.
            yield from mistakes_of_schema(inner, where if key == "_schema" else (*where, key))
    else:
        yield from (Mistake(where, text) for text in messages)


def explained(mistakes: Iterable[Mistake], sources: Sequence[Source]) -> list[str]:
    """A line for each mistake: those of the file itself first, then of what it extends, by line.

    Each is told of the file that says it; what is missing, of the file that says most of the way there. Where
    several keys do not fit each other, it is told of the one in the topmost file: what is below fitted before.
    """
    table = overlaid(sources)
    # Once for all mistakes: a file of texts has thousands of lines.
    lines = cache(lambda number: toml_lines(sources[number].text))
    told = []
    for mistake in mistakes:
        number, seen = _topmost(mistake, sources)
        source = sources[number]
        line = line_of(lines(number), seen.where)
        shown = _explained(seen, table)
        told.append((number, line, f"{source.shown}:{line}: {shown}"))
    return list(dict.fromkeys(text for _, _, text in sorted(told, key=lambda one: one[:2])))


def _topmost(mistake: Mistake, sources: Sequence[Source]) -> tuple[int, Mistake]:
    """The number of the file that has to be mended, and the mistake as it looks from there."""
    for number, source in enumerate(sources):
        for one in (mistake, *mistake.or_else):
            if source.says(one.where) == len(one.where):
                return number, one
    depths = [source.says(mistake.where) for source in sources]
    return depths.index(max(depths)), mistake


def _explained(mistake: Mistake, table: dict[str, Any]) -> str:
    value: Any = table
    for step in mistake.where:
        if isinstance(value, dict) and step not in value:
            # What is missing has no value to show.
            return f"{key_path(mistake.where)}: {mistake.text}"
        value = value[step]
    return f"{key_path(mistake.where)}: {_shown(value)}: {mistake.text}"


def _shown(value: Any) -> str:
    """A value much as TOML writes it, on one line, and not longer than helps."""
    text = _written(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _written(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case date() | time():
            return value.isoformat()
        case dict():
            return "{" + ", ".join(f"{key} = {_written(held)}" for key, held in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_written, value)) + "]"
    return repr(value)
