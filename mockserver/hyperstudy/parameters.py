"""Query parameters of a data request: the third of the order of checks (400). Pure: no Flask.

Known parameters with a bad value are refused (inferred). That each is given once, and that the developer is told of
unknown ones, is the same for all operations (`mockserver/door/query.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mockserver.door.operations import Parameter
from mockserver.hyperstudy.catalogue import MAX_LIMIT, DataTypeRow, Filter
from mockserver.hyperstudy.errors import InvalidParameter, shown
from mockserver.hyperstudy.rows import FORMATS
from mockserver.words.fidelity import weaker
from mockserver.words.json_schema import ID, INSTANT, ISO_8601, TEXT, Schema, labelled, object_of, optional
from mockserver.words.timestamps import LAST_MS, has_lost_plus, iso_from_ms, parse_iso_us
from mockserver.words.whole_numbers import in_digits, lies_within, read_digits

__all__ = [
    "DEFAULT_LIMIT",
    "MAX_LIMIT",
    "DataParameters",
    "described_query",
    "query_parameters",
    "read_parameters",
    "room_of_participant",
    "some_text",
    "whole_number",
]

DEFAULT_LIMIT = 1000
# Beyond every dataset, and within what a 64-bit column can be compared with.
_MAX_OFFSET = 2**53
_LONGEST_WINDOW_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DataParameters:
    """What a data request asks for, every parameter with its effective value.

    Attributes:
        start_ms, end_ms: The window, both ends included (inferred).
        window_ms: Length of averaged windows (sync only).
        where: Record field to wanted value; `asked`: the same as the client wrote it, None where unset.
    """

    room_id: str | None
    deployment_id: str | None
    start_ms: int | None
    end_ms: int | None
    sort: str
    descending: bool
    limit: int
    offset: int
    format: str
    window_ms: int | None
    where: Mapping[str, Any]
    asked: Mapping[str, str | int | None]

    def as_query(self) -> dict[str, Any]:
        """The metadata's `query` block."""
        return {
            "roomId": self.room_id,
            "deploymentId": self.deployment_id,
            "startTime": None if self.start_ms is None else iso_from_ms(self.start_ms),
            "endTime": None if self.end_ms is None else iso_from_ms(self.end_ms),
            **self.asked,
            "sort": self.sort,
            "order": "desc" if self.descending else "asc",
            "limit": self.limit,
            "offset": self.offset,
            "format": self.format,
        }


def read_parameters(arguments: Mapping[str, str], row: DataTypeRow, level: str, scope_id: str) -> DataParameters:
    """Read a data request's query string.

    Args:
        arguments: The parameters that were given.
        row: The data type that is asked for.
        level: At which it is asked for.
        scope_id: Of what (the service's own name for it).

    Raises:
        InvalidParameter: A known parameter has a bad value, or `roomId` is missing at participant level.
    """
    start_ms, end_ms = _window(arguments)
    where, asked = _filters(arguments, row)
    window_ms = None
    if row.windowed:
        window_ms = whole_number(arguments, "aggregationWindow", 0, 1, _LONGEST_WINDOW_MS) or None
        asked = {**asked, "aggregationWindow": window_ms}
    return DataParameters(
        room_id=_room(arguments, level, scope_id),
        deployment_id=some_text(arguments, "deploymentId", "a deployment's id") if row.deployed(level) else None,
        start_ms=start_ms,
        end_ms=end_ms,
        sort=_choice(arguments, "sort", tuple(row.sorts)),
        descending=_choice(arguments, "order", ("asc", "desc")) == "desc",
        limit=min(whole_number(arguments, "limit", DEFAULT_LIMIT, 1, row.largest_limit), row.most),
        offset=whole_number(arguments, "offset", 0, 0, _MAX_OFFSET),
        format=_choice(arguments, "format", FORMATS),
        window_ms=window_ms,
        where=where,
        asked=asked,
    )


def _room(arguments: Mapping[str, str], level: str, scope_id: str) -> str | None:
    if level == "participant":
        return room_of_participant(arguments)
    room_id = some_text(arguments, "roomId", "a room's id")
    return scope_id if level == "room" and room_id is None else room_id


def room_of_participant(arguments: Mapping[str, str]) -> str:
    """The room that a question about one participant is about.

    Raises:
        InvalidParameter: `roomId` is missing or empty.
    """
    room_id = some_text(arguments, "roomId", "a room's id")
    if room_id is None:
        raise InvalidParameter(
            "roomId",
            None,
            "the id of the room in which the participant took part",
            "Missing parameter roomId: at participant scope it says which room is meant, e.g. ?roomId=room_abc123.",
        )
    return room_id


def some_text(arguments: Mapping[str, str], name: str, expected: str) -> str | None:
    """A text that is not empty; None where the parameter was not given.

    Raises:
        InvalidParameter: It is empty.
    """
    value = arguments.get(name)
    if value == "":
        raise InvalidParameter(name, value, expected)
    return value


def _choice(arguments: Mapping[str, str], name: str, options: tuple[str, ...]) -> str:
    """One of the options; the first when the parameter is not there."""
    value = arguments.get(name, options[0])
    if value not in options:
        raise InvalidParameter(name, value, "one of " + ", ".join(options))
    return value


def whole_number(arguments: Mapping[str, str], name: str, default: int, least: int, most: int | None) -> int:
    """A whole number written with digits alone.

    Args:
        most: None where any is right, and then a very large one is told as a smaller one.

    Raises:
        InvalidParameter: It is not, or lies outside `least` to `most`.
    """
    value = arguments.get(name)
    if value is None:
        return default
    number = read_digits(value)
    if number is not None and lies_within(number, least, most):
        return number
    expected = f"a whole number of at least {least}" if most is None else f"a whole number from {least} to {most}"
    message = f"Invalid value for {name}: expected {expected}, got {shown(value)}."
    raise InvalidParameter(name, value, expected, f"{message} {in_digits(value, least, most)}".rstrip())


def _window(arguments: Mapping[str, str]) -> tuple[int | None, int | None]:
    start_us, end_us = _instant_us(arguments, "startTime"), _instant_us(arguments, "endTime")
    if start_us is not None and end_us is not None and start_us > end_us:
        raise InvalidParameter(
            "startTime",
            arguments["startTime"],
            "an ISO 8601 timestamp not later than endTime",
            "startTime lies after endTime; swap them.",
        )
    # Records have whole milliseconds: what lies between two of them is rounded into the window.
    start_ms = None if start_us is None else min(-(-start_us // 1000), LAST_MS)
    return start_ms, (None if end_us is None else end_us // 1000)


def _instant_us(arguments: Mapping[str, str], name: str) -> int | None:
    value = arguments.get(name)
    if value is None:
        return None
    try:
        return parse_iso_us(value)
    except ValueError:
        expected = "ISO 8601 timestamp"
        hint = " In a URL, write the + of an offset as %2B." if has_lost_plus(value) else ""
        example = "2024-10-20T14:30:00Z"
        message = f"Invalid value for {name}: expected an {expected} such as {example}, got {shown(value)}."
        raise InvalidParameter(name, value, expected, message + hint) from None


def _filters(arguments: Mapping[str, str], row: DataTypeRow) -> tuple[dict[str, Any], dict[str, str | int | None]]:
    where: dict[str, Any] = {}
    asked: dict[str, str | int | None] = {}
    for filter_ in row.filters:
        sent = arguments.get(filter_.parameter)
        value = sent.lower() if sent and filter_.any_case else sent
        asked[filter_.parameter] = value
        if value is None:
            continue
        if value == "" or (filter_.values is not None and value not in filter_.values):
            expected = "a value" if filter_.values is None else "one of " + ", ".join(_names(filter_.values))
            raise InvalidParameter(filter_.parameter, sent, expected)
        where[filter_.attribute] = value if filter_.values is None else filter_.values[value]
    return where, asked


def _names(values: Mapping[str, Any]) -> list[str]:
    """What may be asked for, each name once, without its other spellings."""
    return [name for name, meant in values.items() if not isinstance(meant, str) or name == meant]


# --- the same, described ---------------------------------------------------------------------------


def query_parameters(row: DataTypeRow, level: str) -> tuple[Parameter, ...]:
    """The same parameters as rows, for describing them."""
    return (
        _described_room(level),
        *([_described(row, "deploymentId", ID, "Only rooms of this deployment.")] if row.deployed(level) else ()),
        _described(
            row,
            "startTime",
            ISO_8601,
            "Only records from this instant on, itself included (inferred). ISO 8601; no zone means UTC.",
        ),
        _described(
            row,
            "endTime",
            ISO_8601,
            "Only records up to this instant, itself included (inferred). ISO 8601; no zone means UTC.",
        ),
        _described(row, "limit", _limit(row), _about_limit(row)),
        _described(row, "offset", _OFFSET, "How many records to skip."),
        _described(row, "order", _one_of(("asc", "desc")), "Sort order."),
        _described(row, "format", _one_of(FORMATS), "Form of the answer."),
        replace(_described(row, "sort", _one_of(tuple(row.sorts)), "Sort field."), labels=row.sort_labels),
        *(_OF_WINDOWED if row.windowed else ()),
        *(_described_filter(filter_) for filter_ in row.filters),
    )


def described_query(row: DataTypeRow) -> Schema:
    """JSON Schema of the metadata's `query` block: what has no default is null where it is unset."""
    # At experiment level every parameter of the data type can be sent.
    return object_of(**{parameter.name: _answered(parameter, row) for parameter in query_parameters(row, "experiment")})


def _answered(parameter: Parameter, row: DataTypeRow) -> Schema:
    schema = {name: value for name, value in parameter.schema.items() if name != "default"}
    if schema == ISO_8601:
        schema = INSTANT
    if parameter.name in {filter_.parameter for filter_ in row.filters}:
        # As it was asked, in whatever letters.
        schema = TEXT
    if "default" not in parameter.schema:
        schema = optional(schema)
        schema |= {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    founded = row.fidelity if parameter.name in _SHOWN else weaker(parameter.fidelity, "observed")
    return schema if founded == row.fidelity else labelled(schema, founded)


def _one_of(options: tuple[str, ...]) -> Schema:
    return {"type": "string", "enum": list(options), "default": options[0]}


# What the data page's example of the block has; the client's fixtures have more of it.
_SHOWN = ("roomId", "limit", "offset")
_OFFSET = {"type": "integer", "minimum": 0, "maximum": _MAX_OFFSET, "default": 0}
_WINDOW = {"type": "integer", "minimum": 1, "maximum": _LONGEST_WINDOW_MS}
_OF_WINDOWED = (
    Parameter(
        "aggregationWindow",
        _WINDOW,
        "One averaged record for each participant and so many ms; time windows are about its beginning (inferred).",
        fidelity="observed",
    ),
)


def _described(row: DataTypeRow, name: str, schema: Schema, description: str) -> Parameter:
    return Parameter(name, schema, description, fidelity=row.founded(name))


def _limit(row: DataTypeRow) -> Schema:
    most = {} if row.largest_limit is None else {"maximum": row.largest_limit}
    return {"type": "integer", "minimum": 1, **most, "default": DEFAULT_LIMIT}


def _about_limit(row: DataTypeRow) -> str:
    about = "The most records that the answer may have"
    if row.largest_limit is None:
        return (
            f"{about}; it never has more than {row.most:,} (documented), and a larger limit means as many (inferred)."
        )
    return f"{about}, up to {row.largest_limit:,} (inferred)."


def _described_room(level: str) -> Parameter:
    if level == "participant":
        return Parameter("roomId", ID, "The room in which the participant took part.", required=True)
    # The data page has it for participants alone; the client sends it anywhere.
    return Parameter("roomId", ID, "Only this room's records.", fidelity="inferred")


def _described_filter(filter_: Filter) -> Parameter:
    schema = ID if filter_.values is None else {"type": "string", "enum": _names(filter_.values)}
    about = f"Only records with this {filter_.parameter}. {filter_.note}".strip()
    return Parameter(filter_.parameter, schema, about, fidelity=filter_.fidelity, labels=filter_.labels)
