"""The table of data types: routes, checks, parameters and labels are all derived from it.

To add a data type: make its records in `simulation`, its shape in `shapes.py`, and a row here.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from mockserver.hyperstudy.shapes import SHAPES, Fidelity, Shape
from mockserver.simulation.events import CATEGORIES
from mockserver.simulation.scenario import COMPONENTS
from mockserver.simulation.world import DataType

__all__ = ["CATALOGUE", "DataTypeRow", "Filter", "SCOPES", "Scope"]

Scope = Literal["experiment", "room", "participant"]
SCOPES: tuple[Scope, ...] = ("experiment", "room", "participant")


@dataclass(frozen=True)
class Filter:
    """A query parameter that keeps only records with one value.

    Attributes:
        parameter: Its name in the query. attribute: the record's field it is compared with.
        values: What may be asked for, as text, to the value it means; None lets any text through.
    """

    parameter: str
    attribute: str
    values: dict[str, Any] | None = None


@dataclass(frozen=True)
class DataTypeRow:
    """One data type.

    Attributes:
        scope: What a key must have. sorts: the sort fields, the default first; `onset` sorts by onset,
            any other by the record's instant.
        fidelity: How well founded the endpoint is.
    """

    name: DataType
    scope: str
    sorts: tuple[str, ...]
    filters: tuple[Filter, ...] = ()
    fidelity: Fidelity = "documented"
    shape: Shape = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", SHAPES[self.name])


_CATEGORY = Filter("category", "category", {name: name for name in CATEGORIES})
# The client's builders write component types in lower case; both are understood (inferred).
_COMPONENT_TYPE = Filter(
    "componentType",
    "component_type",
    {text: name for name in (*COMPONENTS, "ContinuousRating") for text in (name, name.lower())},
)
_COMPLETED = Filter("completed", "completed", {"true": True, "false": False})
_STATE = Filter("stateId", "state_id")
_BY_TIME = ("timestamp", "onset")

CATALOGUE: tuple[DataTypeRow, ...] = (
    DataTypeRow("events", "read:events", _BY_TIME, (_CATEGORY,)),
    DataTypeRow("recordings", "read:recordings", ("startTime", "timestamp", "onset")),
    DataTypeRow("chat", "read:chat", _BY_TIME),
    DataTypeRow("ratings/continuous", "read:ratings", _BY_TIME),
    DataTypeRow("ratings/sparse", "read:ratings", _BY_TIME),
    DataTypeRow("sync", "read:sync", _BY_TIME),
    DataTypeRow("components", "read:components", _BY_TIME, (_COMPONENT_TYPE, _COMPLETED, _STATE)),
)
