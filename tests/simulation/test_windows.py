"""Averaged windows: counting and paging by arithmetic gives what grouping all samples gives, and costs a page."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from math import fsum
from typing import Any

import numpy as np
import pytest
from analyst import variant
from emulator import make_sandbox
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver import Settings, create_app
from mockserver.simulation.datasets.columns import Columns
from mockserver.simulation.datasets.query import Query, Selection
from mockserver.simulation.records.records import SyncSample
from mockserver.simulation.records.sync import SyncLane, SyncLanes
from mockserver.simulation.records.windows import WindowDataset
from mockserver.simulation.story.rooms import RoomRef
from mockserver.simulation.world import World

FOREVER_MS = 2**52
DAY_MS = 86_400_000
# Rooms that overlap, a film that stands still for every question, and connections that are lost all the time.
RESTLESS = """
[experiments.exp_drift]
rooms = 4
room_every_s = 20
[states.watching_state]
duration_s = 60
[states.watching_state.sparse]
at_s = [7, 15, 33, 50]
[behaviour]
abandoned = 0.2
disconnects_per_hour = 150
"""
# Samples are 970 to 1030 ms apart: around that, windows are neither sure to have one nor to have one alone.
WINDOWS_MS = (1, 250, 969, 970, 971, 985, 1000, 1001, 1029, 1030, 1031, 5000, 60_000, DAY_MS)
window_lengths = st.sampled_from(WINDOWS_MS) | st.integers(970, 1030) | st.integers(1, 20_000)


class Story:
    """All samples of a world's first experiment."""

    def __init__(self, scenario: str, seed: int | None = None) -> None:
        self.world = make_sandbox(Settings(scenario=scenario, seed=seed)).world
        self.rooms = self.world.rooms(next(iter(self.world.scenario.experiments)))
        self.samples = [sample for room in self.rooms for sample in samples_of(self.world, room)]
        self.instants = sorted(sample.timestamp_ms for sample in self.samples)
        self.last_ms = {sample.room_id: 0 for sample in self.samples}
        for sample in self.samples:
            self.last_ms[sample.room_id] = max(self.last_ms[sample.room_id], sample.timestamp_ms)


@pytest.fixture(scope="module")
def restless_path(tmp_path_factory: pytest.TempPathFactory) -> str:
    return variant(tmp_path_factory.mktemp("windows"), "drift", RESTLESS)


@pytest.fixture(scope="module")
def stories(restless_path: str) -> list[Story]:
    whole = [Story(name) for name in ("pair", "drift", "technical", "demo")]
    return whole + [Story(restless_path, seed) for seed in range(1, 5)]


@pytest.fixture(scope="module")
def restless(stories: list[Story]) -> Story:
    return stories[-1]


@pytest.fixture(scope="module")
def huge() -> World:
    return make_sandbox(Settings(scenario="huge")).world


# --- the reference: all samples, one by one ---------------------------------------------------------


def samples_of(world: World, room: RoomRef) -> list[Any]:
    return everything(world.select("sync", (room,), Query(now_ms=FOREVER_MS)))


def everything(found: Selection) -> list[Any]:
    return found.rows(0, found.total)


def averages(samples: Sequence[SyncSample], window_ms: int) -> list[SyncSample]:
    """One record for each room, participant and window that has samples."""
    groups = defaultdict(list)
    for sample in samples:
        groups[sample.room_id, sample.participant_id, sample.onset_ms // window_ms].append(sample)
    return [averaged(group, number * window_ms) for (_, _, number), group in groups.items()]


def averaged(samples: list[SyncSample], onset_ms: int) -> SyncSample:
    first = min(samples, key=lambda sample: sample.timestamp_ms)
    count = len(samples)
    return first._replace(
        metric_id=first.metric_id + "_avg",
        timestamp_ms=first.timestamp_ms - first.onset_ms + onset_ms,
        onset_ms=onset_ms,
        time_drift_ms=round(sum(sample.time_drift_ms for sample in samples) / count),
        playback_rate=round(fsum(sample.playback_rate for sample in samples) / count, 4),
        sync_quality=round(fsum(sample.sync_quality for sample in samples) / count, 3),
        latency_ms=round(sum(sample.latency_ms for sample in samples) / count),
        buffer_health=round(fsum(sample.buffer_health for sample in samples) / count, 3),
    )


def in_order(windows: Sequence[SyncSample], sort: str = "at", descending: bool = False) -> list[SyncSample]:
    """By instant or onset, then participant, then id."""
    by_onset = sort == "onset"
    return sorted(
        windows,
        key=lambda w: (w.onset_ms if by_onset else w.timestamp_ms, w.participant_id, w.metric_id),
        reverse=descending,
    )


def within(records: Sequence[SyncSample], start_ms: int | None, end_ms: int | None) -> list[SyncSample]:
    """The samples, or the windows by their beginning, between two instants, both included."""
    return [
        record
        for record in records
        if (start_ms is None or record.timestamp_ms >= start_ms) and (end_ms is None or record.timestamp_ms <= end_ms)
    ]


def open_from(story: Story, window_ms: int, now_ms: int) -> int:
    """The beginning of the first window that may get another sample, told from every room's last one."""
    first_ms = now_ms + 1
    for room in story.rooms:
        if room.started_ms <= now_ms < story.last_ms.get(room.room_id, 0):
            number = (now_ms - room.started_ms) // window_ms
            first_ms = min(first_ms, room.started_ms + number * window_ms)
    return first_ms


# --- any lanes ---------------------------------------------------------------------------------------


def sync_lane(number: int, **values: Any) -> SyncLane:
    unlike = {"experiment_id": "e", "state_id": "s", "skew": 1e-4, "latency_ms": 80.0, "jitter_of_drift_ms": 30.0}
    stalls = {"stall_chance": 0.2, "stall_ms": 300.0, "phase": number % 60, "planned": values["count"]}
    return SyncLane(code=f"c{number:03d}", key=number * 7919 + 1, **unlike, **stalls, **values)


@st.composite
def some_lanes(draw: st.DrawFn) -> list[SyncLane]:
    """Lanes of a few viewers, in rooms that overlap; one viewer's lie one after the other, close or far apart."""
    lanes: list[SyncLane] = []
    viewers = draw(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 2)), min_size=1, max_size=4, unique=True))
    for room, person in viewers:
        start_ms = room * 70 + draw(st.integers(0, 200))
        for _ in range(draw(st.integers(1, 5))):
            period_ms = draw(st.sampled_from((10, 40)))
            jitter_ms = draw(st.integers(0, (period_ms - 1) // 2))
            lane = sync_lane(
                draw(st.integers(0, 9)) * 100 + len(lanes),
                room_id=f"r{room}", participant_id=f"p{person}", start_ms=start_ms, period_ms=period_ms,
                jitter_ms=jitter_ms, count=draw(st.integers(1, 25)), zero_ms=room * 70,
            )  # fmt: skip
            lanes.append(lane)
            start_ms += lane.count * period_ms + 2 * jitter_ms + draw(st.sampled_from((0, 3, 30, 500)))
    return draw(st.permutations(lanes))


@settings(max_examples=60)
@given(lanes=some_lanes(), window_ms=st.integers(1, 100) | st.integers(100, 2000), data=st.data())
def test_any_page_of_any_lanes_is_what_grouping_all_samples_gives(
    lanes: list[SyncLane], window_ms: int, data: st.DataObject
) -> None:
    """Windows shorter and longer than a period, lanes that share one, bounds of time, and ties of the same person."""
    columns = SyncLanes(lanes)
    samples = [s for n, lane in enumerate(lanes) for s in made(columns, n, lane.count)]
    bounds = st.none() | st.integers(-100, 6000)
    start_ms, end_ms = data.draw(bounds, "start"), data.draw(bounds, "end")
    now_ms = data.draw(st.just(FOREVER_MS) | st.integers(-100, 6000), "now")
    sort, descending = data.draw(st.sampled_from(("at", "onset"))), data.draw(st.booleans(), "descending")
    windows = within(averages(samples, window_ms), start_ms, end_ms)
    expected = in_order([w for w in windows if w.timestamp_ms <= now_ms], sort, descending)
    found = WindowDataset(columns, window_ms).select(
        Query(now_ms=now_ms, start_ms=start_ms, end_ms=end_ms, sort=sort, descending=descending)
    )
    assert found.total == len(expected)
    offset, limit = data.draw(st.integers(0, len(expected) + 1), "offset"), data.draw(st.integers(1, 40), "limit")
    assert found.rows(offset, offset + limit) == expected[offset : offset + limit]
    assert everything(found) == expected


def made(columns: SyncLanes, lane: int, count: int) -> list[SyncSample]:
    which, k = np.full(count, lane), np.arange(count)
    return columns.columns(which, k, columns.times(which, k)).records()


# --- any world ---------------------------------------------------------------------------------------


def test_the_restless_world_has_what_makes_windows_hard(restless: Story) -> None:
    """Rooms that overlap, and windows with samples of two and of three lanes of a viewer."""
    lanes = defaultdict(set)
    for sample in restless.samples:
        lanes[sample.participant_id, sample.onset_ms // 60_000].add(sample.metric_id.split("_")[1])
    assert {1, 2, 3} <= {len(codes) for codes in lanes.values()}
    zeros_ms = [room.started_ms for room in restless.rooms]
    assert max(zeros_ms) < restless.instants[len(restless.instants) // 2]


@settings(max_examples=60)
@given(data=st.data(), window_ms=window_lengths)
def test_any_page_of_any_world_is_what_grouping_all_samples_gives(
    stories: list[Story], data: st.DataObject, window_ms: int
) -> None:
    """Offsets, limits, orders, sorts, bounds of time, scopes; now in the middle of it and long after."""
    story = data.draw(st.sampled_from(stories), "story")
    instants = st.sampled_from(story.instants) | st.integers(story.instants[0] - 2000, story.instants[-1] + 2000)
    start_ms, end_ms = data.draw(st.none() | instants, "start"), data.draw(st.none() | instants, "end")
    now_ms = data.draw(st.just(FOREVER_MS) | instants, "now")
    sort, descending = data.draw(st.sampled_from(("at", "onset"))), data.draw(st.booleans(), "descending")
    scope = data.draw(st.sampled_from(("experiment", "filtered", "room", "participant")), "scope")
    room = data.draw(st.sampled_from(story.rooms), "room")
    who = data.draw(st.sampled_from(story.world.participant_ids(room)), "who") if scope == "participant" else None

    samples = [
        sample
        for sample in story.samples
        if (scope == "experiment" or sample.room_id == room.room_id) and (who is None or sample.participant_id == who)
    ]
    before_ms = open_from(story, window_ms, now_ms)
    windows = [w for w in within(averages(samples, window_ms), start_ms, end_ms) if w.timestamp_ms < before_ms]
    expected = in_order(windows, sort, descending)
    found = story.world.select_windows(
        window_ms,
        (room,) if scope in ("room", "participant") else story.rooms,
        Query(
            now_ms=now_ms, start_ms=start_ms, end_ms=end_ms, sort=sort, descending=descending,
            room_ids=frozenset({room.room_id}) if scope == "filtered" else None, participant_id=who,
        ),
    )  # fmt: skip
    assert found.total == len(expected)
    offset = data.draw(st.integers(0, len(expected) + 2), "offset")
    limit = data.draw(st.sampled_from((1, 2, 7, 100, 10_000)), "limit")
    assert found.rows(offset, offset + limit) == expected[offset : offset + limit]


@pytest.mark.parametrize("window_ms", WINDOWS_MS)
def test_every_window_of_every_world_is_there_when_all_is_over(stories: list[Story], window_ms: int) -> None:
    """Also those whose end the clock, which may stand still, has not come to."""
    for story in stories:
        over_ms = story.instants[-1]
        found = story.world.select_windows(window_ms, story.rooms, Query(now_ms=over_ms))
        assert everything(found) == in_order(averages(story.samples, window_ms))


def test_nothing_is_there_where_nothing_was_measured(stories: list[Story]) -> None:
    """In an experiment of one person alone, and in no room at all."""
    world = stories[3].world
    for rooms in (world.rooms("exp_solo_003"), ()):
        found = world.select_windows(1000, rooms, Query(now_ms=FOREVER_MS))
        assert (found.total, found.rows(0, 10)) == (0, [])


# --- a running experiment ----------------------------------------------------------------------------


@settings(max_examples=15)
@given(data=st.data(), window_ms=window_lengths)
def test_windows_are_added_at_the_end_and_never_change(restless: Story, data: st.DataObject, window_ms: int) -> None:
    """At every scope, what was there is the beginning of what is there, and in the end of what there is in all."""
    steps_ms = data.draw(st.lists(st.integers(1, 40_000), min_size=2, max_size=8), "steps")
    room = data.draw(st.none() | st.sampled_from(restless.rooms), "room")
    rooms = restless.rooms if room is None else (room,)
    who = data.draw(st.sampled_from((None, *restless.world.participant_ids(room))), "who") if room else None
    now_ms, before = restless.instants[0], list[Any]()
    for step_ms in (*steps_ms, DAY_MS):
        now_ms += step_ms
        query = Query(now_ms=now_ms, participant_id=who)
        now = everything(restless.world.select_windows(window_ms, rooms, query))
        assert now[: len(before)] == before
        before = now
    assert len(before) == restless.world.select_windows(window_ms, rooms, replace(query, now_ms=FOREVER_MS)).total


@settings(max_examples=20)
@given(data=st.data(), window_ms=window_lengths)
def test_a_window_is_there_once_it_is_over_and_not_while_samples_may_come(
    restless: Story, data: st.DataObject, window_ms: int
) -> None:
    """Whatever other rooms do; and what is there has all its samples behind it."""
    now_ms = data.draw(st.integers(restless.instants[0], restless.instants[-1] + 5000), "now")
    there = everything(restless.world.select_windows(window_ms, restless.rooms, Query(now_ms=now_ms)))
    every = averages(restless.samples, window_ms)
    over = [window for window in every if window.timestamp_ms + window_ms <= now_ms]
    assert {window.metric_id for window in over} <= {window.metric_id for window in there}
    final = averages(within(restless.samples, None, now_ms), window_ms)
    assert set(there) <= set(final) & set(every)


@settings(max_examples=15)
@given(data=st.data(), window_ms=window_lengths)
def test_rooms_and_people_add_up_at_every_instant(restless: Story, data: st.DataObject, window_ms: int) -> None:
    """An experiment's windows are its rooms', and these are their participants'."""
    now_ms = data.draw(st.integers(restless.instants[0], restless.instants[-1] + 5000), "now")
    world, query = restless.world, Query(now_ms=now_ms)
    totals = [world.select_windows(window_ms, (room,), query).total for room in restless.rooms]
    assert world.select_windows(window_ms, restless.rooms, query).total == sum(totals)
    for room, total in zip(restless.rooms, totals, strict=True):
        people = [replace(query, participant_id=who) for who in world.participant_ids(room)]
        assert total == sum(world.select_windows(window_ms, (room,), one).total for one in people)


@pytest.mark.parametrize("window_ms", [1000, 20_000, DAY_MS])
def test_a_stop_closes_the_windows_of_its_room(restless: Story, window_ms: int) -> None:
    """With nobody else's samples to come, all are there at once, though the clock stands still; none has changed."""
    now_ms = restless.instants[len(restless.instants) // 2]
    query, experiment_id = Query(now_ms=now_ms), restless.rooms[0].experiment_id
    before = everything(restless.world.select_windows(window_ms, restless.rooms, query))
    stopped = [replace(room, stopped_ms=now_ms) for room in restless.rooms]
    world = restless.world.with_rooms(stopped)
    after = everything(world.select_windows(window_ms, world.rooms(experiment_id), query))
    assert after == in_order(averages(within(restless.samples, None, now_ms), window_ms))
    assert after[: len(before)] == before
    assert len(after) > len(before)


# --- what it costs -----------------------------------------------------------------------------------


def thorough(window_ms: int) -> Any:
    """A length that takes its time, for the long run."""
    return pytest.param(window_ms, marks=pytest.mark.thorough)


class Made:
    """How many samples were made, call by call."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.counts: list[int] = []
        make = SyncLanes.columns

        def counted(lanes: SyncLanes, lane: Any, k: Any, t_ms: Any) -> Columns:
            self.counts.append(len(k))
            return make(lanes, lane, k, t_ms)

        patch.setattr(SyncLanes, "columns", counted)


def counted(world: World, rooms: Sequence[RoomRef], window_ms: int) -> int:
    """How many windows there are, by looking at the time of every sample, without making one."""
    lanes = world.dataset("sync", rooms).lanes
    numbers = defaultdict(list)
    for lane, (room_id, who, _) in enumerate(lanes.identities):
        k = np.arange(lanes.count[lane])
        numbers[room_id, who].append((lanes.times(np.full(len(k), lane), k) - lanes.zero[lane]) // window_ms)
    return sum(len(np.unique(np.concatenate(own))) for own in numbers.values())


@pytest.mark.parametrize("window_ms", [thorough(1), thorough(1000), thorough(5000), 60_000, thorough(DAY_MS)])
def test_a_page_of_millions_makes_no_samples_but_its_own(
    huge: World, monkeypatch: pytest.MonkeyPatch, window_ms: int
) -> None:
    """The total makes none; a page, wherever it lies, those of its windows."""
    made_samples = Made(monkeypatch)
    rooms = huge.rooms("exp_huge")
    total = huge.select_windows(window_ms, rooms, Query(now_ms=FOREVER_MS)).total
    assert total == counted(huge, rooms, window_ms)
    assert made_samples.counts == []
    for sort in ("at", "onset"):
        found = huge.select_windows(window_ms, rooms, Query(now_ms=FOREVER_MS, sort=sort))
        for offset in (0, total // 3, total - 10):
            made_samples.counts.clear()
            assert len(found.rows(offset, offset + 10)) == 10
            assert 10 <= sum(made_samples.counts) <= 10 * min(5000, window_ms // 970 + 2)


@pytest.mark.thorough
def test_a_page_of_long_windows_is_averaged_bit_by_bit(huge: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty viewers of 5,000 samples each are never held at once."""
    made_samples = Made(monkeypatch)
    found = huge.select_windows(DAY_MS, huge.rooms("exp_huge"), Query(now_ms=FOREVER_MS))
    found.rows(700, 750)
    assert sum(made_samples.counts) == 50 * 5000
    assert max(made_samples.counts) <= 25_000


@pytest.mark.parametrize("window_ms", [thorough(1000), 60_000])
def test_a_deep_page_is_right(huge: World, window_ms: int) -> None:
    """It holds the averages of the samples of its time, and is the mirror image of the reverse order's."""
    rooms = huge.rooms("exp_huge")
    found = huge.select_windows(window_ms, rooms, Query(now_ms=FOREVER_MS))
    offset = found.total * 2 // 3
    page: list[Any] = found.rows(offset, offset + 60)
    begins_ms, ends_ms = page[0].timestamp_ms, page[-1].timestamp_ms + window_ms
    samples = everything(huge.select("sync", rooms, Query(now_ms=FOREVER_MS, start_ms=begins_ms, end_ms=ends_ms)))
    around = in_order(averages(samples, window_ms))
    at = around.index(page[0])
    assert page == around[at : at + 60]
    backwards = huge.select_windows(window_ms, rooms, Query(now_ms=FOREVER_MS, descending=True))
    assert backwards.rows(found.total - offset - 60, found.total - offset) == page[::-1]


def test_the_api_pages_through_windows(huge: World) -> None:
    """`aggregationWindow` in the last page of all, at the time that the scenario sets."""
    client = create_app(Settings(scenario="huge")).test_client(use_cookies=False)
    total = huge.select_windows(5000, huge.rooms("exp_huge"), Query(now_ms=FOREVER_MS)).total
    answer = client.get(
        "/api/v3/data/sync/experiment/exp_huge",
        query_string={"aggregationWindow": 5000, "offset": total - 3},
        headers={"X-API-Key": "hst_live_your_key_here"},
    ).get_json()
    assert answer["metadata"]["pagination"] == {
        "total": total, "returned": 3, "hasMore": False, "limit": 1000, "offset": total - 3,
    }  # fmt: skip
    assert [record["metricId"][-4:] for record in answer["data"]] == ["_avg"] * 3
