"""The picture itself: what stands in it, and that nothing of it overlaps or leaks out."""

import dataclasses
from itertools import combinations

import matplotlib
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from mockserver.plots.choice import chosen_room
from mockserver.plots.figure import room_figure
from mockserver.plots.story import Span, Story, room_story
from mockserver.simulation.library import load_scenario
from mockserver.simulation.world import World

TITLE = "title of the plot\nand why this room"


def story_of(name: str) -> Story:
    scenario = load_scenario(name)
    world = World(scenario, scenario.seed)
    return room_story(world, chosen_room(world)[0])


def drawn(story: Story) -> Figure:
    """The figure, laid out as it would be written."""
    figure = room_figure(story, TITLE)
    FigureCanvasAgg(figure).draw()
    return figure


@pytest.mark.parametrize(
    "name",
    ["demo", "noconsent", *(pytest.param(name, marks=pytest.mark.thorough) for name in ("drift", "group", "agents"))],
)
def test_nothing_overlaps_and_nothing_is_cut_off(name: str) -> None:
    """Titles, keys, panels and axis labels each have their own place on the page."""
    figure = drawn(story_of(name))
    boxes = [figure._suptitle.get_window_extent()]  # type: ignore[attr-defined]
    for axes in figure.axes:
        boxes.append(axes.get_window_extent())
        legend = axes.get_legend()
        if legend:
            boxes += [legend.get_window_extent(), axes.get_title("left") and axes._left_title.get_window_extent()]  # type: ignore[attr-defined]
    boxes.append(figure.axes[-1].xaxis.label.get_window_extent())
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other), (one, other)
    whole = figure.bbox
    for axes in figure.axes:
        tight = axes.get_tightbbox()
        assert tight.x0 >= 0
        assert tight.x1 <= whole.x1
        assert tight.y0 >= 0


def test_participants_are_named_as_in_the_api_and_told_apart() -> None:
    """Eight people, eight colours, the host marked."""
    story = story_of("group")
    figure = drawn(story)
    labels = [label.get_text() for label in figure.axes[-1].get_yticklabels()]
    ids = [person.participant_id for person in story.people]
    assert labels == ["states", f"{ids[0]} (host)", *ids[1:]]
    lines = [line for line in figure.axes[1].lines if len(line.get_xdata()) > 100]  # type: ignore[arg-type]
    assert len({line.get_color() for line in lines if line.get_linewidth() < 2}) == 8


def test_more_people_than_colours_are_told_apart_by_dashes() -> None:
    """Nobody looks like anybody else."""
    story = story_of("group")
    crowd = dataclasses.replace(story, people=story.people * 2)
    second = tuple(dataclasses.replace(line, seat=line.seat + 8) for line in story.ratings)
    figure = drawn(dataclasses.replace(crowd, ratings=story.ratings + second))
    looks = {(line.get_color(), line.get_linestyle()) for line in figure.axes[1].lines if line.get_linewidth() == 1.1}
    assert len(looks) == 16


def test_thresholds_and_units_are_in_sight() -> None:
    """Whatever the drift is; and what is measured in what."""
    figure = drawn(story_of("pair"))
    drift, ratings, presence = figure.axes
    low, high = drift.get_ylim()
    assert low < -600 < 600 < high
    assert drift.get_ylabel().startswith("time drift (ms)")
    assert "(0 to 1)" in ratings.get_ylabel()
    assert presence.get_xlabel().startswith("onset: time since the experiment started (s)")


def test_a_room_without_data_says_so() -> None:
    """Instead of empty axes."""
    figure = drawn(story_of("agents"))
    texts = [text.get_text() for axes in figure.axes[:2] for text in axes.texts]
    assert texts == ["No sync data: nobody watches a video together with the host", "No continuous ratings"]


def test_long_stories_are_told_in_minutes() -> None:
    """An hour and a half has no readable seconds."""
    story = story_of("pair")
    people = tuple(dataclasses.replace(person, present=Span(-50.0, 5100.0)) for person in story.people)
    figure = drawn(dataclasses.replace(story, people=people))
    assert figure.axes[-1].get_xlabel().startswith("onset: time since the experiment started (min)")
    assert [label.get_text() for label in figure.axes[-1].get_xticklabels()][1:4] == ["0", "5", "10"]


def test_drawing_leaves_no_global_state(tmp_path) -> None:
    """Neither somebody's own settings matter, nor are they changed."""
    from mockserver.plots.write import write_plot  # noqa: PLC0415

    scenario = load_scenario("pair")
    world = World(scenario, scenario.seed)
    write_plot(world, tmp_path / "a.svg")
    with matplotlib.rc_context({"font.size": 30, "svg.hashsalt": "mine"}):
        write_plot(world, tmp_path / "b.svg")
        assert matplotlib.rcParams["font.size"] == 30
        assert matplotlib.rcParams["svg.hashsalt"] == "mine"
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert b"<dc:date>" not in (tmp_path / "a.svg").read_bytes()
