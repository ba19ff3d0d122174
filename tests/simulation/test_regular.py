"""Lanes: counting and paging by arithmetic gives what making all samples and sorting them gives."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.simulation.datasets.columns import Told
from mockserver.simulation.datasets.lanes import LaneDataset, RenderedLanes
from mockserver.simulation.datasets.query import Query
from mockserver.simulation.datasets.regular import Lane, samples_between


class Sample(NamedTuple):
    """A record with no more than what orders it."""

    at_ms: int
    onset_ms: int
    participant_id: str
    code: str
    k: int


class Samples(RenderedLanes):
    """Renders lanes as bare samples."""

    def __init__(self, made: list[Lane]) -> None:
        super().__init__(made, "sample")
        self.made = made

    def columns(self, lane, k, t_ms):  # noqa: ANN001, ANN201
        return Told(
            [
                Sample(t, t - self.made[i].zero_ms, self.made[i].participant_id, self.made[i].code, n)
                for i, n, t in zip(lane.tolist(), k.tolist(), t_ms.tolist(), strict=True)
            ]
        )


@st.composite
def some_lanes(draw) -> list[Lane]:  # noqa: ANN001
    """A few lanes that overlap, touch, tie and lie apart."""
    lanes = []
    for number in range(draw(st.integers(1, 6))):
        period = draw(st.integers(100, 500))
        room = draw(st.integers(0, 2))
        lanes.append(
            Lane(
                code=f"c{number}",
                experiment_id="e",
                room_id=f"r{room}",
                participant_id=f"p{draw(st.integers(0, 2))}",
                start_ms=draw(st.integers(0, 3000)),
                period_ms=period,
                jitter_ms=draw(st.integers(0, min((period - 100) // 2, (500 - period) // 2))),
                count=draw(st.integers(0, 40)),
                zero_ms=room * 1000,
                key=draw(st.integers(0, 2**64 - 1)),
            )
        )
    return lanes


def all_samples(dataset: LaneDataset, lanes: list[Lane]) -> list[Sample]:
    lane = np.repeat(np.arange(len(lanes)), [one.count for one in lanes])
    k = np.concatenate([np.arange(one.count) for one in lanes]).astype(np.int64)
    return dataset.lanes.columns(lane, k, dataset.lanes.times(lane, k)).records()


def dataset_of(lanes: list[Lane]) -> LaneDataset:
    return LaneDataset(Samples(lanes))


@settings(max_examples=150, deadline=None)
@given(lanes=some_lanes(), data=st.data())
def test_any_page_equals_the_brute_force_reference(lanes: list[Lane], data: st.DataObject) -> None:
    """Offsets, windows, orders, sorts, filters and ties, against a sorted list of everything."""
    dataset = dataset_of(lanes)
    start = data.draw(st.none() | st.integers(-100, 20_000))
    end = data.draw(st.none() | st.integers(-100, 20_000))
    by_onset, descending = data.draw(st.booleans()), data.draw(st.booleans())
    now = data.draw(st.integers(0, 25_000))
    room = data.draw(st.none() | st.sampled_from(["r0", "r1", "r2"]))
    person = data.draw(st.none() | st.sampled_from(["p0", "p1", "p2"]))
    rooms = {(x.participant_id, x.code): x.room_id for x in lanes}
    expected = [
        s
        for s in all_samples(dataset, lanes)
        if s.at_ms <= now
        and (start is None or s.at_ms >= start)
        and (end is None or s.at_ms <= end)
        and (room is None or rooms[s.participant_id, s.code] == room)
        and (person is None or s.participant_id == person)
    ]
    expected.sort(key=lambda s: (s.onset_ms if by_onset else s.at_ms, s.participant_id, s.code, s.k))
    if descending:
        expected.reverse()
    found = dataset.select(
        Query(
            now_ms=now, start_ms=start, end_ms=end, sort="onset" if by_onset else "at", descending=descending,
            room_ids=None if room is None else frozenset({room}), participant_id=person,
        )
    )  # fmt: skip
    assert found.total == len(expected)
    offset, limit = data.draw(st.integers(0, len(expected) + 2)), data.draw(st.integers(1, 30))
    assert found.rows(offset, offset + limit) == expected[offset : offset + limit]


@given(lanes=some_lanes(), at_ms=st.integers(-500, 25_000))
def test_how_many_lie_before_an_instant_is_what_counting_says(lanes: list[Lane], at_ms: int) -> None:
    """The division and its neighbour against every sample's own time."""
    dataset = dataset_of(lanes)
    samples = all_samples(dataset, lanes)
    counted = [sum(s.at_ms < at_ms for s in samples if s.code == one.code) for one in lanes]
    assert dataset.lanes.before(at_ms).tolist() == counted


@given(lanes=some_lanes())
def test_samples_keep_their_distance(lanes: list[Lane]) -> None:
    """Successive samples are 100 to 500 ms apart, whatever the jitter."""
    dataset = dataset_of(lanes)
    for one in lanes:
        times = [s.at_ms for s in all_samples(dataset, lanes) if s.code == one.code]
        gaps = np.diff(times)
        assert len(gaps) == 0 or (gaps.min() >= 100 and gaps.max() <= 500)


@pytest.mark.parametrize(("end_ms", "count"), [(0, 0), (1, 1), (100, 1), (101, 2), (1000, 10)])
def test_a_window_holds_the_samples_that_fit(end_ms: int, count: int) -> None:
    """The end is not part of the window."""
    assert samples_between(0, end_ms, 100, 0) == count
