"""An experiment as a whole: its rooms, and what each of them is asked with."""

from collections.abc import Sequence
from dataclasses import dataclass

from mockserver.check.discovery import Discovery
from mockserver.check.reader import Reader, data_path
from mockserver.check.tables import KINDS

__all__ = ["Survey", "served_types"]


@dataclass(frozen=True, slots=True)
class Survey:
    """One experiment.

    Attributes:
        room_ids: All of its rooms. looked_at: those that the run looks into.
        data_types: What the server serves of it.
    """

    reader: Reader
    discovery: Discovery
    experiment_id: str
    room_ids: Sequence[str]
    looked_at: Sequence[str]
    data_types: Sequence[str]


def served_types(reader: Reader, experiment_id: str) -> list[str]:
    """The data types that rules can look at: all that must be there, and the optional ones that are."""
    return [
        data_type
        for data_type, kind in KINDS.items()
        if not kind.optional
        or reader.optional(data_path(data_type, "experiment", experiment_id), {"limit": 1}) is not None
    ]
