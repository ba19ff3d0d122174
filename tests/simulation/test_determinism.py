"""The same scenario and seed give the same bytes: in other processes, whatever was asked before."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mockserver import Settings, create_app
from mockserver.export import golden_answers
from mockserver.simulation.scenario_files import load_scenario, scenario_names
from mockserver.simulation.world import World

FIXTURES = Path(__file__).parents[2] / "fixtures"

# Pinned: a change of these is a change of every user's data, and belongs into the list of changes.
DIGESTS = {
    "demo": "90f7278d19638db36667303eca4b9cb5683b2cea53e3f2ed5175e2dc45c8a6ac",
    "pair": "c24e6b26eb02e693d9bfa4f7c8f7da1fe581c81ef7f843260478905df6f0030d",
    "empty": "e4415217791f5f07ab4c8232e00eb5274b34c8470e90278ab8655efbec068b2b",
}

ANSWERS = """
import hashlib
from mockserver import Settings
from mockserver.export import golden_answers
total = hashlib.sha256()
for name, content in golden_answers(Settings(scenario="demo")):
    total.update(name.encode() + content)
print(total.hexdigest())
"""


@pytest.mark.parametrize("name", sorted(DIGESTS))
def test_the_digest_of_a_shipped_world_is_pinned(name: str) -> None:
    """Printed at start, so that two people can tell whether they see the same world."""
    scenario = load_scenario(name)
    assert World(scenario, scenario.seed).digest() == DIGESTS[name]


def test_golden_answers_are_what_the_code_makes_today() -> None:
    """The committed files, byte for byte, and no other files."""
    made = dict(golden_answers(Settings(scenario="pair")))
    folder = FIXTURES / "pair"
    committed = {
        str(p.relative_to(folder).as_posix()): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }
    assert sorted(committed) == sorted(made)
    for name, content in made.items():
        assert committed[name] == content, name


@pytest.mark.parametrize(
    "surroundings",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Kolkata", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "LANG": "tr_TR.UTF-8"},
    ],
)
def test_another_process_gives_the_same_bytes(surroundings: dict[str, str]) -> None:
    """Other hash seeds, time zones and locales change nothing in the whole answers of the demo world."""
    there = subprocess.run(
        [sys.executable, "-c", ANSWERS],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **surroundings},
    )
    total = hashlib.sha256()
    for name, content in golden_answers(Settings(scenario="demo")):
        total.update(name.encode() + content)
    assert there.stdout.strip() == total.hexdigest()


def test_what_was_asked_before_changes_nothing() -> None:
    """The same answers in reverse order, from one application whose caches are warm and one that is new."""
    headers = {"X-API-Key": "hst_live_your_key_here"}
    paths = [
        f"/api/v3/data/{kind}/{scope}?limit=7&offset={offset}"
        for kind in (
            "events",
            "chat",
            "sync",
            "ratings/continuous",
            "ratings/sparse",
            "components",
            "recordings",
        )
        for scope in ("experiment/exp_research_001", "room/room_abc123")
        for offset in (0, 11)
    ]
    first = create_app(Settings()).test_client()
    second = create_app(Settings()).test_client()
    forwards = {path: first.get(path, headers=headers).data for path in paths}
    backwards = {path: second.get(path, headers=headers).data for path in reversed(paths)}
    assert forwards == backwards
    assert all(first.get(path, headers=headers).data == forwards[path] for path in paths)


@pytest.mark.parametrize("name", scenario_names())
def test_another_seed_gives_other_data_of_the_same_shape(name: str) -> None:
    """The same experiments, rooms and participants per room, but not the same records."""
    scenario = load_scenario(name)
    one, other = World(scenario, 1), World(scenario, 2)
    for experiment in scenario.experiments:
        assert len(one.rooms(experiment)) == len(other.rooms(experiment))
    if any(one.rooms(experiment) for experiment in scenario.experiments):
        assert one.digest() != other.digest()
