"""The study that a run serves: the simulated world, and what clients created, changed, launched and wrote.

Knows neither HTTP nor SQL. `study.py` is the one object that requests ask; it hands out immutable worlds.
"""

from mockserver.sandbox.study.study import Study

__all__ = ["Study"]
