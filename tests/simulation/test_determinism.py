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
    "agents": "02636fb3c14c3302234e28f4b5ef5f1fb598c3180ae04bd599ba8b7b008761f0",
    "demo": "04f23e54606ff63937b4780d4f4ffdc8b11a77fa67836f551a8b6bbf01047896",
    "drift": "b09ac57d75e24020d4987d61978ba60c2d15fc3a0c227d2eecf0db2da137cf48",
    "dropout": "d82edf5a750a08b663a48faa6d9396435a4a12c418d30264ed2259278604407a",
    "edge": "64e1d8d1439ef919d28de4fe2226cdb14fca0af2c07c61a90383253dff36fe21",
    "empty": "e4415217791f5f07ab4c8232e00eb5274b34c8470e90278ab8655efbec068b2b",
    "group": "04547cac905d32972ebf53070c1fa7e8224205a0b3c339d130693c3c3de57c4d",
    "huge": "4f2d76f5d2b92fa53d4605813a5f8cde2b48b65f95947e841cc80ed333e74b99",
    "live": "2f095c42fcb4758a8de87ba24582fc296cb0e0c97396ad85d9d2862333036d0b",
    "noconsent": "6a666194dd20c2a6e8af855485c35975c5e4470cfe5e67a0fb57ec655ccee643",
    "pair": "2ff50b7db7a922897aea676a1b98a4e0808cc82d1bb60dd670a9a96868ee4d97",
    "ratings": "8f3937e263ba5794371207c7ad2986f4f450edece74cdacfc197c5637b48296b",
    "technical": "833414087b9f316b7647536ea35ff954438420a457261281ed6491e09928d87e",
    "unfinished": "0f2f1362969350ad058d2021a88b3c259db9cd409755f4fa4cd7c18308587b6e",
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
