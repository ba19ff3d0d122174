"""How long something takes, as somebody says it."""

from mockserver.simulation.talk.filling import Words, filled
from mockserver.simulation.talk.texts import Durations

__all__ = ["spoken_time"]


def spoken_time(seconds: float, durations: Durations) -> str:
    """`40 seconds`, `two minutes`, `an hour`: in seconds below 55, in minutes below 55, then in hours."""
    if seconds < 55:
        return _counted(max(5, round(seconds / 5) * 5), durations.seconds)
    minutes = round(seconds / 60)
    if minutes < 55:
        return _counted(minutes, durations.minutes)
    return _counted(round(minutes / 60), durations.hours)


def _counted(count: int, unit: Words) -> str:
    return filled(unit.get(str(count), unit["other"]), {"count": str(count)})
