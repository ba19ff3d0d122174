"""What a body says of a fault to be set: held against the catalogue, so that nothing is set that can never fire."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from marshmallow import EXCLUDE, Schema

from mockserver.control.bodies import body_schema, checked_body
from mockserver.control.errors import ControlError
from mockserver.control.fields import TextMap
from mockserver.door.apis import Api
from mockserver.door.faults.kinds import Kind, Knob, KnobType
from mockserver.door.operations import Operation
from mockserver.ingestion.fields import Choice, Filled, Items, Number, Text, Whole, Within
from mockserver.sandbox.faults import EVERY_OPERATION, FaultOrder
from mockserver.web.bodies import MalformedJsonError, read_json
from mockserver.words.resembling import resembling

__all__ = ["FAULT_ORDER", "fault_order", "fault_schema"]

_MANY = 2**31
_FIELDS: Mapping[KnobType, Callable[..., Any]] = {
    "whole": Whole,
    "number": Number,
    "text": Text,
    "texts": TextMap,
    "list": Items,
}


def _about(description: str) -> dict[str, str]:
    return {"description": description}


def _base() -> dict[str, Any]:
    """The fields of every order."""
    return {
        "fault": Text(required=True, validate=Filled(), metadata=_about("A name of the catalogue")),
        "operation": Text(
            validate=Filled(), metadata=_about("The id of an operation; `*` is every one of both emulated APIs")
        ),
        "times": Whole(validate=Within(1, _MANY), allow_none=True, metadata=_about("How often; null is for ever")),
        "after": Whole(validate=Within(0, _MANY), metadata=_about("How many calls are let pass first")),
        "probability": Number(
            validate=Within(0, 1), metadata=_about("Of each call after those; drawn from the seed, the same every time")
        ),
        "when": Text(validate=Choice("before", "after"), metadata=_about("Before the work or after it")),
        "script": Text(
            validate=Filled(), metadata=_about("Only for requests that name it in `X-Mock-Script`; a name of your own")
        ),
    }


def fault_schema(kind: Kind) -> dict[str, Any]:
    """The JSON Schema of an order of one kind."""
    described = body_schema(f"Fault {kind.name}", _schema(kind))
    described["properties"]["fault"] = {"const": kind.name}
    described["properties"]["when"]["enum"] = list(kind.moments)
    described["properties"]["when"]["default"] = kind.moments[0]
    for knob in kind.knobs:
        if not knob.required and knob.default is not None:
            described["properties"][knob.name]["default"] = knob.default
    return described


# What all orders have; what else one may have, the catalogue tells.
FAULT_ORDER = {
    **body_schema("FaultOrder", Schema.from_dict(_base())()),
    "additionalProperties": True,
    "examples": [{"fault": "rate_limit", "operation": "getEventsByRoom", "times": 2, "retryAfter": 1}],
}


def fault_order(kinds: Mapping[str, Kind], apis: Sequence[Api]) -> FaultOrder:
    """The fault that the request's body orders.

    Raises:
        ControlError: It is unknown, or a field is, or has a wrong value; or the fault cannot happen to the operation.
    """
    try:
        body = read_json()
    except MalformedJsonError as error:
        raise ControlError(f"The body must be a JSON object: {error}") from None
    name = body.get("fault") if isinstance(body, dict) else None
    kind = kinds.get(name) if isinstance(name, str) else None
    if kind is None:
        raise ControlError(_unknown("fault", name, kinds))
    order = checked_body(_schema(kind), body)
    operation = order.get("operation", EVERY_OPERATION)
    _check_operation(kind, operation, apis)
    when = order.get("when", kind.moments[0])
    if when not in kind.moments:
        raise ControlError(f"The fault {kind.name} can only happen {kind.moments[0]} the work")
    return FaultOrder(
        kind=kind.name,
        operation=operation,
        when=when,
        times=order.get("times", 1),
        after=order.get("after", 0),
        probability=order.get("probability", 1.0),
        script=order.get("script"),
        knobs={**kind.fixed, **{knob.attribute: order.get(knob.attribute, knob.default) for knob in kind.knobs}},
    )


def _schema(kind: Kind) -> Schema:
    class Order(Schema.from_dict({**_base(), **{knob.attribute: _field(knob) for knob in kind.knobs}})):  # type: ignore[misc]
        class Meta:
            unknown = EXCLUDE

    made: Schema = Order()
    return made


def _field(knob: Knob) -> Any:
    validate = Choice(*knob.allowed) if knob.allowed else None
    if knob.type in ("whole", "number"):
        validate = Within(knob.least, knob.most)  # type: ignore[assignment]
    described = _about(knob.description)
    return _FIELDS[knob.type](data_key=knob.name, required=knob.required, validate=validate, metadata=described)


def _check_operation(kind: Kind, wanted: str, apis: Sequence[Api]) -> None:
    rows: dict[str, Operation] = {row.id: row for api in apis if api.emulated for row in api.operations}
    if wanted == EVERY_OPERATION:
        return
    if wanted not in rows:
        raise ControlError(_unknown("operation", wanted, rows))
    if not kind.fits(rows[wanted]):
        raise ControlError(f"The fault {kind.name} cannot happen to {wanted}, whose answers have not what it changes")


def _unknown(what: str, name: Any, known: Mapping[str, Any]) -> str:
    if not isinstance(name, str):
        return f"The body must have a field {what}, one of {', '.join(known)}"
    meant = resembling(name, known)
    return f"Unknown {what} {name[:40]!r}" + (
        f": did you mean {meant}?" if meant else f": it is one of {', '.join(known)}"
    )
