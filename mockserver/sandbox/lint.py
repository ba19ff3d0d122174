"""What was legal in requests and looks wrong all the same: each kind once, with how often it came.

What the lint finds in batches is stored with them; this is about requests, and lives and ends as the journal does.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["MOST_KINDS", "RequestLint", "RequestWarning"]

# More kinds than this nobody reads, and somebody who sends made-up names must not fill the memory or the log.
MOST_KINDS = 500
# Names that agree so far are one kind.
_COMPARED_LETTERS = 100
_log = logging.getLogger("mockserver.lint")


@dataclass(slots=True)
class RequestWarning:
    """One kind of oddity.

    Attributes:
        operation_id: Of the requests.
        rule: What is odd, a word for programs.
        message: For people.
        found_at_ms: When it came first, in the time that clients live in, ms since the epoch.
        times: How many requests had it.
    """

    operation_id: str
    rule: str
    message: str
    found_at_ms: int
    times: int = 1


class RequestLint:
    """The warnings about the requests of one sandbox; safe between threads."""

    def __init__(self) -> None:
        self._warnings: dict[tuple[str, str, str], RequestWarning] = {}
        self._kinds: Counter[str] = Counter()
        self._lock = threading.Lock()

    def warnings(self) -> list[RequestWarning]:
        """One for each kind, in the order in which they came first."""
        with self._lock:
            return list(self._warnings.values())

    def tell(self, operation_id: str, rule: str, name: str, explain: Callable[[], str], now_ms: int) -> None:
        """Count a request in. Only a kind's first one is logged, and none once a rule has `MOST_KINDS` of them.

        Args:
            name: Of what is odd, such as a parameter's.
            explain: Says what is odd, for a new kind.
            now_ms: The time that clients live in.
        """
        kind = operation_id, rule, name[:_COMPARED_LETTERS]
        with self._lock:
            known = self._warnings.get(kind)
            if known is not None:
                known.times += 1
                return
            self._kinds[rule] += 1
            if self._kinds[rule] <= MOST_KINDS:
                message = explain()
                self._warnings[kind] = RequestWarning(operation_id, rule, message, now_ms)
            elif self._kinds[rule] == MOST_KINDS + 1:
                message = f"{MOST_KINDS} kinds of odd requests were told; of others, only the journal tells"
            else:
                return
        _log.warning("%s", message)
