"""Draws a room's story: drift above, ratings in the middle, states and presence below, on one time axis.

Only `matplotlib.figure.Figure` is used, never pyplot: nothing global is made, and no display is needed.
"""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator

from mockserver.plots.drift import draw_drift
from mockserver.plots.presence import draw_presence, presence_height_in
from mockserver.plots.ratings import draw_ratings
from mockserver.plots.story import Span, Story
from mockserver.plots.style import PAUSE, WIDTH_IN, draw_nothing

__all__ = ["room_figure"]

_PANEL_IN = 3.2
_EMPTY_PANEL_IN = 0.5
_HEADINGS_IN = 1.6
_DPI = 120
# Longer stories are easier to read in minutes.
_MOST_S_IN_SECONDS = 1200
_TICK_STEPS_MIN = (5, 10, 20, 30, 60, 120)
_MOST_TICKS = 20


def room_figure(story: Story, title: str) -> Figure:
    """Draw the story; `title` may have several lines. Height grows with the number of participants."""
    heights_in = [
        _PANEL_IN if story.drift else _EMPTY_PANEL_IN,
        _PANEL_IN if story.ratings else _EMPTY_PANEL_IN,
        presence_height_in(len(story.people)),
    ]
    figure = Figure(figsize=(WIDTH_IN, sum(heights_in) + _HEADINGS_IN), dpi=_DPI, layout="constrained")
    panels = figure.subplots(3, 1, sharex=True, gridspec_kw={"height_ratios": heights_in})
    drift, ratings, presence = panels
    figure.suptitle(title, fontsize=11, parse_math=False)
    span = _shown(story)
    _scale_time(presence, span)
    if story.drift:
        draw_drift(drift, story)
        _draw_background(drift, story)
    else:
        draw_nothing(drift, "No sync data: nobody watches a video together with the host")
    if story.ratings:
        draw_ratings(ratings, story)
        _draw_background(ratings, story)
    else:
        draw_nothing(ratings, "No continuous ratings")
    draw_presence(presence, story, span)
    return figure


def _shown(story: Story) -> Span:
    """The stretch of time on the axis: the experiment, and what came before it for those it ended for."""
    end_s = max(person.present.end_s for person in story.people)
    start_s = min(person.present.start_s for person in story.people)
    if all(person.present.end_s > 0 for person in story.people):
        start_s = max(start_s, -0.04 * end_s)
    return Span(start_s, end_s + 0.01 * (end_s - start_s))


def _scale_time(axes: Axes, span: Span) -> None:
    """The time axis that all panels share; it is labelled below this one."""
    axes.set_xlim(*span)
    unit = "s"
    if span.end_s > _MOST_S_IN_SECONDS:
        unit = "min"
        fitting = [step for step in _TICK_STEPS_MIN if span.end_s / 60 / step <= _MOST_TICKS]
        axes.xaxis.set_major_locator(MultipleLocator(60 * (fitting or _TICK_STEPS_MIN[-1:])[0]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda at_s, _: f"{at_s / 60:g}"))
    axes.set_xlabel(f"onset: time since the experiment started ({unit})")


def _draw_background(axes: Axes, story: Story) -> None:
    """Pauses of the video, and where states begin."""
    for pause in story.pauses:
        axes.axvspan(*pause, color=PAUSE, zorder=0, linewidth=0)
    for _, span in story.states:
        axes.axvline(span.start_s, color="#d5d5d5", linewidth=0.8, zorder=0.5)
