"""The panel of the continuous ratings, with the latent curve that the participants share."""

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from mockserver.plots.story import Story
from mockserver.plots.style import PAUSE, key_above, line_width, participant_styles

__all__ = ["draw_ratings"]

_CURVE = "#c4c4c4"
_CURVE_WIDTH = 4.5


def draw_ratings(axes: Axes, story: Story) -> None:
    """Lines of the ratings from 0 to 1, over the shared curve."""
    styles = participant_styles(len(story.people))
    axes.set_ylabel("continuous rating\n(0 to 1)")
    axes.set_ylim(-0.03, 1.03)
    for line in story.shared:
        width = _CURVE_WIDTH * line_width(line)
        axes.plot(line.at_s, line.values, color=_CURVE, linewidth=width, solid_capstyle="round", zorder=1.5)
    for line in story.ratings:
        axes.plot(line.at_s, line.values, linewidth=line_width(line), **styles[line.seat])
    curve = "shared feeling (truth), at the mean level and spread"
    key_above(
        axes,
        "Ratings of each participant",
        [
            Line2D([], [], color=_CURVE, linewidth=_CURVE_WIDTH, label=curve),
            Patch(color=PAUSE, label="video paused for a sparse rating"),
        ],
    )
