"""What a plot shows is what the records and the truth say."""

import math
from functools import cache

import pytest

from mockserver.plots.choice import chosen_room
from mockserver.plots.story import Story, room_story
from mockserver.simulation.datasets.query import Query
from mockserver.simulation.library import load_scenario
from mockserver.simulation.world import World


@cache
def world_of(name: str) -> World:
    scenario = load_scenario(name)
    return World(scenario, scenario.seed)


@cache
def story_of(name: str) -> Story:
    world = world_of(name)
    return room_story(world, chosen_room(world)[0])


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("demo", "the first room with sync data and ratings"),
        ("agents", "the first room; none has sync data or ratings"),
    ],
)
def test_the_choice_of_a_room_is_explained(name: str, why: str) -> None:
    """The plot's title says it."""
    room, said = chosen_room(world_of(name))
    assert said == why
    assert room == next(iter(world_of(name).rooms(room.experiment_id)))


def test_a_room_that_lacks_something_is_passed_over(tmp_path) -> None:
    """Ratings of one who watches alone come first, until a room has both; else they have to do."""
    path = tmp_path / "own.toml"
    path.write_text(
        'extends = "_base"\n[experiments.alone]\nname = "Alone"\nstarts = 2024-10-20T14:30:00Z\nparticipants = 1\n'
        'states = ["watching_state"]\n'
    )
    scenario = load_scenario(str(path))
    room, why = chosen_room(World(scenario, 1))
    assert (room.experiment_id, why) == ("alone", "the first room with ratings; none has sync data")
    both = (
        path.read_text()
        + '[experiments.pair]\nname = "P"\nstarts = 2024-10-21T14:30:00Z\nstates = ["watching_state"]\n'
    )
    path.write_text(both)
    room, why = chosen_room(World(load_scenario(str(path)), 1))
    assert (room.experiment_id, why) == ("pair", "the first room with sync data and ratings")


@pytest.mark.parametrize("data_type", ["sync", "ratings/continuous"])
def test_every_sample_is_in_a_line(data_type) -> None:
    """Nothing is left out, and nothing stands where a line is broken."""
    story, world = story_of("dropout"), world_of("dropout")
    lines = story.drift if data_type == "sync" else story.ratings
    shown = sum(not math.isnan(value) for line in lines for value in line.values)
    assert shown == world.select(data_type, [story.room], Query(now_ms=2**52)).total > 0


def test_lines_are_broken_where_somebody_was_not_connected() -> None:
    """No straight line leads through a time of which there is no sample."""
    story = story_of("technical")
    broken = 0
    for line in story.ratings:
        samples = list(zip(line.at_s, line.values, strict=True))
        for gap in story.people[line.seat].gaps:
            across = [
                (before, after)
                for (left_s, before), (right_s, after) in zip(samples, samples[1:], strict=False)
                if left_s <= gap.start_s and gap.end_s <= right_s
            ]
            assert all(math.isnan(before) or math.isnan(after) for before, after in across)
            broken += len(across)
    assert broken


def test_pauses_are_those_of_the_sparse_ratings() -> None:
    """From the media pause to its end, as every sparse rating says."""
    story, world = story_of("pair"), world_of("pair")
    ratings = world.select("ratings/sparse", [story.room], Query(now_ms=2**52)).rows(0, 100)
    said = {
        (r.sparse_rating_data.media_pause_onset_ms / 1000, r.sparse_rating_data.media_resume_onset_ms / 1000)  # type: ignore[attr-defined]
        for r in ratings
        if r.sparse_rating_data.pause_index is not None  # type: ignore[attr-defined]
    }
    assert {tuple(pause) for pause in story.pauses} == said


def test_seeks_and_stalls_are_marked_at_the_drift_they_begin_from() -> None:
    """A seek beyond the threshold, on the line of the one who makes it; a stall for each of the truth."""
    story = story_of("drift")
    assert len(story.stalls) == len(world_of("drift").room_truth(story.room).stalls) > 0
    assert story.seeks
    assert all(abs(mark.value) > 600 for mark in story.seeks)


def test_the_shared_curve_stands_still_while_the_video_does() -> None:
    """It is a function of media time; in a pause it holds."""
    story = story_of("ratings")
    (curve,) = story.shared
    for pause in story.pauses:
        before = max(place for place, at_s in enumerate(curve.at_s) if at_s <= pause.start_s)
        assert curve.at_s[before + 1] >= pause.end_s
        assert curve.values[before] == pytest.approx(curve.values[before + 1])
    assert 0 <= min(curve.values) < max(curve.values) <= 1


def test_presence_tells_who_left_early() -> None:
    """With the completion code that the API says in the end."""
    story = story_of("noconsent")
    early = [person for person in story.people if person.present.end_s < 0]
    assert early
    assert {person.outcome for person in early} <= {"NOCONSENT", "ABANDONED", "TIMEOUT"}
    assert [person.participant_id for person in story.people] == world_of("noconsent").participant_ids(story.room)
