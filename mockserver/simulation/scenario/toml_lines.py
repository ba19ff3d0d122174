"""Where in a TOML file a value stands. `tomllib` reads values and forgets their lines.

This is no second parser: it walks over text that `tomllib` has accepted, and only has to tell apart what
a key is, what a string hides, and where a value ends. Should it lose its way, it stops; what comes later
is then found at the line of the nearest table that was seen.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

__all__ = ["Repetition", "Steps", "line_of", "repetition", "toml_lines"]

# The way to a value: keys of tables and places in lists, from 0.
Steps = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r""""(?:\\.|[^"\\\n])*"|'[^'\n]*'|[A-Za-z0-9_-]+""")
# Up to two quotes may stand directly before the three that close a string of many lines.
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'", re.DOTALL)
_PLAIN = re.compile(r"[^,\]}#\n]+")


class Repetition(NamedTuple):
    """A key or a table's header that stands in a text a second time.

    Attributes:
        first, second: The lines, from 1.
    """

    steps: Steps
    first: int
    second: int


def toml_lines(text: str) -> dict[Steps, int]:
    """The line, from 1, of every table, key and list element of a text that is TOML.

    A table is where its header stands, or where it is first named when it has none.
    """
    walk = _Walk(text)
    walk.through_file()
    return walk.lines


def repetition(text: str) -> Repetition | None:
    """The first key or header that is there twice, which TOML forbids; None if there is none.

    Rarer ways to say something twice are not seen, such as a table once by its header and once by its keys' dots.
    """
    walk = _Walk(text)
    walk.through_file()
    return walk.repetition


def line_of(lines: Mapping[Steps, int], where: Sequence[str | int]) -> int:
    """The line of a value; of what holds it, where the value itself is not there."""
    steps = tuple(where)
    while steps not in lines:
        steps = steps[:-1]
    return lines[steps]


class _LostError(Exception):
    """The text is not what was expected."""


class _Walk:
    """One pass over the text. `lines` grows; `at` is where it stands."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Steps, int] = {(): 1}
        self.repetition: Repetition | None = None
        # Values that are complete, and tables that had their header: the lines of both.
        self._values: dict[Steps, int] = {}
        self._headers: dict[Steps, int] = {}
        self._text = text
        self._at = 0
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        # How many elements each array of tables has so far.
        self._elements: dict[Steps, int] = {}

    def through_file(self) -> None:
        table: Steps = ()
        try:
            while self._skip(_BLANK) < len(self._text):
                if self._text[self._at] == "[":
                    table = self._header()
                else:
                    self._pair(table)
        except _LostError:
            return

    def _skip(self, pattern: re.Pattern[str]) -> int:
        """Go on past what fits the pattern, if anything does; where that is."""
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at

    def _take(self, pattern: re.Pattern[str]) -> str:
        start = self._at
        if self._skip(pattern) == start:
            raise _LostError
        return self._text[start : self._at]

    def _next_is(self, mark: str) -> bool:
        """Go on past the mark if it comes next."""
        found = self._text.startswith(mark, self._at)
        self._at += len(mark) if found else 0
        return found

    def _expect(self, mark: str) -> None:
        if not self._next_is(mark):
            raise _LostError

    @property
    def _line(self) -> int:
        return bisect_right(self._starts, self._at)

    def _note(self, steps: Steps, line: int) -> None:
        """Keep the line of a value and, unless they were seen before, of the tables on the way to it."""
        for length in range(1, len(steps) + 1):
            self.lines.setdefault(steps[:length], line)

    def _again(self, steps: Steps, first: int | None, line: int) -> None:
        """Keep that something is there twice, if it is, and if nothing was before."""
        for length in range(1, len(steps)):
            if first is None and steps[:length] in self._values:
                steps, first = steps[:length], self._values[steps[:length]]
        if first is not None and self.repetition is None:
            self.repetition = Repetition(steps, first, line)

    def _header(self) -> Steps:
        line = self._line
        self._expect("[")
        is_element = self._next_is("[")
        keys = self._keys()
        self._expect("]]" if is_element else "]")
        steps = (*self._inside_arrays(keys[:-1]), keys[-1])
        if is_element:
            number = self._elements.get(steps, 0)
            self._elements[steps] = number + 1
            steps = (*steps, number)
        self._again(steps, self._headers.get(steps, self._values.get(steps)), line)
        self._headers[steps] = line
        self._note(steps, line)
        # A header says more than a deeper one that merely named this table.
        self.lines[steps] = line
        return steps

    def _inside_arrays(self, keys: Steps) -> Steps:
        """A header that leads through an array of tables means the array's last element."""
        steps: Steps = ()
        for key in keys:
            steps = (*steps, key)
            if steps in self._elements:
                steps = (*steps, self._elements[steps] - 1)
        return steps

    def _pair(self, table: Steps) -> None:
        line = self._line
        steps = (*table, *self._keys())
        self._again(steps, self.lines.get(steps), line)
        self._note(steps, line)
        self._expect("=")
        self._value(steps)
        self._values.setdefault(steps, line)

    def _keys(self) -> Steps:
        keys: list[str] = []
        while not keys or self._next_is("."):
            self._skip(_SPACE)
            part = self._take(_KEY)
            keys.append(tomllib.loads(f"key = {part}")["key"] if part[0] in "\"'" else part)
            self._skip(_SPACE)
        return tuple(keys)

    def _value(self, steps: Steps) -> None:
        self._skip(_SPACE)
        if self._next_is("["):
            self._members("]", steps, pairs=False)
        elif self._next_is("{"):
            self._members("}", steps, pairs=True)
        elif not self._text.startswith(("'", '"'), self._at):
            self._take(_PLAIN)
        else:
            self._take(_STRING)

    def _members(self, end: str, steps: Steps, *, pairs: bool) -> None:
        """What stands in a list, or (as pairs) in a table within a line."""
        number = 0
        self._skip(_BLANK)
        while not self._next_is(end):
            if pairs:
                self._pair(steps)
            else:
                self._note((*steps, number), self._line)
                self._value((*steps, number))
            number += 1
            self._skip(_BLANK)
            if self._next_is(","):
                self._skip(_BLANK)
            elif not self._text.startswith(end, self._at):
                raise _LostError
