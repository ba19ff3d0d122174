"""Where something stands in a JSON text: in which field, on which line, in which column.

Asked only once something is wrong, since it reads the text again, and more slowly than whoever read it first.
"""

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["CONSTANTS", "Place", "beyond_a_double", "places"]

# What some writers take for JSON, and what Python reads of it.
CONSTANTS = frozenset({"NaN", "Infinity", "-Infinity"})
_TOKENS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[][{}:,]|NaN|-?Infinity|-?\d[-+.\deE]*+', re.DOTALL)


# Names are the client's, and may be of any length.
_SHOWN_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a JSON text.

    Attributes:
        path: Names of fields and positions in lists, outermost first; empty for the whole.
        line: From 1.
        column: In characters, from 1, as the errors of Python's own reader have it.
    """

    path: tuple[str, ...]
    line: int
    column: int

    @property
    def at(self) -> str:
        """Line and column, in words."""
        return f"line {self.line} column {self.column}"

    def __str__(self) -> str:
        name = ".".join(self.path)
        shown = name if len(name) <= _SHOWN_CHARACTERS else name[:_SHOWN_CHARACTERS] + "…"
        return f"{self.at}, field {shown}" if self.path else self.at


def places(text: str, is_wanted: Callable[[str], bool]) -> Iterator[Place]:
    """Where the numbers and constants are that are wanted, in order.

    Args:
        text: JSON as far as places are asked for, but for `CONSTANTS`.
        is_wanted: Given a number or a constant as it is written.
    """
    # Of each object or list that is open: the name as it is written, or the position.
    path: list[str | int] = []
    string, line, line_start, seen = "", 1, 0, 0
    for match in _TOKENS.finditer(text):
        token = match[0]
        match token[0]:
            case '"':
                string = token
            case "{":
                path.append("")
            case "[":
                path.append(0)
            case "}" | "]":
                path.pop()
            case ":":
                path[-1] = string
            case ",":
                above = path[-1]
                path[-1] = above + 1 if isinstance(above, int) else above
            case _ if is_wanted(token):
                start = match.start()
                line += text.count("\n", seen, start)
                line_start = max(line_start, text.rfind("\n", seen, start) + 1)
                seen = start
                yield Place(tuple(map(_named, path)), line, start - line_start + 1)


def beyond_a_double(token: str) -> bool:
    """Is that a number beyond a double (about 1.8e308)?"""
    return token not in CONSTANTS and not math.isfinite(float(token))


def _named(step: str | int) -> str:
    return str(step) if isinstance(step, int) else str(json.loads(step))
