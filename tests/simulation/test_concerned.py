"""A query about a time or about some rooms tells the stories of few, and finds what all of them would have given."""

from collections.abc import Container, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.simulation import world as world_module
from mockserver.simulation.datasets.entities import EntityDataset
from mockserver.simulation.datasets.entry import WRITTEN, Entry
from mockserver.simulation.datasets.query import Query
from mockserver.simulation.library import load_scenario, scenario_names
from mockserver.simulation.records.attendance import participant_rows, room_rows
from mockserver.simulation.story.entrance import LONGEST_ENTRANCE_MS
from mockserver.simulation.story.planner import longest_story_ms
from mockserver.simulation.story.rooms import RoomRef
from mockserver.simulation.world import DATA_TYPES, DataType, World

FOREVER_MS = 2**52
HOUR_MS = 3_600_000


class AllRooms(World):
    """A world in which every query concerns all rooms."""

    def _concerned(self, rooms: Sequence[RoomRef], query: Query, always: Container[str] = ()) -> Sequence[RoomRef]:
        return rooms


@pytest.fixture(scope="module")
def worlds() -> tuple[World, World]:
    """Rooms follow each other closely, and some people are lost, leave or never start."""
    scenario = load_scenario("dropout")
    return World(scenario, 3), AllRooms(scenario, 3)


def of(world: World) -> tuple[RoomRef, ...]:
    return world.rooms(next(iter(world.scenario.experiments)))


def instants(world: World, data_type: DataType, room: RoomRef) -> list[int]:
    """When each of a room's records lies, by what it is filtered by."""
    if data_type in ("participants", "rooms"):
        tell = participant_rows if data_type == "participants" else room_rows
        return [row.at_ms for row in tell(world.plan(room), FOREVER_MS)]
    found = world.select(data_type, [room], Query(now_ms=FOREVER_MS))
    if data_type in ("ratings/continuous", "sync", "eyetracking"):
        ends = [*found.rows(0, 1), *found.rows(found.total - 1, found.total)]
        return [record.timestamp_ms for record in ends]
    return [entry.at_ms for entry in world.entries(data_type, room.room_id)]


@pytest.mark.parametrize("name", scenario_names())
def test_records_lie_where_a_room_is_said_to_have_any(name: str) -> None:
    """From the longest that somebody can wait before the start to the longest that a story lasts."""
    world = World(load_scenario(name), 11)
    for room in list(world.every_room())[:25]:
        first_ms = room.started_ms - LONGEST_ENTRANCE_MS
        last_ms = room.started_ms + longest_story_ms(room)
        for data_type in DATA_TYPES:
            found = instants(world, data_type, room)
            assert all(first_ms <= at_ms <= last_ms for at_ms in found), (data_type, room.room_id)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_query_finds_the_same_as_in_all_rooms(worlds: tuple[World, World], data: st.DataObject) -> None:
    """Any type, window, rooms and time, the end of the experiment included."""
    world, whole = worlds
    rooms = of(world)
    data_type: DataType = data.draw(st.sampled_from(DATA_TYPES), "data type")
    joined = st.sampled_from([world.plan(room).created_ms for room in rooms])
    bounds = st.none() | joined | st.integers(rooms[0].started_ms - HOUR_MS, rooms[-1].started_ms + HOUR_MS)
    chosen = st.none() | st.sets(st.sampled_from([room.room_id for room in rooms]), max_size=3)
    room_ids = data.draw(chosen, "rooms")
    query = Query(
        now_ms=data.draw(st.just(FOREVER_MS) | st.integers(rooms[0].started_ms, rooms[-1].started_ms), "now"),
        start_ms=data.draw(bounds, "start"),
        end_ms=data.draw(bounds, "end"),
        descending=data.draw(st.booleans(), "descending"),
        room_ids=None if room_ids is None else frozenset(room_ids),
    )
    found, expected = world.select(data_type, rooms, query), whole.select(data_type, rooms, query)
    assert found.total == expected.total
    assert found.rows(0, 40) == expected.rows(0, 40)
    assert found.rows(found.total - 40, found.total) == expected.rows(found.total - 40, found.total)
    averaged, same = (one.select_windows(10_000, rooms, query) for one in worlds)
    assert averaged.total == same.total
    assert averaged.rows(0, 10) == same.rows(0, 10)


def test_what_clients_wrote_is_found_at_any_time() -> None:
    """An event may lie years from the room that it belongs to."""
    scenario = load_scenario("huge")
    world = World(scenario, 1)
    rooms = of(world)
    told = world.entries("events", rooms[7].room_id)[0]
    late_ms = rooms[-1].started_ms + 1000 * HOUR_MS
    entry = Entry(late_ms, told.who, "event_written", WRITTEN, told.record)
    world = world.with_written({rooms[7].room_id: [entry]})
    window = Query(now_ms=FOREVER_MS, start_ms=late_ms, end_ms=late_ms)
    assert world.select("events", rooms, window).rows(0, 10) == [told.record]


@pytest.mark.parametrize("data_type", DATA_TYPES)
def test_few_stories_are_told_for_few_rooms(monkeypatch: pytest.MonkeyPatch, data_type: DataType) -> None:
    """Of five hundred rooms, an hour apart."""
    told: set[str] = set()
    tell = world_module.plan_room

    def counted(room: RoomRef, *rest: Any) -> Any:
        told.add(room.room_id)
        return tell(room, *rest)

    monkeypatch.setattr(world_module, "plan_room", counted)
    world = World(load_scenario("huge"), 1)
    rooms = of(world)
    world.select(data_type, rooms, Query(now_ms=FOREVER_MS, room_ids=frozenset({rooms[3].room_id})))
    assert told == {rooms[3].room_id}
    told.clear()
    window = Query(now_ms=FOREVER_MS, start_ms=rooms[200].started_ms, end_ms=rooms[202].started_ms)
    world.select(data_type, rooms, window)
    assert told >= {rooms[number].room_id for number in (200, 201, 202)}
    assert len(told) <= 8


def test_whoever_has_all_is_asked_for_few() -> None:
    """No second dataset is made of what is there already."""
    world = World(load_scenario("huge"), 1)
    rooms = of(world)
    world.select("rooms", rooms, Query(now_ms=FOREVER_MS))
    kept = world.dataset("rooms", rooms)
    assert isinstance(kept, EntityDataset)
    world.select("rooms", rooms, Query(now_ms=FOREVER_MS, room_ids=frozenset({rooms[3].room_id})))
    assert not world.has_made("rooms", rooms[3:4])
