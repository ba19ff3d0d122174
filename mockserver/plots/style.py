"""Colours, widths and keys that the panels of a plot have in common."""

from collections.abc import Sequence
from itertools import product
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes

from mockserver.plots.story import Line

__all__ = ["GREY", "PAUSE", "WIDTH_IN", "draw_nothing", "key_above", "line_width", "participant_styles"]

WIDTH_IN = 13.0
GREY = "#777777"
PAUSE = "#f3e7c8"
# Okabe and Ito's colours, which most people with a colour vision deficiency tell apart; yellow is too pale
# for lines on white and gave way to a brown.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A4B12", "#222222")
_DASHES = ("-", "--", ":", "-.")
# Longer lines go up and down so often that only thin ones can be told apart.
_LONG_S = 1200


def participant_styles(count: int) -> list[dict[str, Any]]:
    """A colour for each participant, with other dashes when the colours have run out."""
    styles = [{"color": colour, "linestyle": dashes} for dashes, colour in product(_DASHES, _COLOURS)]
    return [styles[who % len(styles)] for who in range(count)]


def line_width(line: Line) -> float:
    """Width of a participant's line, in points."""
    return 1.1 if line.at_s[-1] - line.at_s[0] < _LONG_S else 0.5


def key_above(axes: Axes, heading: str, handles: Sequence[Artist]) -> None:
    """What the panel is about, and its key: above the panel, where it hides no data."""
    axes.set_title(heading, loc="left", fontsize=10, fontweight="bold")
    axes.legend(
        handles=list(handles),
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=len(handles),
        frameon=False,
        fontsize=9,
        borderaxespad=0.1,
    )


def draw_nothing(axes: Axes, text: str) -> None:
    """A panel that has nothing to show says so."""
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=GREY)
    axes.set_yticks([])
