"""The panel of the video sync: each viewer's drift, with stalls and seeks."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from mockserver.plots.story import Story
from mockserver.plots.style import GREY, key_above, line_width, participant_styles

__all__ = ["draw_drift"]

# Documented: up to the first the sync is excellent, above the second the engine seeks. In ms of drift.
_EXCELLENT_MS = 100
_SEEK_MS = 600
_TICKS_MS = (-2000, -1000, -600, -300, -100, -50, 0, 50, 100, 300, 600, 1000, 2000)
_ROOM_AROUND = 1.5
_THRESHOLDS = ((_EXCELLENT_MS, GREY, "excellent within"), (_SEEK_MS, "#b00020", "seek beyond"))


def draw_drift(axes: Axes, story: Story) -> None:
    """Lines of the drift in ms; linear as long as the sync is excellent, logarithmic beyond."""
    styles = participant_styles(len(story.people))
    axes.set_ylabel(f"time drift (ms)\nlogarithmic beyond ±{_EXCELLENT_MS}")
    axes.set_yscale("symlog", linthresh=_EXCELLENT_MS, linscale=1.2)
    for threshold_ms, colour, _ in _THRESHOLDS:
        for at_ms in (-threshold_ms, threshold_ms):
            axes.axhline(at_ms, color=colour, linestyle="--", linewidth=0.9)
    for line in story.drift:
        axes.plot(line.at_s, line.values, linewidth=line_width(line), **styles[line.seat])
    for mark in story.stalls:
        axes.add_line(_stall(styles[mark.seat]["color"], mark.at_s, mark.value))
    for mark in story.seeks:
        axes.add_line(_seek(styles[mark.seat]["color"], mark.at_s, mark.value))
    _scale(axes, story)
    keys = [_stall("black", label="stall begins (truth)"), _seek(GREY, label="seek")]
    for at_ms, colour, meaning in _THRESHOLDS:
        label = f"±{at_ms} ms: {meaning}"
        keys.append(Line2D([], [], color=colour, linestyle="--", linewidth=0.9, label=label))
    key_above(axes, "Drift of each viewer against the host", keys)


def _stall(colour: str, *at: float, label: str = "") -> Line2D:
    return _mark(at, label, marker="v", markersize=6, markerfacecolor="white", markeredgecolor=colour)


def _seek(colour: str, *at: float, label: str = "") -> Line2D:
    return _mark(at, label, marker="*", markersize=12, markerfacecolor=colour, markeredgecolor="black")


def _mark(at: Sequence[float], label: str, **looks: Any) -> Line2D:
    """A mark at (seconds, ms) above all lines; without a place it is one for the key."""
    return Line2D(at[:1], at[1:], linestyle="", label=label, zorder=3, **looks)


def _scale(axes: Axes, story: Story) -> None:
    """Both thresholds are always in sight."""
    # NaN, which is unequal to itself, stands in a line where it is broken.
    values = [value for line in story.drift for value in line.values if value == value]
    low = _ROOM_AROUND * min(-_SEEK_MS, *values, 0)
    high = _ROOM_AROUND * max(_SEEK_MS, *values, 0)
    # A tick at the very edge would stand in the way of the next panel.
    ticks = [tick for tick in _TICKS_MS if 0.8 * low <= tick <= 0.8 * high]
    axes.set_ylim(low, high)
    axes.set_yticks(ticks, [f"{tick:+d}".replace("-", "−") if tick else "0" for tick in ticks])
    axes.set_yticks([], minor=True)
