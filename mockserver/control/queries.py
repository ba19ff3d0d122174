"""Queries of control requests. Every parameter is checked, of every operation: one that does nothing would mislead."""

from collections.abc import Mapping, Sequence

from mockserver.control.errors import ControlError
from mockserver.door.query import Query, meant_by
from mockserver.words.whole_numbers import in_digits, lies_within, read_digits

__all__ = ["check_query", "whole_number"]


def check_query(query: Query, declared: Sequence[str]) -> None:
    """Refuse a parameter that says nothing.

    Args:
        declared: The operation's parameters.

    Raises:
        ControlError: One is unknown, empty, given twice, or with brackets.
    """
    if query.unread:
        name = query.unread[0]
        meant = meant_by(name, declared)
        did_you_mean = f" Did you mean {meant}?" if meant else ""
        known = f"Known are {', '.join(declared)}" if declared else "There are none here"
        raise ControlError(f"Unknown parameter {name[:40]!r}.{did_you_mean} {known}")
    if query.misused:
        raise ControlError(query.misused.message)
    empty = next((name for name, value in query.arguments.items() if not value), None)
    if empty is not None:
        raise ControlError(f"{empty} is empty: give it a value, or leave it out")


def whole_number(sent: Mapping[str, str], name: str, least: int, most: int, default: int) -> int:
    """A parameter that is a whole number, written with digits alone.

    Raises:
        ControlError: It is not, or lies outside `least` to `most`.
    """
    text = sent.get(name, str(default))
    number = read_digits(text)
    if number is not None and lies_within(number, least, most):
        return number
    expected = f"expected a whole number from {least} to {most}. {in_digits(text, least, most)}".rstrip(". ")
    raise ControlError(f"Invalid {name} {text[:40]!r}: {expected}")
