"""A moved scenario is the same world at another time: only instants differ, by what its experiment was moved."""

from collections.abc import Sequence
from dataclasses import asdict, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from analyst import variant
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.simulation import world as world_module
from mockserver.simulation.datasets.query import Query
from mockserver.simulation.library import load_scenario, scenario_names
from mockserver.simulation.moved import OVER_FOR_MS, moved
from mockserver.simulation.records.agents import decisions
from mockserver.simulation.scenario.specs import KeySpec, Scenario
from mockserver.simulation.story.rooms import RoomRef
from mockserver.simulation.world import DATA_TYPES, World
from mockserver.words.errors import SettingsError
from mockserver.words.timestamps import LAST_MS, parse_iso_us

FOREVER_MS = 2**52
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
NOW_MS = parse_iso_us("2031-05-06T07:08:09.123Z") // 1000
REGULAR = ("ratings/continuous", "sync", "eyetracking")
ENTITIES = ("participants", "rooms")
# What is an instant in records and in the truth about them. All else is a duration, an onset, or no time at all.
INSTANTS = {
    "timestamp_ms", "at_ms", "final_ms", "start_ms", "end_ms", "pause_timestamp_ms", "state_start_ms", "from_ms",
    "to_ms", "joined_ms", "completed_ms", "created_ms", "started_ms", "ended_ms",
}  # fmt: skip

# Seeds, and where to: not drawn anew each time, since looking for a smaller example of a whole world takes minutes.
MOVES = [
    (20241020, NOW_MS),
    pytest.param(2**63 - 1, parse_iso_us("1990-01-01T23:59:59.999Z") // 1000, marks=pytest.mark.thorough),
    pytest.param(0, NOW_MS + 4321, marks=pytest.mark.thorough),
]

nows_ms = st.integers(parse_iso_us("1990-01-01T00:00:00Z") // 1000, parse_iso_us("2100-01-01T00:00:00Z") // 1000)


@cache
def shipped(name: str) -> Scenario:
    return load_scenario(name)


def later(told: Any, by_ms: int, name: str = "") -> Any:
    """What was told, with every instant in it later by so many ms."""
    if is_dataclass(told) and not isinstance(told, type):
        told = asdict(told)
    if isinstance(told, tuple) and hasattr(told, "_asdict"):
        told = told._asdict()
    if isinstance(told, dict):
        return {key: later(value, by_ms, key) for key, value in told.items()}
    if isinstance(told, list | tuple):
        return [later(value, by_ms, name) for value in told]
    return told + by_ms if name in INSTANTS and told is not None else told


def ends(items: Sequence[Any]) -> list[Any]:
    """The first two and the last two, where there are more."""
    return [*items[:2], *items[2:][-2:]]


def told_of(world: World, room: RoomRef) -> dict[str, Any]:
    """What is recorded of a room, from when on it is there, and what stands behind it."""
    told: dict[str, Any] = {"room": (room.room_id, room.condition, room.deployment_id, world.participant_ids(room))}
    for data_type in DATA_TYPES:
        if data_type in REGULAR or data_type in ENTITIES:
            found = world.select(data_type, [room], Query(now_ms=FOREVER_MS))
            told[data_type] = (found.total, found.rows(0, 200), found.rows(max(0, found.total - 200), found.total))
        else:
            told[data_type] = world.entries(data_type, room.room_id)
    windows = world.select_windows(5000, [room], Query(now_ms=FOREVER_MS))
    told["windows"] = windows.rows(0, 50)
    told["truth"] = world.room_truth(room)
    told["decisions"] = decisions(world.whole_plan(room), list(world.messages(room)))
    return told


# --- what stays ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in scenario_names() if name != "huge"])
@pytest.mark.parametrize(("seed", "now_ms"), MOVES)
def test_a_moved_world_differs_in_its_instants_alone(name: str, seed: int, now_ms: int) -> None:
    """Record by record: ids, values and onsets stay, and each instant is later by what its experiment was moved."""
    scenario = shipped(name)
    there = moved(scenario, seed, now_ms)
    old, new = World(scenario, seed), World(there, seed)
    for experiment_id, spec in scenario.experiments.items():
        by_ms = there.experiments[experiment_id].starts_ms - spec.starts_ms
        assert by_ms % 1000 == 0
        pairs = list(zip(old.rooms(experiment_id), new.rooms(experiment_id), strict=True))
        for room, same in ends(pairs):
            assert same.started_ms == room.started_ms + by_ms
            before, after = told_of(old, room), told_of(new, same)
            for what in before:
                assert later(after[what], 0) == later(before[what], by_ms), what
        if len(pairs) < 10:
            assert later(new.truth(experiment_id), 0) == later(old.truth(experiment_id), by_ms)


def test_nothing_of_a_scenario_is_moved_but_starts_and_keys() -> None:
    """The file's other values are what they were."""
    scenario = shipped("demo")
    there = moved(scenario, scenario.seed, NOW_MS)
    assert there.clock == replace(scenario.clock, now_ms=NOW_MS)
    assert replace(there, clock=scenario.clock, keys=scenario.keys, experiments=scenario.experiments) == scenario
    for experiment_id, spec in scenario.experiments.items():
        other = there.experiments[experiment_id]
        assert replace(other, starts_ms=spec.starts_ms, moved_ms=0) == spec
        assert other.starts_ms - spec.starts_ms == other.moved_ms != 0


@settings(max_examples=20)
@given(name=st.sampled_from(("pair", "demo", "empty")), between_ms=nows_ms, now_ms=nows_ms)
def test_where_a_scenario_was_moved_before_does_not_matter(name: str, between_ms: int, now_ms: int) -> None:
    """The same instant gives the same scenario."""
    scenario = shipped(name)
    assert moved(moved(scenario, 5, between_ms), 5, now_ms) == moved(scenario, 5, now_ms)


# --- where it goes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in scenario_names() if name not in ("huge", "empty")])
@pytest.mark.parametrize(("seed", "now_ms"), MOVES)
def test_every_experiment_ends_two_hours_before_now(name: str, seed: int, now_ms: int) -> None:
    """Or less than a second more; told from the stories of all rooms."""
    there = moved(shipped(name), seed, now_ms)
    world = World(there, seed)
    assert there.clock.now_ms == now_ms
    for experiment_id in there.experiments:
        end_ms = max(world.plan(room).ended_ms for room in world.rooms(experiment_id))
        assert OVER_FOR_MS <= now_ms - end_ms < OVER_FOR_MS + 1000


@pytest.mark.parametrize("seed", range(5))
def test_the_room_that_ends_last_need_not_have_started_last(seed: int, tmp_path: Path) -> None:
    """Rooms a second apart, in which people idle, leave, or are late."""
    text = "[experiments.exp_dropout]\nrooms = 40\nroom_every_s = 1\n"
    scenario = load_scenario(variant(tmp_path, "dropout", text))
    world = World(moved(scenario, seed, NOW_MS), seed)
    ends_ms = [world.plan(room).ended_ms for room in sorted(world.rooms("exp_dropout"), key=lambda x: x.started_ms)]
    assert ends_ms[-1] < max(ends_ms)
    assert OVER_FOR_MS <= NOW_MS - max(ends_ms) < OVER_FOR_MS + 1000


@pytest.mark.parametrize(("name", "stories"), [("huge", 1), ("live", 1), ("empty", 0)])
def test_only_rooms_that_may_end_last_are_told(name: str, stories: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of five hundred rooms, one."""
    told: list[str] = []
    tell = world_module.plan_room

    def counted(room: RoomRef, *rest: Any) -> Any:
        told.append(room.room_id)
        return tell(room, *rest)

    monkeypatch.setattr(world_module, "plan_room", counted)
    moved(shipped(name), 1, NOW_MS)
    assert len(told) == stories


def test_an_experiment_without_rooms_starts_two_hours_before_now() -> None:
    """As if a room without length were its last."""
    (spec,) = moved(shipped("empty"), 1, NOW_MS).experiments.values()
    assert OVER_FOR_MS <= NOW_MS - spec.starts_ms < OVER_FOR_MS + 1000


@pytest.mark.parametrize("now", ["1000-01-01T01:59:59Z", "9000-01-01T00:00:01Z"])
@pytest.mark.parametrize("name", ["demo", "live", "empty"])
def test_what_cannot_be_written_there_is_refused(name: str, now: str) -> None:
    with pytest.raises(SettingsError) as refused:
        moved(shipped(name), 1, parse_iso_us(now) // 1000)
    assert f"now is {now[:-1]}.000Z: expected an instant for which all rooms of '{name}' begin" in str(refused.value)


# --- keys ------------------------------------------------------------------------------------------


def key(expires: str | None) -> KeySpec:
    expires_ms = None if expires is None else parse_iso_us(expires) // 1000
    return KeySpec(value="v", owner="o", organisation="org_main", scopes=("*",), expires_ms=expires_ms)


@pytest.mark.parametrize("now_ms", [NOW_MS, parse_iso_us("1999-01-01T00:00:00Z") // 1000])
def test_keys_stay_as_valid_as_they_were(now_ms: int) -> None:
    """To the millisecond, and a key for ever keeps a time that can be written."""
    texts = [None, "2024-11-01T00:00:00Z", "2024-11-01T00:00:00.001Z", "2024-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
    scenario = replace(shipped("pair"), keys={str(text): key(text) for text in texts})
    expire_ms = [spec.expires_ms for spec in moved(scenario, 1, now_ms).keys.values()]
    assert expire_ms[:4] == [None, now_ms, now_ms + 1, now_ms - 305 * DAY_MS]
    assert 7000 * 365 * DAY_MS < (expire_ms[4] or 0) <= LAST_MS


def test_keys_of_a_world_at_the_machines_time_keep_their_own() -> None:
    """What they expire before or after is not in the scenario."""
    scenario = shipped("pair")
    scenario = replace(scenario, clock=replace(scenario.clock, now_ms=None))
    assert moved(scenario, 1, NOW_MS).keys == scenario.keys


# --- the documents' own example --------------------------------------------------------------------


def events_of_the_last_day(experiment_id: str, zone_h: float, seed: int) -> int:
    """How many events a client finds that asks for its last 24 hours by a wall clock whose zone it does not name."""
    world = World(moved(shipped("demo"), seed, NOW_MS), seed)
    local_ms = NOW_MS + int(zone_h * HOUR_MS)
    query = Query(now_ms=NOW_MS, start_ms=local_ms - 24 * HOUR_MS, end_ms=local_ms)
    return world.select("events", world.rooms(experiment_id), query).total


@pytest.mark.parametrize("seed", [20241020, 2**63 - 1])
@pytest.mark.parametrize(
    "zone_h",
    [
        # The first of them is 9.7 hours old.
        pytest.param(-10, marks=pytest.mark.xfail(strict=True, reason="the rooms of demo do not span eight hours")),
        -9.5,
        *range(-9, 15),
        5.75,
        12.75,
    ],
)
def test_the_example_for_the_last_24_hours_finds_events_in_every_zone(zone_h: float, seed: int) -> None:
    """No zone means UTC, so what is asked for lies up to fourteen hours ahead, and half a day back."""
    assert events_of_the_last_day("exp_research_001", zone_h, seed) > 0
