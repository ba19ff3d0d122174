"""Writes the plot of a room to a file: the same world and room give the same bytes."""

from io import BytesIO
from pathlib import Path

from mockserver.plots.choice import chosen_room, named_room
from mockserver.plots.errors import PlotError
from mockserver.plots.story import Story, room_story
from mockserver.simulation.story.rooms import RoomRef
from mockserver.simulation.world import World

__all__ = ["check_can_plot", "write_plot"]

_SUFFIXES = (".png", ".svg")
# What stands in a file besides the picture: neither the date nor the version of the library.
_METADATA = {".png": {"Software": None}, ".svg": {"Date": None, "Creator": "mockserver"}}


def check_can_plot(out: Path) -> None:
    """Find out before any work is done whether the plot can be drawn, and into such a file.

    Raises:
        PlotError: Matplotlib is not installed, or the file's name says no format that we write.
    """
    if out.suffix.lower() not in _SUFFIXES:
        raise PlotError(f"--out: {str(out)!r}: expected a file name that ends in {' or '.join(_SUFFIXES)}")
    try:
        import matplotlib  # noqa: F401, PLC0415 - optional
    except ImportError:
        raise PlotError(
            "plots need matplotlib: run pip install matplotlib in the environment that mockserver runs in"
        ) from None


def write_plot(world: World, out: Path, room_id: str | None = None) -> str:
    """Plot one room of the world.

    Args:
        out: Where to write; its suffix says whether a PNG or an SVG.
        room_id: Which room; None chooses the first that has sync data and ratings.

    Returns:
        What was plotted, in a line.

    Raises:
        PlotError: As for `check_can_plot`; or there is no such room, no room at all, or no writing there.
    """
    check_can_plot(out)
    if room_id is None:
        room, why = chosen_room(world)
    else:
        room, why = named_room(world, room_id), ""
    what = f"{room.room_id} of {room.experiment_id}" + (f" ({why})" if why else "")
    picture = _picture(room_story(world, room), _title(world, room, why), out.suffix.lower())
    try:
        out.write_bytes(picture)
    except OSError as error:
        raise PlotError(f"--out: {str(out)!r} cannot be written: {error.strerror}") from None
    return what


def _title(world: World, room: RoomRef, why: str) -> str:
    of = f"room {room.index + 1} of {len(world.rooms(room.experiment_id))}"
    first = [world.scenario.name, room.experiment_id, room.room_id, f"seed {world.seed}"]
    second = [of, f"condition {room.condition}", *([why] if why else [])]
    return f"{' · '.join(first)}\n{' · '.join(second)}"


def _picture(story: Story, title: str, suffix: str) -> bytes:
    import matplotlib  # noqa: PLC0415 - optional

    from mockserver.plots.figure import room_figure  # noqa: PLC0415 - needs the optional library

    # Neither somebody's own matplotlib settings nor chance may change the picture; all is put back after.
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams["svg.hashsalt"] = "mockserver"
        figure, written = room_figure(story, title), BytesIO()
        figure.savefig(written, format=suffix[1:], metadata=_METADATA[suffix])
    return written.getvalue()
