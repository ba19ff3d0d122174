"""The same scenario and seed give the same bytes: in other processes, whatever was asked before."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mockserver import Settings, create_app
from mockserver.command.export import golden_answers
from mockserver.simulation.library import load_scenario, scenario_names
from mockserver.simulation.world import World

FIXTURES = Path(__file__).parents[2] / "fixtures"

# Pinned: a change of these is a change of every user's data, and belongs into the list of changes.
DIGESTS = {
    "agents": "5f153a5712685e099e0db1d730d624e2d03ee9fb481dcb1c9b4ff15dc9ab7222",
    "demo": "cedd033a56348d1e7bb8338382f92dbd7782df24f0074e7d2d1c1af995faa71d",
    "drift": "c3a00532fef3a648c74702a14642b15a1666fb2cb9ed4965bb0eccb7ad1b9573",
    "dropout": "63ae5c74a33a2c932a06a42e1fed58acab282db85417a635f6587a6ba3c5a82f",
    "edge": "28b89746fdd6130ff473e4c93f0de89e903160b26b7bbd7194a9733f673d9d75",
    "empty": "0b9b8b5ef9b8a83c2aa1c4143f725c6446ff47babf3737c3a7d87ab2a109ad06",
    "group": "6c99174fad697bd64d14b685dc8df2afa671ea0b962f1617f4127f6f11fc9d95",
    "huge": "6cd623dd0f63b3e211156d4a38f0bbc65b11015b51f27e8eb46d951a5a4ec484",
    "live": "bb34837a8aae2f925368b63e211f227b48f9de91bf0c9e98a68618c7eb8fa8ea",
    "noconsent": "ca2cd43442d881d6dfc594a1be6a0a541eb6c60e4a09aa2b46bde75453ff9583",
    "pair": "24ae04d2a48ad4f8e6a567177fe7e03da7eef264e2c964ec0643c848010dc9b0",
    "ratings": "0c1a1ff3ca572670d64974e1377c53fa1a12dacda10f4b36ee6597b481afeec6",
    "technical": "31409de70d98e2d839271971e035476fdb6a8c88b048111669439175db9028d0",
    "unfinished": "5667838b885bbeeccb15dccf60fc91fbd7fdc2e775c73875da288bfa9525822f",
}

ANSWERS = """
import hashlib
from mockserver import Settings
from mockserver.command.export import golden_answers
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
        pytest.param({"PYTHONHASHSEED": "1", "TZ": "Asia/Kolkata", "LC_ALL": "C"}, marks=pytest.mark.thorough),
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
