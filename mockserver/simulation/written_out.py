"""A resolved scenario written out again: as a table with a file's keys, and as the TOML of a whole file."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from mockserver.simulation.library import ScenarioFile
from mockserver.simulation.scenario.fields import Instant, Now
from mockserver.simulation.scenario.specs import Scenario
from mockserver.simulation.scenario.toml_text import toml_text

__all__ = ["scenario_table", "scenario_toml"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def scenario_table(scenario: Scenario) -> dict[str, Any]:
    """What a file would have to say to be this scenario, defaults included.

    Instants are aware datetimes. None stands where nothing is set and the file would be silent.
    """
    return _table(scenario)


def scenario_toml(file: ScenarioFile) -> str:
    """The scenario as a TOML file of its own; loaded under the same name, it is equal."""
    return f"{_heading(file.files)}\n{toml_text(scenario_table(file.scenario))}"


def _heading(files: Sequence[str]) -> str:
    lines = [f"Resolved from {', which extends '.join(files)}."]
    lines.append("Extends nothing any more: every default is filled in, and what is not set is left out.")
    # A file's name may hold anything, a line break included.
    return "".join(f"# {' '.join(line.split())}\n" for line in lines)


def _table(spec: Any) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for field in dataclasses.fields(spec):
        kind = field.metadata.get("rule")
        if kind is not None:
            table[kind.data_key or field.name] = _written(kind, getattr(spec, field.name))
    return table


def _written(kind: Any, value: Any) -> Any:
    """A field's value as the file would have it, given the rule that it was read by."""
    if isinstance(kind, Instant):
        if value is None:
            return "machine" if isinstance(kind, Now) else None
        return _EPOCH + timedelta(milliseconds=value)
    if dataclasses.is_dataclass(value):
        return _table(value)
    if isinstance(value, dict):
        return {name: _table(held) if dataclasses.is_dataclass(held) else held for name, held in value.items()}
    return list(value) if isinstance(value, tuple) else value
