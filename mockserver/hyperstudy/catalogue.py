"""The table of data types: routes, checks, parameters and labels are all derived from it.

To add a data type: make its records in `simulation`, its shape in `shapes.py`, and a row here.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from mockserver.hyperstudy.shapes import SHAPES, Fidelity, Shape
from mockserver.simulation.attendance import COMPLETION_CODES
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
        scope: What a key must have. levels: at which it can be asked for.
        sorts: Sort parameter to what the simulation sorts by; the first is the default.
        windowed: Its records can be averaged (`aggregationWindow`).
        fidelity: How well founded the endpoint is. scope_fidelity: the same of its scope, where that differs.
    """

    name: DataType
    scope: str
    sorts: dict[str, str]
    filters: tuple[Filter, ...] = ()
    levels: tuple[Scope, ...] = SCOPES
    windowed: bool = False
    fidelity: Fidelity = "documented"
    scope_fidelity: Fidelity | None = None
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
_CODE = Filter("completionCode", "completion_code", {code: code for code in COMPLETION_CODES})
_BY_TIME = {"timestamp": "at", "onset": "onset"}
_BY_START = {"startTime": "at", "timestamp": "at", "onset": "onset"}
_BY_PERSON = {
    "joinedAt": "joined_ms",
    "completedAt": "completed_ms",
    "id": "id",
    "email": "email",
    "role": "role",
    "status": "status",
    "completionCode": "completion_code",
}
_BY_ROOM = {"createdAt": "created_ms", "startedAt": "started_ms", "id": "id", "status": "status"}

CATALOGUE: tuple[DataTypeRow, ...] = (
    DataTypeRow("events", "read:events", _BY_TIME, (_CATEGORY,)),
    DataTypeRow("recordings", "read:recordings", _BY_START),
    DataTypeRow("chat", "read:chat", _BY_TIME),
    DataTypeRow("videochat", "read:videochat", _BY_TIME),
    DataTypeRow("ratings/continuous", "read:ratings", _BY_TIME),
    DataTypeRow("ratings/sparse", "read:ratings", _BY_TIME),
    DataTypeRow("sync", "read:sync", _BY_TIME, windowed=True),
    DataTypeRow("components", "read:components", _BY_TIME, (_COMPONENT_TYPE, _COMPLETED, _STATE)),
    DataTypeRow("eyetracking", "read:events", _BY_TIME, fidelity="observed", scope_fidelity="inferred"),
    DataTypeRow("participants", "read:events", _BY_PERSON, (_CODE,), ("experiment", "room")),
    DataTypeRow("rooms", "read:events", _BY_ROOM, (), ("experiment",)),
)
