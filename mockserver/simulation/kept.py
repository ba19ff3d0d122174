"""What was made last, made once however many threads ask for it at once, and forgotten again."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

__all__ = ["Kept"]

V = TypeVar("V")


class Kept:
    """Values under keys, those that were asked for last.

    A value is made outside of the lock, so others are made and found meanwhile. Making one may ask for others, here
    and in other caches, as long as nothing is made of itself: a plan, then its records, then a dataset of them.

    Args:
        most: How much is kept, in whatever `weigh` counts; the last value is kept whatever it weighs.
    """

    def __init__(self, most: int, weigh: Callable[[Any], int] = lambda value: 1) -> None:
        self._most = most
        self._weigh = weigh
        self._weight = 0
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._being_made: dict[Hashable, Future[Any]] = {}
        self._lock = threading.Lock()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._values

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value under the key, made if it is not there; who asks while another thread makes it waits for that.

        Raises:
            BaseException: What `make` raised, to all who waited for it. It is not kept: who asks next tries again.
        """
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                found: V = self._values[key]
                return found
            awaited = self._being_made.get(key)
            if awaited is None:
                mine = self._being_made[key] = Future[V]()
        if awaited is not None:
            made: V = awaited.result()
            return made
        return self._make(key, make, mine)

    def _make(self, key: Hashable, make: Callable[[], V], outcome: "Future[V]") -> V:
        try:
            value = make()
            weight = self._weigh(value)
        except BaseException as error:
            with self._lock:
                del self._being_made[key]
            outcome.set_exception(error)
            raise
        with self._lock:
            del self._being_made[key]
            self._values[key] = value
            self._weight += weight
            while self._weight > self._most and len(self._values) > 1:
                _, oldest = self._values.popitem(last=False)
                self._weight -= self._weigh(oldest)
        outcome.set_result(value)
        return value
