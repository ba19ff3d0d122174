"""The study: many change it at once and nothing is lost; who reads waits for nobody."""

import itertools
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mockserver.sandbox.study import NewItems, NewWarning, Study
from mockserver.sandbox.study.launches import Launch, new_launch
from mockserver.sandbox.study.shelves import Kept
from mockserver.sandbox.study.writing import OvertakenError, attempt
from mockserver.simulation.library import load_scenario
from mockserver.simulation.records.records import Event
from mockserver.simulation.world import World
from mockserver.store import open_stores

NOW_MS = 1_730_000_000_000
CAST = [{"role": "first", "persona_id": "persona_skeptic", "provider": "anthropic", "model": "m"}]


@pytest.fixture(scope="module")
def pair() -> World:
    """The small scenario: one experiment with one room, and two personas."""
    scenario = load_scenario("pair")
    return World(scenario, scenario.seed)


@pytest.fixture
def study(pair: World) -> Study:
    return study_of(pair)


def study_of(world: World, url: str | None = None) -> Study:
    return Study(world, open_stores(url).store("default"))


def definition(prompt: str) -> dict[str, Any]:
    """A page that one agent reads."""
    focus = {"type": "showtext", "id": "page", "config": {"text": prompt, "durationMs": 9000 + 1000 * len(prompt)}}
    roles = {"first": {"mode": "agent", "personaId": "persona_skeptic"}}
    return {"name": "Written", "roles": roles, "states": [{"id": "page", "focusComponent": focus}]}


def launched(study: Study, experiment: Kept, number: int, now_ms: int = NOW_MS) -> Launch:
    """The next launch of an experiment."""
    return new_launch(study.world.seed, experiment.id, "dep_x", "batch_x_1", number, now_ms, experiment.body, CAST)


def event(study: Study, content: str) -> Event:
    """An event of the room that the scenario has."""
    entry = study.world.entries("events", "room_pair")[0]
    assert isinstance(entry.record, Event)
    return entry.record._replace(content=content)


def written(world: World) -> list[str]:
    """The content of the events that clients wrote into that room."""
    events = [entry.record for entry in world.entries("events", "room_pair")]
    return [one.content for one in events if isinstance(one, Event) and one.id.startswith("event_written_")]


def at_once(*works: Callable[[], None]) -> None:
    """Do all of it in threads of their own, begun together."""
    start = threading.Barrier(len(works))
    threads = [threading.Thread(target=lambda work=work: (start.wait(timeout=30), work())) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()


class TestReading:
    def test_a_world_is_the_same_until_something_is_written(self, pair: World, study: Study) -> None:
        """The scenario's own at first; who was handed one keeps it as it was."""
        assert study.world is pair
        study.experiments.add({"name": "A"}, "a@example.com", "org", NOW_MS)
        assert study.world is pair
        study.record_events([event(study, "mine")], NOW_MS)
        assert study.world is study.world is not pair
        assert (written(pair), written(study.world)) == ([], ["mine"])

    def test_nobody_who_reads_waits_for_who_writes(self, study: Study) -> None:
        """Everything that a request reads is there in the middle of a turn."""
        read: list[Any] = []

        def reads() -> None:
            read.extend([study.world, study.revision, study.launches(), study.personas.all()])
            read.extend([study.experiments.get("exp_pair"), study.arrivals.items(), study.arrivals.count_warnings()])

        reader = threading.Thread(target=reads, daemon=True)
        with study._writing.turn():
            reader.start()
            reader.join(timeout=30)
            assert not reader.is_alive()
        assert len(read) == 7

    def test_a_revision_grows_with_what_the_data_can_show(self, study: Study) -> None:
        """Documents, launches and events; not with what was ingested, and not with what was refused."""
        seen = [study.revision]

        def then(write: Callable[[], Any]) -> Any:
            made = write()
            seen.append(study.revision)
            return made

        experiment = then(lambda: study.experiments.add(definition("a"), "a@example.com", "org", NOW_MS))
        changed = then(lambda: study.experiments.replace(experiment, definition("b"), NOW_MS))
        launch = launched(study, changed, 0)
        then(lambda: study.add_launches([launch], study.launches(), NOW_MS))
        then(lambda: study.replace_launch(launch, replace(launch, stopped_ms=NOW_MS), NOW_MS))
        then(lambda: study.record_events([event(study, "mine")], NOW_MS))
        then(lambda: study.experiments.delete(changed, NOW_MS))
        assert seen == sorted(set(seen))
        before = study.revision
        study.take_in("events", "s", NewItems([0], b"{}"), NOW_MS, lambda _: [])
        study.record_events([], NOW_MS)
        with pytest.raises(OvertakenError):
            study.experiments.delete(experiment, NOW_MS)
        assert study.revision == before


class TestWriting:
    def test_what_was_overtaken_is_not_written(self, study: Study) -> None:
        """Neither over a newer state, nor over what was deleted; nor rooms that others were launched before."""
        old = study.personas.add({"name": "A"}, "a@example.com", "org", NOW_MS)
        new = study.personas.replace(old, {"name": "B"}, NOW_MS + 1)
        refused: list[Callable[[], Any]] = [
            lambda: study.personas.replace(old, {"name": "C"}, NOW_MS + 2),
            lambda: study.personas.delete(old, NOW_MS + 2),
        ]
        experiment = study.experiments.add(definition("a"), "a@example.com", "org", NOW_MS)
        none = study.launches()
        first = launched(study, experiment, 0)
        study.add_launches([first], none, NOW_MS)
        stopped = replace(first, stopped_ms=NOW_MS + 5000)
        study.replace_launch(first, stopped, NOW_MS)
        refused += [
            lambda: study.add_launches([launched(study, experiment, 1)], none, NOW_MS),
            lambda: study.replace_launch(first, replace(first, retried=True), NOW_MS),
        ]
        for write in refused:
            with pytest.raises(OvertakenError):
                write()
        assert study.personas.get(old.id) == new == replace(old, body={"name": "B"}, updated_ms=NOW_MS + 1)
        assert list(study.launches()) == [stopped]
        study.personas.delete(new, NOW_MS)
        with pytest.raises(OvertakenError):
            study.personas.replace(new, {"name": "D"}, NOW_MS)
        assert study.personas.get(old.id) is None

    def test_a_change_is_worked_out_again(self, study: Study) -> None:
        """From what somebody else has made of it; nobody is refused for that, and errors of one's own come through."""
        persona = study.personas.add({"changed": []}, "a@example.com", "org", NOW_MS)
        read: list[list[str]] = []

        def change() -> Kept:
            kept = study.personas.get(persona.id)
            assert kept is not None
            read.append(kept.body["changed"])
            if len(read) < 3:
                study.personas.replace(kept, {"changed": [*kept.body["changed"], "other"]}, NOW_MS)
            return study.personas.replace(kept, {"changed": [*kept.body["changed"], "mine"]}, NOW_MS)

        assert attempt(change).body == {"changed": ["other", "other", "mine"]}
        assert read == [[], ["other"], ["other", "other"]]
        with pytest.raises(ZeroDivisionError):
            attempt(lambda: 1 // 0)

    def test_nothing_is_lost_among_many(self, study: Study) -> None:
        """Changes of one document, new ones, events, launches and batches, all at once."""
        counter = study.personas.add({"count": 0}, "a@example.com", "org", NOW_MS)
        experiment = study.experiments.add(definition("a"), "a@example.com", "org", NOW_MS)
        rounds = 30

        def count() -> None:
            def change() -> None:
                kept = study.personas.get(counter.id)
                assert kept is not None
                study.personas.replace(kept, {"count": kept.body["count"] + 1}, NOW_MS)

            for _ in range(rounds):
                attempt(change)

        def launch() -> None:
            def change() -> None:
                before = study.launches()
                study.add_launches([launched(study, experiment, len(before))], before, NOW_MS)

            for _ in range(rounds):
                attempt(change)

        def write() -> None:
            for number in range(rounds):
                study.record_events([event(study, str(number))] * 2, NOW_MS)
                study.deployments.add({"experimentId": experiment.id}, "a@example.com", "org", NOW_MS)
                study.take_in("events", "s", NewItems([0], b"{}"), NOW_MS, lambda _: [])

        at_once(count, count, launch, launch, write, write)
        kept = study.personas.get(counter.id)
        assert kept is not None
        assert kept.body == {"count": 2 * rounds}
        assert (
            len({launch.room_id for launch in study.launches()}) == len(study.world.rooms(experiment.id)) == 2 * rounds
        )
        assert sorted(written(study.world)) == sorted(2 * 2 * [str(number) for number in range(rounds)])
        made = [one for one in study.deployments.all() if one.body["experimentId"] == experiment.id]
        assert len(made) == study.arrivals.count_items() == 2 * rounds
        assert study.revision == 2 + 8 * rounds

    def test_a_batch_is_kept_with_what_is_odd_about_it(self, study: Study) -> None:
        """And told to whoever handed it over."""
        odd = NewWarning("odd", (0,), "it is")
        found = study.take_in(
            "events", "s", NewItems([0], b"{}", [7]), NOW_MS, lambda history: [odd] * (not history.seen)
        )
        assert [(one.batch, one.rule, one.found_at_ms) for one in found] == [(1, "odd", NOW_MS)]
        assert (
            study.take_in("events", "s", NewItems([0], b"{}", [7]), NOW_MS, lambda history: [odd][len(history.seen) :])
            == []
        )
        assert study.arrivals.warnings() == found


class TestSharing:
    def test_studies_of_one_world_do_not_mix(self, pair: World) -> None:
        """What they keep of it in common is told apart by what each wrote, though all ids are the same."""
        studies = [study_of(pair) for _ in range(3)]
        told: list[Sequence[Any]] = []
        for number, study in enumerate(studies):
            experiment = study.experiments.add(definition("a" * (1 + number)), "a@example.com", "org", NOW_MS)
            study.add_launches([launched(study, experiment, 0)], (), NOW_MS)
            study.record_events([event(study, f"of {number}")], NOW_MS)
        rooms = [study.world.rooms(study.launches()[0].experiment_id)[0] for study in studies]
        for study, room in zip(studies, rooms, strict=True):
            told.append([study.world.plan(room).ended_ms, *study.world.entries("events", room.room_id)])
        assert len({room.room_id for room in rooms}) == 1
        assert all(one != other for one, other in itertools.combinations(told, 2))
        assert [written(study.world) for study in studies] == [["of 0"], ["of 1"], ["of 2"]]
        events = [study.world.dataset("events", study.world.rooms("exp_pair")) for study in studies]
        assert len({id(one) for one in events}) == 3

    def test_an_experiment_is_settled_once_its_last_room_is(self, pair: World, study: Study) -> None:
        """Also one that a client launches."""
        experiment = study.experiments.add(definition("a"), "a@example.com", "org", NOW_MS)
        assert study.world.settled_ms(experiment.id) == 0
        settled_ms = []
        for number in range(2):
            study.add_launches([launched(study, experiment, number, NOW_MS + number * 5000)], study.launches(), NOW_MS)
            settled_ms.append(study.world.settled_ms(experiment.id))
        assert settled_ms[0] > NOW_MS
        assert settled_ms[1] == settled_ms[0] + 5000
        assert study.world.settled_ms("exp_pair") == pair.settled_ms("exp_pair")


def test_everything_is_there_for_the_next_run(pair: World, tmp_path: Path) -> None:
    """From a file: documents over the world's own, those that were deleted, launches, events, ids that go on."""
    url = f"sqlite:///{tmp_path / 'run.db'}"
    first = study_of(pair, url)
    experiment = first.experiments.add(definition("a"), "a@example.com", "org", NOW_MS)
    own, gone = first.personas.all()
    first.personas.replace(own, {**own.body, "name": "Renamed"}, NOW_MS)
    first.personas.delete(gone, NOW_MS)
    launch = launched(first, experiment, 0)
    first.add_launches([launch], first.launches(), NOW_MS)
    first.replace_launch(launch, replace(launch, stopped_ms=NOW_MS + 4000), NOW_MS)
    first.record_events([event(first, "one"), event(first, "two")], NOW_MS)
    first.close()
    second = study_of(pair, url)
    assert second.experiments.all() == first.experiments.all()
    assert second.personas.all() == first.personas.all()
    assert [one.body["name"] for one in second.personas.all()] == ["Renamed"]
    assert second.launches() == first.launches()
    assert second.world.rooms(experiment.id) == first.world.rooms(experiment.id)
    assert second.world.entries("events", "room_pair") == first.world.entries("events", "room_pair")
    assert second.revision == first.revision
    added = [study.experiments.add({}, "a@example.com", "org", NOW_MS).id for study in (study_of(pair), second)]
    assert added[0] == experiment.id != added[1]
    second.record_events([event(second, "three")], NOW_MS)
    assert written(second.world) == ["one", "two", "three"]
    second.close()
