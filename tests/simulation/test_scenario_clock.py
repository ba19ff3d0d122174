"""A clock that nobody set is past all sessions; one that somebody set stays, and what it hides is told."""

from pathlib import Path

import pytest
from analyst import Study, variant

from mockserver.simulation.library import load_scenario, read_scenario, scenario_names
from mockserver.simulation.scenario.sources import read_sources
from mockserver.simulation.world import World
from mockserver.simulation.written_out import scenario_toml
from mockserver.words.timestamps import parse_iso_us

DAY_MS = 86_400_000
BASE_NOW_MS = parse_iso_us("2024-11-01T00:00:00Z") // 1000
LATER = "[experiments.exp_pair]\nstarts = 2025-03-01T14:30:00Z\n"


def now_of(path: str) -> int:
    now_ms = load_scenario(path).clock.now_ms
    assert now_ms is not None
    return now_ms


def says_now(name: str) -> bool:
    return any("now" in source.table.get("clock", {}) for source in read_sources(name) if not source.is_base)


@pytest.mark.parametrize("text", [LATER, f"{LATER}rooms = 400\nroom_every_s = 3600\n"], ids=["later", "many"])
def test_all_rooms_of_ones_own_scenario_are_there_and_over(text: str, tmp_path: Path) -> None:
    """Also where they begin after what the base says, or go on beyond it."""
    study = Study(variant(tmp_path, "pair", text))
    rooms = study.records("rooms")
    assert len(rooms) == len(study.rooms) == (400 if "400" in text else 1)
    assert {room["status"] for room in rooms} == {"completed"}
    assert study.page("events", room=study.rooms[-1]).get_json()["data"]


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1])
@pytest.mark.parametrize("every_s", [86_399, 86_400, 43_170.5])
def test_it_is_a_midnight_at_least_a_day_after_the_last_end_of_any_seed(
    every_s: float, seed: int, tmp_path: Path
) -> None:
    """And the first such, give or take the day in which rooms of other seeds might end."""
    scenario = load_scenario(variant(tmp_path, "pair", f"{LATER}rooms = 9\nroom_every_s = {every_s}\n"))
    now_ms, settled_ms = scenario.clock.now_ms or 0, World(scenario, seed).settled_ms("exp_pair")
    assert now_ms % DAY_MS == 0
    assert settled_ms + DAY_MS <= now_ms <= settled_ms + 2 * DAY_MS + 120_000


@pytest.mark.parametrize("name", scenario_names())
def test_the_shipped_worlds_keep_their_time(name: str) -> None:
    """All of them are over by what the base says, unless they say it themselves."""
    scenario = load_scenario(name)
    if says_now(name):
        assert name in ("huge", "live")
    else:
        assert scenario.clock.now_ms == BASE_NOW_MS
        assert all(World(scenario, 1).settled_ms(one) + DAY_MS <= BASE_NOW_MS for one in scenario.experiments)
        assert read_scenario(name).warnings() == []


def test_a_file_between_that_says_now_counts_too(tmp_path: Path) -> None:
    """It need not be the topmost, and not be shipped."""
    middle = variant(tmp_path, "pair", "[clock]\nnow = 2024-10-20T14:31:00Z\n", "middle")
    assert now_of(variant(tmp_path, "middle.toml", LATER, "top")) == now_of(middle)
    assert now_of(middle) == parse_iso_us("2024-10-20T14:31:00Z") // 1000


def test_a_speed_of_ones_own_is_no_time_of_ones_own(tmp_path: Path) -> None:
    """The clock runs, from after all sessions on."""
    clock = load_scenario(variant(tmp_path, "pair", f"{LATER}[clock]\nspeed = 60\n")).clock
    assert (clock.now_ms, clock.speed) == (parse_iso_us("2025-03-03T00:00:00Z") // 1000, 60)


def test_a_study_without_rooms_has_the_time_of_the_base(tmp_path: Path) -> None:
    """There is nothing to be after."""
    assert now_of(variant(tmp_path, "pair", f"{LATER}rooms = 0\n")) == BASE_NOW_MS


def test_what_a_set_clock_hides_is_told_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the very file that sets it; none of it is a mistake."""
    monkeypatch.chdir(tmp_path)
    rooms = "[experiments.exp_pair]\nrooms = 12\nroom_every_s = 3600\n"
    variant(Path(), "pair", f"[clock]\nnow = 2024-10-20T18:31:00Z\n{rooms}", "own")
    told = "own.toml:4: clock.now: 2024-10-20T18:31:00+00:00: warning:"
    assert read_scenario("own.toml").warnings() == [
        f"{told} 7 of 12 rooms begin after now",
        f"{told} 1 of 12 rooms may end after now",
    ]
    variant(Path(), "own.toml", LATER, "above")
    assert read_scenario("above.toml").warnings() == [f"{told} 12 of 12 rooms begin after now"]
    variant(Path(), "pair", f'[clock]\nnow = "machine"\n{LATER}', "machine")
    assert read_scenario("machine.toml").warnings() == []


def test_the_resolved_file_keeps_the_time(tmp_path: Path) -> None:
    """It says it itself, so nothing has to be found out again."""
    read = read_scenario(variant(tmp_path, "pair", LATER))
    path = tmp_path / "resolved.toml"
    path.write_text(scenario_toml(read), encoding="utf-8")
    assert "\n[clock]\nnow = 2025-03-03T00:00:00Z\n" in path.read_text(encoding="utf-8")
    assert now_of(str(path)) == read.scenario.clock.now_ms
