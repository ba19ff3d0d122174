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
    "agents": "9bc102dba044ae022a762fe3ebea37116fc2d163659326d050d4d6b8a3643f87",
    "demo": "fda38d64a0524cd65ce9cbafaa918968e957790aeb565b66a46a02a2628c2c51",
    "drift": "a674a58548dc6568e1597cd7732faef2eb29a6ad82dd030cadda3486b564e376",
    "dropout": "b2cacc76715990706fe2ad198d5ed06ab5caa578d24f7e5f790b2d3e98e307ae",
    "edge": "7fa6bb2a0e2c4007148fe3e4c40f7f7b7429d56cbfca5cbfd82252f10d9ca576",
    "empty": "0b9b8b5ef9b8a83c2aa1c4143f725c6446ff47babf3737c3a7d87ab2a109ad06",
    "group": "f3483f14be92392693e3c9d5f9575bc14ffa4f7bcb3eee788e62ac7be9820f26",
    "huge": "6cd623dd0f63b3e211156d4a38f0bbc65b11015b51f27e8eb46d951a5a4ec484",
    "live": "244444a60bbb0a382cf721e60975bcd7a61b2a3401903bea8349078040ad7472",
    "noconsent": "5a7287eac9835837a40404dc6013f25980d8ea5737ae7d48cec69804eeee052a",
    "pair": "41277dcf50836afa81c7ae80e70d2f001bee867b3db38a6b0b5907888931189f",
    "ratings": "2457348799a8dff3c6bb6133fd5c009e1543d8059eb9f1c8ae92c8080fc2d722",
    "technical": "28d3d0a87e89e0dae50aaade1907ce157f7b3383208a11f1fb8128db4042c394",
    "unfinished": "66a7c03bef522ccbf201cb6489af9cc204b999bdc1a40d64213792d3f861f92e",
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
