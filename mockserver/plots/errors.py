"""What can be wrong with the wish for a plot."""

from mockserver.words.errors import MockserverError

__all__ = ["PlotError"]


class PlotError(MockserverError):
    """There is nothing to plot, nothing to plot it with, or nowhere to write it to."""
