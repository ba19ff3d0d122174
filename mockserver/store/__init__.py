"""What clients wrote, a store for each sandbox: in Python lists, or in a database where there is a URL of one.

`interface.py` says what both do. Knows neither Flask nor the emulated APIs; only a sandbox's study writes here.
"""

from mockserver.store.interface import Arrivals, LookOver, Store, Stores
from mockserver.store.opening import open_stores
from mockserver.store.values import Document, History, IngestedItem, LoggedWarning, NewItems, NewWarning

__all__ = [
    "Arrivals",
    "Document",
    "History",
    "IngestedItem",
    "LoggedWarning",
    "LookOver",
    "NewItems",
    "NewWarning",
    "Store",
    "Stores",
    "open_stores",
]
