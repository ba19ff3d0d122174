"""A hundred million ratings: any page is what counting by hand gives, and memory stays flat."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from analyst import variant
from emulator import app_of, make_sandbox
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver import Settings
from mockserver.sandbox.sandbox import Sandbox
from mockserver.simulation import world as world_module
from mockserver.simulation.datasets.query import Query, Selection
from mockserver.simulation.library import load_scenario
from mockserver.simulation.records import continuous
from mockserver.simulation.story.rooms import RoomRef
from mockserver.simulation.world import DataType, World

TOTAL = 100_000_000
FOREVER_MS = 2**52
# Five rooms of half a minute, close together, so that rooms overlap and samples tie.
SCALED_DOWN = """
[experiments.exp_huge]
rooms = 5
room_every_s = 1
[states.marathon_state]
duration_s = 30
"""
RATINGS: DataType = "ratings/continuous"


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return make_sandbox(Settings(scenario="huge"))


@pytest.fixture(scope="module")
def huge(sandbox: Sandbox) -> World:
    return sandbox.world


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> World:
    path = variant(tmp_path_factory.mktemp("huge"), "huge", SCALED_DOWN)
    return make_sandbox(Settings(scenario=path)).world


@pytest.fixture(scope="module")
def reference(small: World) -> dict[DataType, list[Any]]:
    """Every record of the small world, collected person by person and put in order by Python's sort."""
    found: dict[DataType, list[Any]] = {}
    for data_type in (RATINGS, "sync", "events", "components"):
        records = [
            record
            for room in small.rooms("exp_huge")
            for who in small.participant_ids(room)
            for record in everything(small.select(data_type, (room,), Query(now_ms=FOREVER_MS, participant_id=who)))
        ]
        found[data_type] = sorted(records, key=lambda r: (r.timestamp_ms, r.participant_id, identity(r)))
    return found


def everything(found: Selection) -> list[NamedTuple]:
    return found.rows(0, found.total)


def identity(record: Any) -> str:
    """The record's own id, which breaks the last ties."""
    names = ("rating_id", "metric_id", "id", "component_id")
    return str(next(getattr(record, name) for name in names if hasattr(record, name)))


def rooms_of(world: World) -> tuple[RoomRef, ...]:
    return world.rooms("exp_huge")


# --- opening -----------------------------------------------------------------------------------------


def test_opening_tells_no_rooms_story(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither does a sample of ids; a page of the first room's ratings tells one story, and no more."""
    told: list[str] = []
    tell = world_module.plan_room

    def counted(room: RoomRef, *rest: Any) -> Any:
        told.append(room.room_id)
        return tell(room, *rest)

    monkeypatch.setattr(world_module, "plan_room", counted)
    sandbox = make_sandbox(Settings(scenario="huge"))
    client = app_of(sandbox).test_client(use_cookies=False)
    first = sandbox.world.sample_ids()["room"]
    assert len(rooms_of(sandbox.world)) == 500
    assert told == []
    answer = client.get(
        f"/api/v3/data/ratings/continuous/room/{first}", headers={"X-API-Key": "hst_live_your_key_here"}
    )
    assert len(answer.get_json()["data"]) == 1000
    assert told == [first]


# --- the hundred million -----------------------------------------------------------------------------


def test_there_are_exactly_a_hundred_million_continuous_ratings(huge: World) -> None:
    """500 rooms of four people, 50,000 samples each, and each room and person has their share."""
    rooms = rooms_of(huge)
    assert len(rooms) == 500
    assert huge.select(RATINGS, rooms, Query(now_ms=FOREVER_MS)).total == TOTAL
    room, who = rooms[321], huge.participant_ids(rooms[321])[2]
    assert huge.select(RATINGS, (room,), Query(now_ms=FOREVER_MS)).total == TOTAL // 500
    assert huge.select(RATINGS, (room,), Query(now_ms=FOREVER_MS, participant_id=who)).total == TOTAL // 2000


def test_the_api_says_so_too(sandbox: Sandbox) -> None:
    """`pagination.total`, and the last page at its end, at the time that the scenario sets."""
    client = app_of(sandbox).test_client(use_cookies=False)
    path, headers = "/api/v3/data/ratings/continuous/experiment/exp_huge", {"X-API-Key": "hst_live_your_key_here"}
    answer = client.get(path, query_string={"offset": TOTAL - 1000}, headers=headers).get_json()
    assert answer["metadata"]["pagination"] == {
        "total": TOTAL, "returned": 1000, "hasMore": False, "limit": 1000, "offset": TOTAL - 1000,
    }  # fmt: skip
    newest = client.get(path, query_string={"order": "desc"}, headers=headers).get_json()
    assert newest["metadata"]["pagination"]["nextOffset"] == 1000
    assert newest["data"] == answer["data"][::-1]


@pytest.mark.parametrize("sort", ["at", "onset"])
def test_the_last_page_is_the_first_of_the_reverse_order(huge: World, sort: str) -> None:
    """At offset 99,999,000, and at every offset its mirror image."""
    forwards = huge.select(RATINGS, rooms_of(huge), Query(now_ms=FOREVER_MS, sort=sort))
    backwards = huge.select(RATINGS, rooms_of(huge), Query(now_ms=FOREVER_MS, sort=sort, descending=True))
    assert forwards.rows(TOTAL - 1000, TOTAL) == backwards.rows(0, 1000)[::-1]
    for offset in (0, 1, 12_345_678, 50_000_000, 99_998_999):
        assert forwards.rows(offset, offset + 50) == backwards.rows(TOTAL - offset - 50, TOTAL - offset)[::-1]


def test_neighbouring_pages_meet_without_gap_or_repeat(huge: World) -> None:
    """Five pages in a row somewhere in the middle are one page of five times the size, in order."""
    found = huge.select(RATINGS, rooms_of(huge), Query(now_ms=FOREVER_MS))
    pages = [found.rows(start, start + 400) for start in range(77_000_000, 77_002_000, 400)]
    joined: list[Any] = [record for page in pages for record in page]
    assert joined == found.rows(77_000_000, 77_002_000)
    assert len({record.rating_id for record in joined}) == 2000
    assert [r.timestamp_ms for r in joined] == sorted(r.timestamp_ms for r in joined)


@given(place=st.integers(0, TOTAL - 1))
@settings(max_examples=20)
def test_a_record_is_where_a_time_window_says_it_is(huge: World, place: int) -> None:
    """As many records as its offset, give or take its ties, lie before its timestamp."""
    rooms = rooms_of(huge)
    (record,) = huge.select(RATINGS, rooms, Query(now_ms=FOREVER_MS)).rows(place, place + 1)
    at_ms = record.timestamp_ms  # type: ignore[attr-defined]
    before = huge.select(RATINGS, rooms, Query(now_ms=FOREVER_MS, end_ms=at_ms - 1)).total
    upto = huge.select(RATINGS, rooms, Query(now_ms=FOREVER_MS, end_ms=at_ms)).total
    assert before <= place < upto
    window = Query(now_ms=FOREVER_MS, start_ms=at_ms, end_ms=at_ms)
    assert everything(huge.select(RATINGS, rooms, window))[place - before] == record


# --- the same, scaled down -----------------------------------------------------------------------------


def test_the_small_world_has_what_makes_paging_hard(small: World, reference: dict[DataType, list[Any]]) -> None:
    """Rooms that overlap, and many records at the same instant and the same onset."""
    ratings = reference[RATINGS]
    assert len(ratings) == 5 * 4 * 300
    zeros = [room.started_ms for room in rooms_of(small)]
    assert max(zeros) - min(zeros) < 90_000
    assert len(ratings) - len({r.timestamp_ms for r in ratings}) > 100
    assert len(ratings) - len({r.onset_ms for r in ratings}) > 500


@pytest.mark.parametrize("data_type", [RATINGS, "sync", "events", "components"])
@settings(max_examples=100)
@given(data=st.data())
def test_any_page_is_what_a_sorted_list_of_everything_gives(
    small: World, reference: dict[DataType, list[Any]], data_type: DataType, data: st.DataObject
) -> None:
    """Offsets, limits, windows, orders, sorts, scopes and ties."""
    every, rooms = reference[data_type], rooms_of(small)
    instants = [record.timestamp_ms for record in every]
    bounds = st.none() | st.sampled_from(instants) | st.integers(instants[0] - 1000, instants[-1] + 1000)
    start_ms, end_ms = data.draw(bounds, "start"), data.draw(bounds, "end")
    now_ms = data.draw(st.just(FOREVER_MS) | st.sampled_from(instants), "now")
    sort, descending = data.draw(st.sampled_from(("at", "onset"))), data.draw(st.booleans(), "descending")
    scope = data.draw(st.sampled_from(("experiment", "filtered", "room", "participant")), "scope")
    room = data.draw(st.sampled_from(rooms), "room")
    who = data.draw(st.sampled_from(small.participant_ids(room)), "who") if scope == "participant" else None
    # What is not regular is there once it is over, which another test looks at.
    now_ms = now_ms if data_type in (RATINGS, "sync") else FOREVER_MS

    def fits(record: Any) -> bool:
        return (
            record.timestamp_ms <= now_ms
            and (start_ms is None or record.timestamp_ms >= start_ms)
            and (end_ms is None or record.timestamp_ms <= end_ms)
            and (scope == "experiment" or record.room_id == room.room_id)
            and (who is None or record.participant_id == who)
        )

    by_onset: Callable[[Any], Any] = lambda r: (r.onset_ms, r.participant_id, identity(r))  # noqa: E731
    expected = [record for record in every if fits(record)]
    if sort == "onset":
        expected.sort(key=by_onset)
    if descending:
        expected.reverse()
    found = small.select(
        data_type,
        (room,) if scope in ("room", "participant") else rooms,
        Query(
            now_ms=now_ms, start_ms=start_ms, end_ms=end_ms, sort=sort, descending=descending,
            room_ids=frozenset({room.room_id}) if scope == "filtered" else None, participant_id=who,
        ),
    )  # fmt: skip
    assert found.total == len(expected)
    offset = data.draw(st.integers(0, len(expected) + 2), "offset")
    limit = data.draw(st.sampled_from((1, 2, 7, 100, 1000, 10_000)), "limit")
    assert found.rows(offset, offset + limit) == expected[offset : offset + limit]


# --- memory ----------------------------------------------------------------------------------------

PAGES = """
import random, sys
from pathlib import Path
from mockserver import Settings, create_app
from mockserver.app import create_sandboxes

def resident_bytes():
    import resource
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024

pages, limit = map(int, sys.argv[1:])
sandboxes, chance = create_sandboxes(Settings(scenario="huge")), random.Random(1)
world, client = sandboxes.default.world, create_app(sandboxes=sandboxes).test_client(use_cookies=False)
rooms = world.rooms("exp_huge")

def page():
    room = chance.choice(rooms)
    who = chance.choice(world.participant_ids(room))
    place, total = chance.choice((
        ("experiment/exp_huge", 10**8), ("experiment/exp_huge", 10**8), (f"room/{room.room_id}", 200_000),
        (f"participant/{who}?roomId={room.room_id}", 50_000),
    ))
    query = {
        "limit": limit, "offset": chance.randrange(total), "sort": chance.choice(("timestamp", "onset")),
        "order": chance.choice(("asc", "desc")),
    }
    if chance.random() < 0.3:
        minute = chance.randrange(60)
        query |= {"offset": 0, "startTime": f"2024-01-{chance.randrange(8, 29):02d}T12:{minute:02d}:00Z"}
    path = "/api/v3/data/ratings/continuous/" + place + ("&" if "?" in place else "?")
    answer = client.get(
        path + "&".join(f"{name}={value}" for name, value in query.items()),
        headers={"X-API-Key": "hst_live_your_key_here"},
    )
    assert answer.status_code == 200, answer.text
    return answer.data.count(b'"ratingId"')

for _ in range(30):
    page()
before, records = resident_bytes(), sum(page() for _ in range(pages))
print(records, resident_bytes() - before)
"""


@pytest.mark.parametrize(("pages", "limit"), [(200, 100), pytest.param(1000, 1000, marks=pytest.mark.thorough)])
def test_random_pages_leave_memory_flat(pages: int, limit: int) -> None:
    """Less than 50 MB of growth over the API: any scope, offset, window, sort and order; a thousand whole pages take
    their time, and the thorough run reads them.
    """
    pytest.importorskip("resource", reason="no way to ask this system for a process's memory")
    run = subprocess.run(
        [sys.executable, "-c", PAGES, str(pages), str(limit)], capture_output=True, text=True, check=True
    )
    records, growth_bytes = map(int, run.stdout.split())
    assert records > 0.8 * pages * limit
    assert growth_bytes < 50_000_000


def test_ratings_are_the_same_however_many_places_a_scale_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values are listed once for short scales, and for long ones on every page."""
    found = []
    for most in (10_000, 0):
        monkeypatch.setattr(continuous, "_MOST_RATIOS", most)
        world = World(load_scenario("pair"), 7)
        rooms = world.rooms("exp_pair")
        found.append(world.select(RATINGS, rooms, Query(now_ms=FOREVER_MS)).rows(0, 5000))
    assert found[0] == found[1]
    assert all(one.value == (one.raw_value - one.scale_min) / (one.scale_max - one.scale_min) for one in found[0])
    assert len({one.value for one in found[0]}) > 20
