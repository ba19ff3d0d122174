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
    "agents": "1cbbecfed9b0e164a70fdcfbcd23cc4ebf8ac2eaf5fd3ee057c8c3c6a779754b",
    "demo": "44c50c7e264c70786539c61cd7b047229c3c8d75bb05eae9619f348eda24320d",
    "drift": "b09ac57d75e24020d4987d61978ba60c2d15fc3a0c227d2eecf0db2da137cf48",
    "dropout": "db7e2881fbaf1efdd7d7ae9799072bbb6d742e318265af1380077e6a1e2714be",
    "edge": "cd508b0c7dba48abb2b72d38465d0ed6afbf6a16c41540341a0c128707291a54",
    "empty": "e4415217791f5f07ab4c8232e00eb5274b34c8470e90278ab8655efbec068b2b",
    "group": "890190570600d60bac50960112062a82b76d168bbf21ad2c3b8e31c33b57a6ed",
    "huge": "4f2d76f5d2b92fa53d4605813a5f8cde2b48b65f95947e841cc80ed333e74b99",
    "live": "7bac21536ef345433d1d7028e1872faf56cda3d67885eb925bb22d69b20ee226",
    "noconsent": "37a8403f1259745308b02322b122580f31d8b95fc6de3d7f6c49d193ff2b5b25",
    "pair": "15b61d3d4d17afc4ec61401b2bc5db2599d6d3e0991cb7895a9c5ff0cc4d4432",
    "ratings": "8f3937e263ba5794371207c7ad2986f4f450edece74cdacfc197c5637b48296b",
    "technical": "023f841018ce149086c6b5ff45e1715fe8e0138b9a0f4dcb3b55877e83b1f1cc",
    "unfinished": "456057f3c7f2a5a4b6d18ee02c0745c33cd8fc9a397156146c2cc0f9ca96eb18",
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
    committed = {str(p.relative_to(folder).as_posix()): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
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
