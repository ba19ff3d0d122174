"""The control API's operations, relative to its base path; what they do is in a module each."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from flask import Response

from mockserver.control import (
    clock,
    fault_orders,
    faults,
    ingested,
    journal,
    sandbox_orders,
    sandboxes,
    served,
    tokens,
    truth,
    world,
)
from mockserver.control.access import TOKEN_HEADER, strangeness
from mockserver.control.errors import ControlError, error_response, wrap
from mockserver.control.queries import check_query
from mockserver.door.apis import Api
from mockserver.door.operations import Answer, Method, Operation
from mockserver.web.bodies import UnreadableBodyError
from mockserver.web.reference import Form, document_answer, document_response
from mockserver.web.requests import current_asked
from mockserver.words.json_schema import Schema

__all__ = ["BASE_PATH", "api", "operations"]

BASE_PATH: Final = "/_mock"


def operations() -> list[Operation]:
    """Every operation, in the order in which the reference page shows them."""
    one = "/sandboxes/<name>"
    return [
        _row("listServed", "GET", "/", served.list_served, "What is served", "served", served.SERVED),
        _row("getWorld", "GET", "/world", world.world, "What world this is, and who took part where", "world",
             world.WORLD),
        _row("getClock", "GET", "/clock", clock.read_clock, "What time it is in the world", "clock", clock.CLOCK),
        _row("changeClock", "POST", "/clock", clock.change_clock, "Move the clock, stop it, or let it run", "clock",
             clock.CLOCK, body=clock.CHANGE),
        _row("mintToken", "POST", "/tokens", tokens.mint_token, "A token for the ingestion API", "credentials",
             tokens.TOKEN, body=tokens.ORDER, body_required=False),
        _row("listSandboxes", "GET", "/sandboxes", sandboxes.list_all, "Every sandbox", "sandboxes",
             sandboxes.SANDBOXES),
        _row("getSandbox", "GET", one, sandboxes.read, "What a sandbox is made of, and how it is now", "sandboxes",
             sandboxes.SANDBOX, errors=(404,)),
        _row("createSandbox", "PUT", one, sandboxes.create, "Make a sandbox; the same body again changes nothing",
             "sandboxes", sandboxes.SANDBOX, body=sandbox_orders.SANDBOX_ORDER, body_required=False, status=201,
             also=(200,), errors=(409,), long=True),
        _row("deleteSandbox", "DELETE", one, sandboxes.delete, "Forget a sandbox and what was written to it",
             "sandboxes", sandboxes.DELETED, errors=(404, 409), long=True),
        _row("resetSandbox", "POST", one + "/reset", sandboxes.reset, "Put a sandbox back to its beginning",
             "sandboxes", sandboxes.SANDBOX, body=sandbox_orders.RESET, body_required=False, errors=(404, 409),
             long=True),
        _row("mintKey", "POST", one + "/keys", sandboxes.mint_key, "An API key that chooses this sandbox",
             "credentials", sandboxes.KEY, body=sandbox_orders.KEY_ORDER, body_required=False, status=201,
             errors=(404,), long=True),
        _row("getJournal", "GET", "/journal", journal.read_journal, "What was asked, and what was answered", "journal",
             journal.JOURNAL, parameters=journal.PARAMETERS, long=True),
        _row("setFault", "POST", "/faults", faults.set_fault, "Let something go wrong", "faults", faults.FAULT,
             body=fault_orders.FAULT_ORDER, status=201),
        _row("listFaults", "GET", "/faults", faults.list_all, "What was to go wrong, and what of it did", "faults",
             faults.FAULTS),
        _row("removeFault", "DELETE", "/faults/<fault_id>", faults.remove, "Forget a fault", "faults", faults.CLEARED,
             errors=(404,)),
        _row("clearFaults", "DELETE", "/faults", faults.clear, "Forget all faults", "faults", faults.CLEARED),
        _row("getFaultCatalogue", "GET", "/faults/catalogue", faults.tell_catalogue, "What can go wrong at all",
             "faults", faults.CATALOGUE),
        _row("getIngested", "GET", "/ingested", ingested.ingested, "What was ingested, in pages", "ingestion",
             ingested.ITEMS, parameters=ingested.PARAMETERS),
        _row("getLint", "GET", "/lint", ingested.lint, "What was legal and looks wrong all the same", "ingestion",
             ingested.WARNINGS, parameters=ingested.PARAMETERS),
        _row("getTruth", "GET", "/truth", truth.overview, "What was planted in every experiment", "truth",
             truth.OVERVIEW, long=True),
        _row("getTruthSchema", "GET", "/truth/schema", truth.schema, "The JSON Schema of the truth", "truth",
             truth.SCHEMA),
        _row("getExperimentTruth", "GET", "/truth/experiments/<experiment_id>", truth.experiment_truth,
             "What was planted in an experiment and in its participants", "truth", truth.EXPERIMENT,
             errors=(404,), long=True),
        _row("getRoomTruth", "GET", "/truth/rooms/<room_id>", truth.room_truth,
             "The curves, drift, stalls and lost connections behind a room's records", "truth", truth.ROOM,
             errors=(404,), long=True),
        _document("json"),
        _document("yaml"),
    ]  # fmt: skip


def api(control_token: str | None) -> Api:
    """The control API as the door sees it.

    Args:
        control_token: What other machines must send; None lets only this machine in.
    """
    guard = partial(strangeness, control_token)
    return Api("control", BASE_PATH, tuple(operations()), (TOKEN_HEADER,), _serve, wrap, guard, emulated=False)


def _row(
    id_: str, method: Method, path: str, view: Callable[..., Any], summary: str, tag: str, answer: Schema, **more: Any
) -> Operation:
    whole = Answer(answer, many=False, enveloped=False)
    # A query can be wrong anywhere.
    errors = (400, 403, *more.pop("errors", ()), *((413, 415) if "body" in more else ()))
    return Operation(id_, method, path, view, summary, tag, whole, errors=errors, fidelity="inferred", **more)


def _document(form: Form) -> Operation:
    return Operation(
        id=f"getControlOpenApi{form.capitalize()}",
        method="GET",
        path=f"/openapi.{form}",
        view=partial(document_response, "control", form),
        summary=f"This document as {form.upper()}",
        tag="reference",
        answer=document_answer(form),
        errors=(400, 403),
        fidelity="inferred",
        # Never kept: who may read it is a matter of the peer, which no header tells.
        long=True,
    )


def _serve(operation: Operation) -> Callable[..., Response]:
    """The view of an operation as Flask calls it, with every error as this API says it."""

    def view(**names: str) -> Response:
        try:
            check_query(current_asked().query, operation.parameter_names)
            answer: Response = operation.view(**names)
        except (ControlError, UnreadableBodyError) as error:
            return error_response(error)
        return answer

    return view
