"""The study that a sandbox serves: the simulated world, and what clients created, changed, launched and wrote.

Knows neither HTTP nor SQL. `study.py` is the one object that requests ask; nobody else writes to a store. What it is
handed and hands out of ingestion is named here, so that nobody above it needs to know the store.
"""

from mockserver.sandbox.study.study import Study
from mockserver.sandbox.study.written_events import ValueAsText
from mockserver.store import History, IngestedItem, LoggedWarning, NewItems, NewWarning

__all__ = ["History", "IngestedItem", "LoggedWarning", "NewItems", "NewWarning", "Study", "ValueAsText"]
