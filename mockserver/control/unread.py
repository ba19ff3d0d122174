"""Parameters of a query that no operation read, and what their sender most likely meant. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mockserver.control.bodies import resembling

__all__ = ["UnreadParameter", "explained"]

Reason = Literal["repeated", "other case", "brackets", "misspelt", "unknown"]


@dataclass(frozen=True, slots=True)
class UnreadParameter:
    """One of them.

    Attributes:
        resembles: The parameter that was probably meant; None where none is like it.
    """

    name: str
    reason: Reason
    resembles: str | None


def explained(name: str, known: Sequence[str]) -> UnreadParameter:
    """Why a parameter was not read.

    Args:
        known: The operation's parameters; one of these goes unread only where it is repeated: the first counts.
    """
    if name in known:
        return UnreadParameter(name, "repeated", name)
    bare = name.partition("[")[0]
    if bare != name and bare in known:
        return UnreadParameter(name, "brackets", bare)
    meant = resembling(bare or name, list(known))
    if meant is None:
        return UnreadParameter(name, "unknown", None)
    same = meant.lower() == name.lower()
    return UnreadParameter(name, "other case" if same else "misspelt", meant)
