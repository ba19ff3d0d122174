"""The table of data types: routes, checks, parameters and labels are all derived from it.

To add a data type: make its records in `simulation`, its shape in `shapes.py`, and a row here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from mockserver.hyperstudy.shape import Shape
from mockserver.hyperstudy.shapes import SHAPES
from mockserver.simulation.records.attendance import COMPLETION_CODES
from mockserver.simulation.records.events import CATEGORIES
from mockserver.simulation.scenario.specs import COMPONENTS
from mockserver.simulation.world import DataType
from mockserver.words.fidelity import Fidelity, shows

__all__ = ["CATALOGUE", "MAX_LIMIT", "LEVELS", "DataTypeRow", "Filter", "Level"]

Level = Literal["experiment", "room", "participant"]
LEVELS: tuple[Level, ...] = ("experiment", "room", "participant")

# What one answer holds at the most (inferred).
MAX_LIMIT = 10_000


@dataclass(frozen=True)
class Filter:
    """A query parameter that keeps only records with one value.

    Attributes:
        parameter: Its name in the query. attribute: the record's field it is compared with.
        values: What may be asked for, as text, to the value it means; None lets any text through.
        fidelity: How well founded the parameter is. labels: the same of values that differ from it.
        any_case: The values may be written in any letter case.
        note: What there is to say beside that.
    """

    parameter: str
    attribute: str
    values: dict[str, Any] | None = None
    fidelity: Fidelity = "documented"
    labels: Mapping[str, Fidelity] = field(default_factory=dict)
    any_case: bool = False
    note: str = ""

    def shown(self, least: Fidelity) -> "Filter":
        """The same without the values that are less well founded."""
        if self.values is None:
            return self
        values = {name: v for name, v in self.values.items() if shows(self.labels.get(name, least), least)}
        return replace(self, values=values)


@dataclass(frozen=True)
class DataTypeRow:
    """One data type.

    Attributes:
        scope: What a key must have. levels: at which it can be asked for.
        sorts: Sort parameter to what the simulation sorts by; the first is the default.
        windowed: Its records can be averaged (`aggregationWindow`).
        most: Records that one answer holds, whatever `limit` says.
        fidelity: How well founded the endpoint is. scope_fidelity: the same of its scope, where that differs.
        documented, observed: Names of the parameters common to many data types that the documentation lists for
            this one, or the client sends for it; what is in neither is inferred.
        sort_labels: How well founded values of `sort` are that differ from the parameter.
    """

    name: DataType
    scope: str
    sorts: dict[str, str]
    filters: tuple[Filter, ...] = ()
    levels: tuple[Level, ...] = LEVELS
    windowed: bool = False
    most: int = MAX_LIMIT
    fidelity: Fidelity = "documented"
    scope_fidelity: Fidelity | None = None
    documented: tuple[str, ...] = ()
    observed: tuple[str, ...] = ()
    sort_labels: Mapping[str, Fidelity] = field(default_factory=dict)
    shape: Shape = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", SHAPES[self.name])

    @property
    def rating_type(self) -> str:
        """`continuous` or `sparse`, which are two kinds of one data type; empty for all other data."""
        kind, _, rating_type = self.name.partition("/")
        return rating_type if kind == "ratings" else ""

    def shown(self, least: Fidelity) -> "DataTypeRow":
        """The same without the filters, and without the values of filters and `sort`, that are less well founded."""
        if least == "inferred":
            return self
        sorts = {name: by for name, by in self.sorts.items() if shows(self.sort_labels.get(name, least), least)}
        filters = tuple(one.shown(least) for one in self.filters if shows(one.fidelity, least))
        return replace(self, sorts=sorts, filters=filters)

    def deployed(self, level: str) -> bool:
        """Can a deployment be asked for there? A filter of whole experiments, and of participants anywhere."""
        return level == "experiment" or self.name == "participants"

    @property
    def largest_limit(self) -> int | None:
        """What `limit` may be at the most; None where a larger one is answered with as many as there may be."""
        return MAX_LIMIT if self.most == MAX_LIMIT else None

    def founded(self, parameter: str) -> Fidelity:
        """How well founded one of the common parameters is."""
        if parameter in self.documented:
            return "documented"
        return "observed" if parameter in self.observed else "inferred"


_CATEGORY = Filter(
    "category",
    "category",
    {name: name for name in CATEGORIES},
    # The client's own methods ask for these; the documentation does not know them.
    labels={"pre_experiment": "observed", "questionnaire": "observed"},
)
_COMPONENT_TYPE = Filter(
    "componentType",
    "component_type",
    {text: name for name in (*COMPONENTS, "ContinuousRating") for text in (name, name.lower())},
    # The client's builders write them so.
    note="In lower case, too (inferred).",
)
# Python's `requests` writes them with a capital.
_COMPLETED = Filter(
    "completed", "completed", {"true": True, "false": False}, any_case=True, note="In any letter case (inferred)."
)
_STATE = Filter("stateId", "state_id")
# The codes are documented, and that one can ask for one is not.
_CODE = Filter("completionCode", "completion_code", {code: code for code in COMPLETION_CODES}, "inferred")
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

# Parameters that the data page lists for some data types, and the client sends for others. That one can ask for a
# form is said of all of them.
_WINDOW = ("startTime", "endTime")
_PAGE = ("limit", "offset")
_ORDER = ("sort", "order")
_FORM = ("format",)
_DEPLOYMENT = ("deploymentId",)
_SENT = (*_WINDOW, *_PAGE, *_ORDER, *_DEPLOYMENT)

CATALOGUE: tuple[DataTypeRow, ...] = (
    DataTypeRow(
        "events", "read:events", _BY_TIME, (_CATEGORY,),
        documented=(*_WINDOW, *_PAGE, *_ORDER, *_FORM), observed=_DEPLOYMENT,
    ),
    DataTypeRow("recordings", "read:recordings", _BY_START, documented=(*_PAGE, *_FORM), observed=_DEPLOYMENT),
    DataTypeRow(
        "chat", "read:chat", _BY_TIME,
        documented=(*_WINDOW, *_PAGE, *_FORM), observed=(*_ORDER, *_DEPLOYMENT),
    ),
    DataTypeRow("videochat", "read:videochat", _BY_TIME, documented=_FORM, observed=_SENT),
    DataTypeRow("ratings/continuous", "read:ratings", _BY_TIME, documented=_FORM, observed=_SENT),
    DataTypeRow("ratings/sparse", "read:ratings", _BY_TIME, documented=_FORM, observed=_SENT),
    DataTypeRow("sync", "read:sync", _BY_TIME, windowed=True, documented=_FORM, observed=_SENT),
    DataTypeRow(
        "components", "read:components", _BY_TIME, (_COMPONENT_TYPE, _COMPLETED, _STATE),
        documented=_FORM, observed=(*_PAGE, *_DEPLOYMENT),
    ),
    DataTypeRow(
        "eyetracking", "read:events", _BY_TIME, fidelity="observed", scope_fidelity="inferred",
        documented=_FORM, observed=_PAGE,
    ),
    DataTypeRow(
        "participants", "read:events", _BY_PERSON, (_CODE,), ("experiment", "room"),
        # By the times of joining and completion, says the overview; the rest of the values is ours.
        documented=("sort", *_FORM), observed=(*_PAGE, *_DEPLOYMENT),
        sort_labels=dict.fromkeys(("id", "email", "role", "status", "completionCode"), "inferred"),
    ),
    DataTypeRow(
        "rooms", "read:events", _BY_ROOM, (), ("experiment",), most=5_000,
        documented=_FORM, observed=(*_PAGE, *_DEPLOYMENT),
    ),
)  # fmt: skip
