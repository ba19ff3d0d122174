"""The words for what is wrong: the only place that makes the text of a rejection.

Source: the wording of a missing field is that of the ingestion page (documented); the others are inferred in its
style.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from mockserver.ingestion.problems import (
    HasNul,
    Missing,
    NotATimestamp,
    NotOneOf,
    OutOfRange,
    Problem,
    TooDeep,
    TooLarge,
    TooShort,
    WrongSum,
    WrongType,
)
from mockserver.ingestion.rules import Rule
from mockserver.words.fidelity import Fidelity

__all__ = ["WORDINGS", "reason_text"]

# A problem of each kind that an item can have, and how well founded its wording is.
_SAMPLES: Sequence[tuple[Problem, Fidelity]] = (
    (Missing(path=("NAME",)), "documented"),
    (WrongType(expected="object"), "inferred"),
    (WrongType(path=("NAME",), expected="TYPE"), "inferred"),
    (NotOneOf(path=("NAME",), allowed=("A", "B")), "inferred"),
    (NotATimestamp(path=("NAME",)), "inferred"),
    (OutOfRange(path=("NAME",), low=0, high=1), "inferred"),
    (WrongSum(total=1.37, tolerance=0.05), "inferred"),
    (TooLarge(path=("NAME",), at="line 1 column 57"), "inferred"),
    (TooDeep(levels=250), "inferred"),
)


def reason_text(problems: Iterable[Problem], whole: str = "Item") -> str:
    """All problems in one line, in the given order.

    Args:
        problems: In schema order.
        whole: What a problem without a path is about.
    """
    return "; ".join(_text(problem, whole) for problem in problems)


def _text(problem: Problem, whole: str) -> str:
    name = ".".join(problem.path)
    match problem:
        case Missing():
            return f"Missing required field: {name}"
        case WrongType(path=(), expected=expected):
            return f"{whole} must be an {expected}"
        case WrongType(expected=expected):
            return f"Invalid type for {name}: expected {expected}"
        case NotOneOf(allowed=allowed):
            return f"Invalid value for {name}: expected one of {', '.join(allowed)}"
        case TooDeep(levels=levels):
            return f"{whole} nests deeper than {levels} levels"
        case TooLarge(at=at):
            place = f" ({at})" if at else ""
            return f"Value too large for {name}: expected at most 1.8e308, or 4300 digits{place}"
        case TooShort():
            return f"Invalid value for {name}: expected a non-empty string"
        case HasNul():
            return f"Invalid value for {name}: expected a string without NUL"
        case NotATimestamp():
            return f"Invalid {name}: expected ISO 8601"
        case OutOfRange(low=low, high=high):
            return f"Value out of range for {name}: expected {low} to {high}"
        case WrongSum(total=total, tolerance=tolerance):
            return f"Emotion scores must sum to approximately 1.0 (got {_shown_sum(total, tolerance)})"
    raise TypeError(f"no wording for {problem!r}")


def _shown_sum(total: float, tolerance: float) -> str:
    """Two decimals, or as many as it takes to see why the sum was refused: 0.9499 is not 0.95."""
    if abs(total) > 1e6:
        return f"{total:.2e}"
    written = (f"{total:.{decimals}f}" for decimals in range(2, 17))
    return next((text for text in written if abs(Decimal(text) - 1) > Decimal(str(tolerance))), f"{total:.17f}")


WORDINGS: Sequence[Rule] = (
    *(Rule(f"`{reason_text([problem])}`", fidelity) for problem, fidelity in _SAMPLES),
    Rule("several problems of one item are joined by `; `, in the order of the schema"),
    Rule("a field within another is named with dots, such as `viewport.width`"),
)
