"""The strip below a room's plot: its states, and who was there, with lost connections and outcomes."""

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from mockserver.plots.story import Person, Span, Story
from mockserver.plots.style import GREY, WIDTH_IN, key_above, participant_styles

__all__ = ["draw_presence", "presence_height_in"]

_ROW_IN = 0.28
_STATE_COLOURS = ("#e3e9f0", "#cbd6e2")
_HATCH = "////"
_FONT_PT = 8.0
# Width of a character at that size, and of the panel, in inches; both roughly.
_CHARACTER_IN = 0.066
_PANEL_IN = WIDTH_IN - 2.4


def presence_height_in(people: int) -> float:
    """Height of the strip in inches: a row for the states, and one for each participant."""
    return _ROW_IN * (people + 1)


def draw_presence(axes: Axes, story: Story, shown: Span) -> None:
    """A row for the states, then one for each participant; `shown` is what the time axis spans."""
    _draw_states(axes, story, shown)
    styles = participant_styles(len(story.people))
    for row, (person, style) in enumerate(zip(story.people, styles, strict=True), start=1):
        _draw_person(axes, row, person, style["color"])
    names = [
        f"{person.participant_id} (host)" if story.room.is_host(who) else person.participant_id
        for who, person in enumerate(story.people)
    ]
    axes.set_yticks(range(len(names) + 1), ["states", *names])
    axes.set_ylim(len(names) + 0.6, -0.6)
    axes.tick_params(axis="y", length=0)
    lost = Patch(facecolor="white", edgecolor=GREY, hatch=_HATCH, label="connection lost")
    key_above(axes, "Presence", [lost])


def _draw_states(axes: Axes, story: Story, shown: Span) -> None:
    """A block for each state with its name; with a number where the name does not fit, told below."""
    told_below = []
    for number, (state_id, span) in enumerate(story.states, start=1):
        colour = _STATE_COLOURS[number % 2]
        width_s = span.end_s - span.start_s
        axes.barh(0, width_s, left=span.start_s, height=0.9, color=colour, edgecolor="white")
        room_in = width_s / (shown.end_s - shown.start_s) * _PANEL_IN
        fits = len(state_id) * _CHARACTER_IN < room_in
        text = state_id if fits else str(number)
        axes.text(span.start_s + width_s / 2, 0, text, ha="center", va="center", fontsize=_FONT_PT)
        told_below += [] if fits else [f"{number} {state_id}"]
    if told_below:
        axes.set_xlabel(f"{axes.get_xlabel()}\nstates: {', '.join(told_below)}")


def _draw_person(axes: Axes, row: int, person: Person, colour: str) -> None:
    start_s, end_s = person.present
    axes.barh(row, end_s - start_s, left=start_s, height=0.6, color=colour)
    for gap in person.gaps:
        (lost,) = axes.barh(row, gap.end_s - gap.start_s, left=gap.start_s, height=0.6, color="white")
        lost.set(edgecolor=colour, hatch=_HATCH)
    beside = axes.get_yaxis_transform()
    axes.text(1.006, row, person.outcome, transform=beside, va="center", fontsize=_FONT_PT, color=GREY)
