"""From a scenario's name or file to a `Scenario`; or to every mistake in it, a line each.

What a file may say is in `scenario.py`, how files lie over each other in `scenario_sources.py`.
"""

from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError

from mockserver.errors import ScenarioError
from mockserver.simulation.scenario import Scenario
from mockserver.simulation.scenario_mistakes import Mistake, explained, mistakes_of_schema
from mockserver.simulation.scenario_references import mistakes_of_references
from mockserver.simulation.scenario_rules import schema_of
from mockserver.simulation.scenario_sources import overlaid, read_sources, scenario_names

__all__ = ["ScenarioFile", "load_scenario", "read_scenario", "scenario_names"]


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """A scenario, and the files it was read from: its own first, then what that extends, and so on."""

    scenario: Scenario
    files: tuple[str, ...]


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
    table = overlaid(sources)
    values: Any = None
    mistakes: list[Mistake] = []
    try:
        values = schema_of(Scenario, also=("extends",), made_of=dict)().load(table)
    except ValidationError as error:
        mistakes += mistakes_of_schema(error.messages)
    mistakes += mistakes_of_references(table)
    if mistakes:
        raise ScenarioError("\n".join(explained(mistakes, sources)))
    scenario = Scenario(name=sources[0].path.stem, **values)
    return ScenarioFile(scenario, tuple(source.shown for source in sources))
