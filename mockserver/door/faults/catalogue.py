"""The table of faults: what each is and can be set to is in `catalogue.toml`, and how it is played in a module."""

import tomllib
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

from mockserver.door.faults import answers, transport
from mockserver.door.faults.answers import changed
from mockserver.door.faults.inside import CHANGES
from mockserver.door.faults.kinds import MOMENTS, Kind, Knob, Play
from mockserver.door.operations import Operation
from mockserver.words.camel_case import snake

__all__ = ["catalogue"]

_PLAYS: Mapping[str, Play] = {
    "latency": transport.latency,
    "drip": transport.drip,
    "hang": transport.hang,
    "reset": transport.reset,
    "garbage": transport.garbage,
    "status": transport.status,
    "rate_limit": transport.status,
    "bad_gateway": transport.bad_gateway,
    "error_in_200": transport.error_in_200,
    "link_expires": transport.link_expires,
    "csv_cut": transport.csv_cut,
    "truncated": transport.truncated,
    "wrong_length": transport.wrong_length,
    "answer": answers.answer,
    "patch": answers.patch,
    **{name: changed(change) for name, change in CHANGES.items()},
}
_NEEDS: Mapping[str, Callable[[Operation], bool]] = {
    "pages": lambda operation: "pagination" in operation.answer.metadata,
    "records": lambda operation: operation.answer.many and operation.answer.enveloped,
    "table": lambda operation: "text/csv" in operation.answer.formats,
    "file": lambda operation: "video/mp4" in operation.answer.formats,
    "verdict": lambda operation: operation.tag == "ingestion",
    "": lambda operation: True,
}


def catalogue() -> Mapping[str, Kind]:
    """Every kind of fault by its name, in the order in which the reference shows them."""
    text = files("mockserver.door.faults").joinpath("catalogue.toml").read_text(encoding="utf-8")
    return {name: _kind(name, told) for name, told in tomllib.loads(text).items()}


def _kind(name: str, told: Mapping[str, Any]) -> Kind:
    return Kind(
        name=name,
        does=told["does"],
        imitates=told["imitates"],
        careful=told["careful"],
        reported=told.get("reported", ""),
        report=told.get("report", ""),
        play=_PLAYS[name],
        knobs=tuple(_knob(knob, one) for knob, one in told.get("knobs", {}).items()),
        fixed=told.get("fixed", {}),
        moments=tuple(told.get("moments", MOMENTS)),
        fits=_NEEDS[told.get("needs", "")],
    )


def _knob(name: str, told: Mapping[str, Any]) -> Knob:
    given = {key: told[key] for key in ("default", "required", "least", "most", "allowed") if key in told}
    return Knob(name, snake(name), told["type"], told["about"], **given)
