"""Seeks that many rooms' viewers find side by side are those that each room finds by itself."""

from collections import Counter
from typing import Any

import pytest

from mockserver.simulation import world as world_module
from mockserver.simulation.datasets.entry import WRITTEN, Entry
from mockserver.simulation.datasets.query import Query
from mockserver.simulation.library import load_scenario
from mockserver.simulation.story.plan import Plan
from mockserver.simulation.world import World

FOREVER_MS = 2**52


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each room's viewers were looked at."""
    counts: Counter[str] = Counter()
    tell = world_module.sync_lanes

    def counted(plan: Plan, *rest: Any) -> Any:
        counts[plan.room.room_id] += 1
        return tell(plan, *rest)

    monkeypatch.setattr(world_module, "sync_lanes", counted)
    return counts


@pytest.mark.parametrize("name", ["drift", "dropout", "huge"])
def test_together_and_alone_give_the_same_events(name: str) -> None:
    """The scenarios in which viewers drift apart, some of whom lose their connection."""
    scenario = load_scenario(name)
    together, alone = World(scenario, 9), World(scenario, 9)
    rooms = together.rooms(next(iter(scenario.experiments)))[:40]
    together.dataset("events", rooms)
    seeks = 0
    for room in rooms:
        told = together.entries("events", room.room_id)
        assert told == alone.entries("events", room.room_id)
        seeks += sum(getattr(entry.record, "event_type", "") == "media.seek" for entry in told)
    assert seeks > 0


def test_a_write_looks_at_nobody_again(looked_at: Counter[str]) -> None:
    """The index is made anew, the events that were there are not."""
    world = World(load_scenario("huge"), 1)
    rooms = world.rooms("exp_huge")[:40]
    world.select("events", rooms, Query(now_ms=FOREVER_MS))
    assert set(looked_at.values()) == {1}
    told = world.entries("events", rooms[0].room_id)[0]
    entry = Entry(told.at_ms, told.who, "event_written", WRITTEN, told.record)
    written = world.with_written({rooms[0].room_id: [entry]})
    found = written.select("events", rooms, Query(now_ms=FOREVER_MS))
    assert found.total == world.select("events", rooms, Query(now_ms=FOREVER_MS)).total + 1
    assert set(looked_at.values()) == {1}
