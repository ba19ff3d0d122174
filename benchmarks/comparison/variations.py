"""How one question becomes endless ones: each request of a load asks for, or sends, what no other did.

A variation knows both sides: the Lua by which `wrk` makes request number n, and the right answer to it.
"""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["CSV", "JSON", "NUMBER", "NewPages", "NewSessions", "Variation", "Window", "head_and_records", "quoted"]

JSON = "json"
CSV = "csv"
# Stands in the body of a batch where each request has a number of its own.
NUMBER = "@number@"

# Each request names another instant, long before the first record: all are legal, and none is ever repeated.
PAGES = """
local first, count = {{{firsts}}}, {{{counts}}}

function request()
  number = number + 1
  local place = number % #first + 1
  local offset = first[place] + math.floor(number / #first) % count[place]
  local start = os.date("!%Y-%m-%dT%H:%M:%S", math.floor(number / 1000)) .. string.format(".%03dZ", number % 1000)
  return wrk.format(nil, string.format("{target}&offset=%d&startTime=%s", offset, start))
end
"""
SESSIONS = """
local before, after = {before}, {after}

function request()
  number = number + 1
  return wrk.format(nil, nil, nil, before .. string.format("%d", number) .. after)
end
"""


class Variation(Protocol):
    """What makes each request a new one."""

    def lua(self, target: str) -> str:
        """The function `request` of a script, which counts in `number`.

        Args:
            target: Path and query of the case.
        """

    def is_right(self, answer: str, number: int) -> bool:
        """Is it the right answer to a request of this number?"""


@dataclass(frozen=True)
class Window:
    """A stretch of a list, from which pages are cut.

    Attributes:
        offset: Where it begins in the list.
        records: What stands there: JSON values, or rows of cells.
    """

    offset: int
    records: Sequence[Any]


@dataclass(frozen=True)
class NewPages:
    """Pages that nobody asked for before, of the same list.

    Attributes:
        size: Records of a page.
        windows: Where the pages lie; pages of all windows take turns.
        form: JSON or CSV.
        head: The names of the columns, in CSV.
    """

    size: int
    windows: Sequence[Window]
    form: str = JSON
    head: Sequence[str] = ()

    def lua(self, target: str) -> str:
        """Each request has an `offset` within a window, and a `startTime` of its own."""
        firsts = ", ".join(str(window.offset) for window in self.windows)
        counts = ", ".join(str(self._pages(window)) for window in self.windows)
        return PAGES.format(firsts=firsts, counts=counts, target=target.replace("%", "%%"))

    def is_right(self, answer: str, number: int) -> bool:
        """Are its records those of the page?"""
        return head_and_records(answer, self.form) == (tuple(self.head), self.records(number))

    def records(self, number: int) -> list[Any]:
        """What the page of a request holds."""
        window = self.windows[number % len(self.windows)]
        first = number // len(self.windows) % self._pages(window)
        return list(window.records[first : first + self.size])

    def _pages(self, window: Window) -> int:
        return max(1, len(window.records) - self.size)


@dataclass(frozen=True)
class NewSessions:
    """Batches that did not arrive before: the same items, each time of another session.

    Attributes:
        body: What is sent, with NUMBER in the place of the request's number.
        verdict: The JSON value that has to come back, as text with NUMBER in the same sense.
    """

    body: str
    verdict: str

    def lua(self, target: str) -> str:
        """Each request sends the body with its own number."""
        before, _, after = self.body.partition(NUMBER)
        return SESSIONS.format(before=quoted(before), after=quoted(after))

    def is_right(self, answer: str, number: int) -> bool:
        """Is it the verdict, of the right session?"""
        try:
            return bool(json.loads(answer) == json.loads(self.verdict.replace(NUMBER, str(number))))
        except ValueError:
            return False


def quoted(text: str) -> str:
    """A Lua string that says the text as it is."""
    return f"[========[{text}]========]"


def head_and_records(answer: str, form: str) -> tuple[tuple[str, ...], list[Any]] | None:
    """The names of the columns, which only CSV has, and the records; None if it is no such answer."""
    if form == CSV:
        rows = list(csv.reader(io.StringIO(answer, newline="")))
        return (tuple(rows[0]), rows[1:]) if rows else None
    try:
        value = json.loads(answer)
    except ValueError:
        return None
    return ((), value["data"]) if isinstance(value, dict) and isinstance(value.get("data"), list) else None
