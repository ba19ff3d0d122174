"""A resolved scenario written as a file again is the same scenario."""

import tomllib
from datetime import UTC, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.simulation.library import load_scenario, read_scenario, scenario_names
from mockserver.simulation.scenario.toml_text import toml_text
from mockserver.simulation.written_out import scenario_table, scenario_toml


@pytest.mark.parametrize("name", scenario_names())
def test_the_resolved_file_is_the_same_scenario(name: str, tmp_path: Path) -> None:
    """Every default included, and every table in the order in which it was."""
    read = read_scenario(name)
    path = tmp_path / f"{name}.toml"
    path.write_text(scenario_toml(read), encoding="utf-8")
    again = read_scenario(str(path))
    assert again.scenario == read.scenario
    assert again.files == (str(path),)
    assert list(again.scenario.states) == list(read.scenario.states)
    assert list(again.scenario.experiments) == list(read.scenario.experiments)


def test_it_says_where_it_came_from_and_every_default(tmp_path: Path) -> None:
    """In comments at the top; instants are TOML's own."""
    text = scenario_toml(read_scenario("noconsent"))
    assert text.startswith("# Resolved from noconsent.toml, which extends dropout.toml, which extends _base.toml.\n")
    assert "\n[clock]\nnow = 2024-11-01T00:00:00Z\nspeed = 0\n" in text
    assert "\nstall_ms = 320\n" in text


def test_what_no_file_says_is_null_in_the_table_and_silent_in_the_file(tmp_path: Path) -> None:
    """And "machine" stands for the machine's time."""
    path = tmp_path / "own.toml"
    path.write_text('about = "A test"\nextends = "pair"\nclock.now = "machine"\n')
    read = read_scenario(str(path))
    table = scenario_table(read.scenario)
    assert table["clock"] == {"now": "machine", "speed": 0.0}
    assert table["keys"]["full"]["expires"] is None
    assert "expires" not in tomllib.loads(scenario_toml(read))["keys"]["full"]


def test_instants_keep_their_milliseconds(tmp_path: Path) -> None:
    """Whatever zone they were written in."""
    path = tmp_path / "own.toml"
    path.write_text('about = "A test"\nextends = "pair"\nclock.now = 2024-10-20T14:30:00.125+02:00\n')
    read = read_scenario(str(path))
    path.write_text(scenario_toml(read), encoding="utf-8")
    assert "now = 2024-10-20T12:30:00.125000Z" in path.read_text(encoding="utf-8")
    assert load_scenario(str(path)) == read.scenario


VALUES = st.recursive(
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-3, minutes=-30))])),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)
TABLES = st.recursive(
    st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), VALUES, max_size=4),
    lambda inner: st.dictionaries(st.text(max_size=4, alphabet="ab .\"'#\n"), inner | VALUES, max_size=4),
    max_leaves=5,
)


@given(TABLES)
def test_any_table_is_read_back_as_it_was(table: dict[str, Any]) -> None:
    """Whatever is in its texts and keys; numbers may lose their decimal point, but not their value."""
    assert tomllib.loads(toml_text(table)) == table


def test_a_long_list_takes_a_line_for_each_element() -> None:
    """A short one stays in its line."""
    long = "x" * 60
    assert toml_text({"a": [long, long], "b": [1, 2.5]}) == (f'a = [\n    "{long}",\n    "{long}",\n]\nb = [1, 2.5]\n')


def test_what_toml_has_no_word_for_is_refused() -> None:
    """Rather than written as something else."""
    with pytest.raises(TypeError, match="no TOML for bytes"):
        toml_text({"a": b"x"})
