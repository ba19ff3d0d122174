"""What can be wrong with an item, as values. A rejected item is no exception: it is a list of these.

Each says what broke a rule, not how that is told; the wording is made once, in `reasons.py`. A problem is
made where the value is looked at, which does not know where the value lies: whoever looked it up adds that.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Self

__all__ = [
    "HasNul",
    "Missing",
    "NotATimestamp",
    "NotOneOf",
    "OutOfRange",
    "Problem",
    "TooDeep",
    "TooLarge",
    "TooShort",
    "WrongSum",
    "WrongType",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One broken rule. `path` leads to the value, name by name as the client spells them."""

    path: tuple[str, ...] = ()

    def under(self, parent: str) -> Self:
        """The same problem, seen from the object that holds the value as `parent`."""
        placed: Self = _under(self, parent)
        return placed


# A batch that is wrong is mostly wrong in one way.
@lru_cache(maxsize=1024)
def _under(problem: Problem, parent: str) -> Any:
    return replace(problem, path=(parent, *problem.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing(Problem):
    """A required field is absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongType(Problem):
    """The value is of another JSON type than `expected` (string, number, integer, object, array)."""

    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotOneOf(Problem):
    """The string is none of the `allowed` ones, which are in documented order."""

    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotATimestamp(Problem):
    """The string is no ISO 8601 timestamp."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfRange(Problem):
    """The number lies outside `low` to `high`, both included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TooDeep(Problem):
    """The value nests deeper than the `levels` that can be shown again."""

    levels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLarge(Problem):
    """The number is beyond what can be kept: a double, or an integer of 4300 digits.

    Attributes:
        at: Its line and column in the body; empty where nobody has looked.
    """

    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TooShort(Problem):
    """The string is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HasNul(Problem):
    """The string has a NUL, which no id has and not every database keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongSum(Problem):
    """The emotion scores sum to `total`, which is further than `tolerance` from 1."""

    total: float
    tolerance: float
