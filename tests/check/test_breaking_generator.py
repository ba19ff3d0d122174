"""A simulation that is wrong in one place makes exactly that invariant's line red: each of the thirteen.

`test_breaking.py` writes single records wrongly, in many more ways; here the generator itself is patched.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from check_support import broken, results_of

from mockserver.simulation import world
from mockserver.simulation.lane_dataset import LaneDataset, LaneSelection
from mockserver.simulation.sync import SyncLanes

Records = list[Any]


def in_first(change: Callable[[Any], Any], wanted: Callable[[Any], bool] = lambda record: True) -> Any:
    """Change the record of the first entry that is wanted; entries are what the streams of a room are made of."""

    def changed(entries: Records) -> Records:
        place = next(n for n, entry in enumerate(entries) if wanted(entry.record))
        entries[place] = entries[place]._replace(record=change(entries[place].record))
        return entries

    return changed


def moved(record: Any) -> Any:
    return record._replace(onset_ms=record.onset_ms + 1)


def to_another_room(record: Any) -> Any:
    return record._replace(room_id="room_other")


def answered_faster(record: Any) -> Any:
    return record._replace(response_time_ms=record.response_time_ms - 1)


def to_the_sender_too(record: Any) -> Any:
    return record._replace(recipient_ids=[*record.recipient_ids, record.sender_id])


def of_no_component(lanes: Records) -> Records:
    return [dataclasses.replace(lanes[0], component_id="no_such_slider"), *lanes[1:]]


def faster_than_the_controller_may(samples: Records) -> Records:
    return [sample._replace(playback_rate=sample.playback_rate + 0.06) for sample in samples]


def one_more_participant(rows: Records) -> Records:
    return [
        row._replace(record=row.record._replace(participant_count=row.record.participant_count + 1)) for row in rows
    ]


def everybody_has_left(rows: Records) -> Records:
    return [row._replace(record=row.record._replace(completion_code="ABANDONED")) for row in rows]


class OneTooEarly(LaneSelection):
    """Later pages begin with the last record of the page before."""

    def rows(self, start: int, stop: int) -> Records:
        return super().rows(start - 1, stop - 1) if start else super().rows(start, stop)

    @classmethod
    def instead_of(cls, selection: LaneSelection) -> LaneSelection:
        selection.__class__ = cls
        return selection


def all_feel_their_own(lanes: Records) -> Records:
    return [dataclasses.replace(lane, shared=0.0) for lane in lanes]


BROKEN = {
    "onsets": (1, world, "chat_entries", in_first(moved)),
    "belonging": (2, world, "chat_entries", in_first(to_another_room)),
    "components": (3, world, "component_entries", in_first(answered_faster, lambda r: r.response_time_ms is not None)),
    "sparse ratings": (4, world, "sparse_entries", in_first(lambda r: r._replace(raw_value=r.raw_value + 1))),
    "continuous ratings": (5, world, "continuous_lanes", of_no_component),
    "chat": (6, world, "chat_entries", in_first(to_the_sender_too)),
    "recordings": (
        7,
        world,
        "recording_entries",
        in_first(lambda r: r._replace(duration_ms=r.duration_ms + 1), lambda r: r.duration_ms is not None),
    ),
    "drift": (8, SyncLanes, "records", faster_than_the_controller_may),
    "states": (
        9,
        world,
        "event_entries",
        in_first(lambda r: r._replace(state_id="watching_state"), lambda r: r.event_type == "state.exit"),
    ),
    "completion codes": (10, world, "participant_rows", everybody_has_left),
    "totals": (11, world, "room_rows", one_more_participant),
    "pages": (12, LaneDataset, "select", OneTooEarly.instead_of),
    "agreement": (13, world, "continuous_lanes", all_feel_their_own),
}


def test_there_is_one_for_every_invariant() -> None:
    assert [number for number, *_ in BROKEN.values()] == list(range(1, 14))


@pytest.mark.parametrize("name", BROKEN)
def test_a_wrong_generator_breaks_exactly_its_invariant(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """That line is red, and no other."""
    number, owner, made, change = BROKEN[name]
    make = getattr(owner, made)
    monkeypatch.setattr(owner, made, lambda *given: change(make(*given)))
    assert broken(results_of()) == [number]
