"""From a scenario's name or file to a `Scenario`; or to every mistake in it, a line each.

What a file may say is in `scenario/specs.py`, how files lie over each other in `scenario/sources.py`.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from mockserver.simulation.scenario.mistakes import Mistake, explained, mistakes_of_schema
from mockserver.simulation.scenario.references import mistakes_of_references
from mockserver.simulation.scenario.rules import schema_of
from mockserver.simulation.scenario.sources import Source, overlaid, parsed, read_sources, scenario_names, text_of
from mockserver.simulation.scenario.specs import Scenario, Talk
from mockserver.simulation.story.session_times import after_all_sessions_ms, mistakes_of_time, rooms_at_now
from mockserver.simulation.talk.reading import WrongTexts
from mockserver.simulation.talk.repertoire import repertoire_of
from mockserver.words.errors import ScenarioError

__all__ = ["ScenarioFile", "load_scenario", "read_scenario", "scenario_names"]

_NOW = ("clock", "now")
_TEXTS = ("talk", "texts")


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """A scenario, and the files it was read from: its own first, then what that extends, and so on."""

    scenario: Scenario
    sources: tuple[Source, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """What messages call the files."""
        return tuple(source.shown for source in self.sources)

    def warnings(self) -> list[str]:
        """What is no mistake and may surprise, a line each: rooms that are not over when the clock begins."""
        return explained(_surprises(self.scenario), self.sources)


def load_scenario(name_or_file: str) -> Scenario:
    """Read a shipped scenario by its name, or any TOML file by its path.

    Raises:
        ScenarioError: It is unknown, unreadable, no TOML, or breaks rules; a line for each mistake.
    """
    return read_scenario(name_or_file).scenario


def read_scenario(name_or_file: str) -> ScenarioFile:
    """Read a scenario, and say where it came from.

    Raises:
        ScenarioError: As for `load_scenario`.
    """
    sources = read_sources(name_or_file)
    scenario = _with_texts(_read(sources), sources)
    _refuse(list(mistakes_of_time(scenario)), sources)
    if not any(source.says(_NOW) == len(_NOW) for source in sources if not source.is_base):
        clock = replace(scenario.clock, now_ms=after_all_sessions_ms(scenario))
        scenario = replace(scenario, clock=clock)
    return ScenarioFile(scenario, tuple(sources))


def _read(sources: Sequence[Source]) -> Scenario:
    """What the files say together; the clock is as they say, too."""
    table = overlaid(sources)
    # What a file extends is for something else.
    table["about"] = sources[0].table.get("about", _unsaid(sources))
    values: Any = None
    mistakes: list[Mistake] = []
    try:
        values = schema_of(Scenario, also=("extends",), made_of=dict)().load(table)
    except ValidationError as error:
        mistakes += mistakes_of_schema(error.messages)
    mistakes += mistakes_of_references(table)
    _refuse(mistakes, sources)
    return Scenario(name=sources[0].path.stem, **values)


def _with_texts(scenario: Scenario, sources: Sequence[Source]) -> Scenario:
    """The scenario with the texts of its chats, if it has its own."""
    if scenario.talk.texts is None:
        return scenario
    source = next(source for source in sources if source.says(_TEXTS) == len(_TEXTS))
    path = source.path.parent / scenario.talk.texts
    if not path.is_file():
        _refuse([Mistake(_TEXTS, f"no such file in {source.path.parent}; expected the path of a TOML file")], sources)
    talk = Talk(texts=str(path.resolve()), content=_checked_texts(path))
    return replace(scenario, talk=talk)


def _checked_texts(path: Path) -> str:
    """What a file of texts holds, if there is no mistake in it."""
    content = text_of(path, str(path))
    try:
        repertoire_of(content)
    except tomllib.TOMLDecodeError:
        # Tells where.
        parsed(content, str(path))
    except WrongTexts as error:
        source = Source(path, str(path), content, parsed(content, str(path)), None)
        raise ScenarioError("\n".join(explained(error.mistakes, [source]))) from None
    return content


def _refuse(mistakes: Sequence[Mistake], sources: Sequence[Source]) -> None:
    if mistakes:
        raise ScenarioError("\n".join(explained(mistakes, sources)))


def _unsaid(sources: Sequence[Source]) -> str:
    """What is told of a file that does not say what it is for."""
    return f"Like {sources[1].path.stem}" if sources[1:] else "Not said"


def _surprises(scenario: Scenario) -> Iterator[Mistake]:
    now_ms = scenario.clock.now_ms
    if now_ms is None:
        return
    rooms = rooms_at_now(scenario, now_ms)
    if rooms.to_begin:
        yield Mistake(_NOW, f"warning: {rooms.to_begin} of {rooms.every} rooms begin after now")
    if rooms.to_end:
        yield Mistake(_NOW, f"warning: {rooms.to_end} of {rooms.every} rooms may end after now")
