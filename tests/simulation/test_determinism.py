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
    "agents": "4d79a6b106524338c6558645fabcbea5f9a0d6ad5eecbe5f52c8853a94324206",
    "demo": "8188463d99dd22b4c3d8050481281e1b8bc5169abd6dd023434ed7c08fc748fc",
    "drift": "da1e444e76c6f3c2e6919837137ece71b0765f27a5c978fecc38d259057a3b95",
    "dropout": "19841dd0deeca6ed9d6f0a4ea6e9b49c2d1fcca4de81be76e97a27147c838fbf",
    "edge": "03d9300f7b63772e80beb798147ab09f9538656d0d630ffbaa1ca7716a42f0e6",
    "empty": "e4415217791f5f07ab4c8232e00eb5274b34c8470e90278ab8655efbec068b2b",
    "group": "d23ffdcd016c1276ad03e0a4142cb8851d95d98efdb36435f570e42fdf16ca4e",
    "huge": "2935d66e7a42476b5aca323228149ec5a9b01ba59b2b9e5768182cce7d9f0174",
    "live": "1a5820e86fa070863da1e2abcf85bd265d8dac1401243abe53d3b5389890cc92",
    "noconsent": "8b46f3599736194f0a29fefbd7ca18f915486845750216cbb4b02ea198816587",
    "pair": "24cb0bc90092b5b7fff650ec8ee9888f095e2ad2e5b1f6181cae1932ff6343ca",
    "ratings": "0492787bfade99b9370b0ec686f33e55a93fa6c7c9e5d639846e86e33dc4fa7c",
    "technical": "4d3e0d34da7f92cda725d2fc0748312d24b7eec5157eea05ff888d10ae6ad7d5",
    "unfinished": "fa44adde36a4842748560da7c568765f481c1e615379293a842352c9191620ed",
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
