"""Faults over HTTP: set what is to go wrong, see what of it did, take it back; and what can go wrong at all."""

from typing import Any

from flask import Response

from mockserver.control.errors import UnknownError
from mockserver.control.fault_orders import fault_order, fault_schema
from mockserver.door.faults.catalogue import catalogue
from mockserver.sandbox.faults import Fault
from mockserver.web.requests import current_apis, current_sandbox
from mockserver.web.responses import json_response
from mockserver.words.camel_case import camel
from mockserver.words.json_schema import COUNT, FLAG, INSTANT, NAMES, NUMBER, TEXT, list_of, object_of, optional
from mockserver.words.timestamps import iso_from_ms

__all__ = ["CATALOGUE", "CLEARED", "FAULT", "FAULTS", "clear", "list_all", "remove", "set_fault", "tell_catalogue"]

FAULT = object_of(
    "Fault",
    id=TEXT,
    fault=TEXT,
    operation=TEXT,
    when=TEXT,
    times=optional(COUNT),
    after=COUNT,
    probability=NUMBER,
    script=optional(TEXT),
    knobs={"type": "object", "additionalProperties": True},
    calls=COUNT,
    fired=COUNT,
    spent=FLAG,
    firings=list_of(object_of(call=COUNT, entry=COUNT, time=INSTANT)),
)
FAULTS = object_of("Faults", faults=list_of(FAULT), total=COUNT, unfired=NAMES)
CLEARED = object_of("ClearedFaults", removed=COUNT)
CATALOGUE = object_of(
    "FaultCatalogue",
    faults=list_of(
        object_of(
            name=TEXT, does=TEXT, imitates=TEXT, careful=TEXT, reported=TEXT, report=TEXT, moments=NAMES,
            schema={"type": "object", "additionalProperties": True},
        )
    ),
)  # fmt: skip


def set_fault() -> Response:
    """Let something go wrong from now on; the answer has the fault's id."""
    fault = current_sandbox().faults.set(fault_order(catalogue(), current_apis()))
    return json_response(_told(fault), 201)


def list_all() -> Response:
    """Every fault that was set, with what came of it; and by their ids those that have not fired."""
    faults = current_sandbox().faults.all()
    unfired = [fault.id for fault in faults if not fault.fired]
    return json_response({"faults": [_told(fault) for fault in faults], "total": len(faults), "unfired": unfired})


def remove(fault_id: str) -> Response:
    """Forget one.

    Raises:
        UnknownError: There is none with that id.
    """
    if not current_sandbox().faults.remove(fault_id):
        known = [fault.id for fault in current_sandbox().faults.all()]
        there = f"there are {', '.join(known[:20])}" if known else "none is set"
        raise UnknownError(f"There is no fault {fault_id[:40]!r}: {there}")
    return json_response({"removed": 1})


def clear() -> Response:
    """Forget all."""
    return json_response({"removed": current_sandbox().faults.clear()})


def tell_catalogue() -> Response:
    """Every kind of fault: what it does and imitates, what a careful client does, and what it can be set to."""
    told = [
        {
            "name": kind.name,
            "does": kind.does,
            "imitates": kind.imitates,
            "careful": kind.careful,
            "reported": kind.reported,
            "report": kind.report,
            "moments": list(kind.moments),
            "schema": fault_schema(kind),
        }
        for kind in catalogue().values()
    ]
    return json_response({"faults": told})


def _told(fault: Fault) -> dict[str, Any]:
    order = fault.order
    return {
        "id": fault.id,
        "fault": order.kind,
        "operation": order.operation,
        "when": order.when,
        "times": order.times,
        "after": order.after,
        "probability": order.probability,
        "script": order.script,
        "knobs": {camel(name): value for name, value in order.knobs.items()},
        "calls": fault.calls,
        "fired": fault.fired,
        "spent": fault.is_spent,
        "firings": [
            {"call": one.call, "entry": one.entry, "time": iso_from_ms(one.time_ms)} for one in list(fault.firings)
        ],
    }
