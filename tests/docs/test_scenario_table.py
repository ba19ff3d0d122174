"""The README's table of scenarios is what the files say."""

import re
import tomllib
from pathlib import Path

from mockserver.simulation.library import scenario_names
from mockserver.words.resources import data_path

README = Path(__file__).parents[2] / "README.md"


def test_the_table_of_scenarios_is_the_files() -> None:
    """A row for each, in their order, with their own words."""
    section = README.read_text(encoding="utf-8").split("\n## Scenarios\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", section, re.MULTILINE)
    shipped = {
        name: tomllib.loads((data_path("scenarios") / f"{name}.toml").read_text(encoding="utf-8"))["about"]
        for name in scenario_names()
    }
    assert rows == list(shipped.items())


def test_the_speed_of_the_running_study_is_its_files() -> None:
    """The prose beside the table says how fast time passes, too."""
    speed = tomllib.loads((data_path("scenarios") / "live.toml").read_text(encoding="utf-8"))["clock"]["speed"]
    assert f"In `live` the clock runs {speed} times as fast as yours" in README.read_text(encoding="utf-8")
