"""Parameters of a query that no operation read, and what their sender most likely meant. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mockserver.door.query import meant_by

__all__ = ["UnreadParameter", "explained"]

Reason = Literal["other case", "misspelt", "unknown"]


@dataclass(frozen=True, slots=True)
class UnreadParameter:
    """One of them.

    Attributes:
        resembles: The parameter that was probably meant; None where none is like it.
    """

    name: str
    reason: Reason
    resembles: str | None


def explained(name: str, declared: Sequence[str]) -> UnreadParameter:
    """Why a parameter was not read.

    Args:
        declared: The operation's parameters.
    """
    meant = meant_by(name, declared)
    if meant is None:
        return UnreadParameter(name, "unknown", None)
    same = meant.lower() == name.lower()
    return UnreadParameter(name, "other case" if same else "misspelt", meant)
