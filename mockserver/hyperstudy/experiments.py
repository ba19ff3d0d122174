"""Experiments: list, read, create, change, validate, delete. What a client writes, it reads back.

Source: which endpoints there are (documented); answers and bodies as the official client sends and reads
them (observed).
"""

from collections.abc import Sequence
from typing import Any

from flask import Response

from mockserver.door.operations import Answer, Method, Operation, Parameter
from mockserver.hyperstudy.bodies import checked_body, read_body
from mockserver.hyperstudy.breaches import Rules
from mockserver.hyperstudy.calls import Call
from mockserver.hyperstudy.definition_schema import CHANGES, DEFINITION, definition_problems
from mockserver.hyperstudy.envelope import success
from mockserver.hyperstudy.errors import Conflict, InvalidBody
from mockserver.hyperstudy.flags import described_flag, flag
from mockserver.hyperstudy.metadata import ABOUT, about
from mockserver.hyperstudy.pages import PAGINATION, Page
from mockserver.hyperstudy.parameters import whole_number
from mockserver.hyperstudy.places import find_experiment, looked_up
from mockserver.hyperstudy.unkept import otherwise, tell_unkept
from mockserver.sandbox.study.definitions import participants_of
from mockserver.sandbox.study.shelves import Kept, owner_id
from mockserver.sandbox.study.writing import attempt
from mockserver.words.json_schema import COUNT, FLAG, INSTANT, TEXT, Schema, labelled, list_of, object_of
from mockserver.words.timestamps import iso_from_ms

__all__ = ["experiment_operations"]

_SUMMARY: dict[str, Schema] = {
    "id": TEXT,
    "name": TEXT,
    "description": TEXT,
    "ownerEmail": TEXT,
    "ownerId": TEXT,
    "organizationId": labelled(TEXT, "inferred"),
    "requiredParticipants": COUNT,
    "roomCount": COUNT,
    "participantCount": COUNT,
    "createdAt": INSTANT,
    "updatedAt": INSTANT,
}
SUMMARY = labelled(object_of("ExperimentSummary", **_SUMMARY), "observed")
_RECORD = {
    **SUMMARY,
    "title": "Experiment",
    "properties": {**DEFINITION["properties"], **_SUMMARY},
    "additionalProperties": True,
}
_CONFIG = {
    **DEFINITION,
    "title": "ExperimentConfig",
    "properties": {"id": TEXT, **DEFINITION["properties"]},
    "required": ["id", *DEFINITION["required"]],
}
_ANYTHING: Schema = {"type": "object", "additionalProperties": True}
_ANYTHING_RULES, _CHANGES_RULES = Rules(_ANYTHING), Rules(CHANGES)
_DONE: Schema = {**FLAG, "const": True}
_UPDATED = object_of("UpdatedExperiment", id=TEXT, updated=_DONE)
_DELETED = object_of("DeletedExperiment", id=TEXT, deleted=_DONE)
_PROBLEMS = list_of(labelled(object_of(path=TEXT, message=TEXT), "inferred"))
_EXPORT = object_of("ExperimentExport", experiment=_CONFIG, mediaAssets=list_of(object_of(url=TEXT, type=TEXT)))
_SEARCH = Parameter("search", TEXT, "Only experiments whose name or description has this in it.", fidelity="observed")
_PAGE = (
    Parameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50},
        "The most experiments to answer.",
        fidelity="observed",
    ),
    Parameter(
        "offset",
        {"type": "integer", "minimum": 0, "maximum": 2**53, "default": 0},
        "How many to skip.",
        fidelity="observed",
    ),
)
_SKIP = described_flag("skipDataCheck", "Delete it although data was collected.")


def experiment_operations() -> list[Operation]:
    """Every operation on experiments."""
    listed = Answer(SUMMARY, metadata={**ABOUT, "pagination": PAGINATION})
    one = "/experiments/<experiment_id>"
    found = (404,)

    def operation(
        id_: str, method: Method, path: str, view: Any, summary: str, answer: Answer, **more: Any
    ) -> Operation:
        scope = {"GET": "read:experiments", "DELETE": "delete:experiments"}.get(method, "write:experiments")
        return Operation(id_, method, path, view, summary, "experiments", answer, scope, **more)

    return [
        operation("listExperiments", "GET", "/experiments", list_experiments, "Experiments of the key's organisation",
                  listed, parameters=(_SEARCH, *_PAGE), errors=(400,)),
        operation("listSharedExperiments", "GET", "/experiments/shared", list_shared,
                  "Experiments that other organisations share with the key's", listed,
                  parameters=(_SEARCH, *_PAGE), errors=(400,)),
        operation("createExperiment", "POST", "/experiments", create_experiment, "Create an experiment",
                  Answer(_RECORD, metadata=ABOUT), body=DEFINITION, status=201, errors=(400, 413)),
        operation("validateExperiment", "POST", "/experiments/validate", validate_experiment,
                  "Find every problem of a definition, and change nothing",
                  Answer(object_of("Validation", valid=FLAG, errors=_PROBLEMS)), body=_ANYTHING,
                  errors=(400, 413), fidelity="observed"),
        operation("getExperiment", "GET", one, get_experiment, "An experiment, with counts of its data",
                  Answer(_RECORD, metadata=ABOUT), errors=found),
        operation("updateExperiment", "PUT", one, update_experiment, "Change what the body names",
                  Answer(_UPDATED, metadata=ABOUT), body=CHANGES, errors=(400, 404, 413)),
        operation("deleteExperiment", "DELETE", one, delete_experiment, "Hide an experiment and its data",
                  Answer(_DELETED, metadata=ABOUT), parameters=(_SKIP,),
                  errors=(400, 404, 409)),
        operation("getExperimentConfig", "GET", one + "/config", get_config, "The definition alone",
                  Answer(_CONFIG, metadata=ABOUT), errors=found, fidelity="observed"),
        operation("exportExperiment", "GET", one + "/export", export_experiment, "The definition with its media",
                  Answer(_EXPORT, metadata={**ABOUT, "filename": TEXT, "mediaAssetsCount": COUNT}), errors=found,
                  fidelity="observed"),
    ]  # fmt: skip


def list_experiments(call: Call) -> Response:
    """Those of the key's own organisation, in the order in which they were created."""
    own = [kept for kept in call.sandbox.study.experiments.all() if kept.organisation == call.caller.organisation]
    return _listed(call, own)


def list_shared(call: Call) -> Response:
    """Those of other organisations that share them with the key's."""
    organisation = call.caller.organisation
    every = call.sandbox.study.experiments.all()
    return _listed(call, [k for k in every if k.organisation != organisation and k.may(organisation)])


def _listed(call: Call, kept: Sequence[Kept]) -> Response:
    search = call.arguments.get("search", "").casefold()
    found = [k for k in kept if search in f"{k.body.get('name', '')}\n{k.body.get('description', '')}".casefold()]
    found.sort(key=lambda k: (k.created_ms, k.id))
    limit = whole_number(call.arguments, "limit", 50, 1, 1000)
    page = Page(len(found), whole_number(call.arguments, "offset", 0, 0, 2**53), limit)
    shown = [_summary(call, one) for one in found[page.start : page.stop]]
    metadata = about(call, "experiments", "user", owner_id(call.caller.owner))
    return success(shown, {**metadata, "pagination": page.as_pagination()})


def _summary(call: Call, kept: Kept) -> dict[str, Any]:
    rooms, people = call.world.attendance(kept.id, call.now_ms)
    return {
        "id": kept.id,
        "name": kept.body["name"],
        "description": kept.body.get("description", ""),
        "ownerEmail": kept.owner,
        "ownerId": owner_id(kept.owner),
        "organizationId": kept.organisation,
        "requiredParticipants": participants_of(kept.body),
        "roomCount": rooms,
        "participantCount": people,
        "createdAt": iso_from_ms(kept.created_ms),
        "updatedAt": iso_from_ms(kept.updated_ms),
    }


def _record(call: Call, kept: Kept) -> dict[str, Any]:
    return {**kept.body, **_summary(call, kept)}


def create_experiment(call: Call) -> Response:
    """Keep a new definition.

    Raises:
        InvalidBody: It has problems.
    """
    body = read_body()
    definition = _definition(_sent(body) if isinstance(body, dict) else body)
    key = call.caller
    kept = call.sandbox.study.experiments.add(definition, key.owner, key.organisation, call.now_ms)
    record = _record(call, kept)
    tell_unkept(call, otherwise(body, record))
    return success([record], _about(call, kept), 201)


def _definition(body: Any) -> dict[str, Any]:
    found = definition_problems(body)
    if found or not isinstance(body, dict):
        place = f" at {found[0]['path']}" if found[0]["path"] else ""
        raise InvalidBody(f"The experiment is invalid{place}: {found[0]['message']}.", found)
    return body


def validate_experiment(call: Call) -> Response:
    """Tell every problem, each with its path.

    Raises:
        InvalidBody: The body is no object.
    """
    body = checked_body(_ANYTHING_RULES)
    found = definition_problems(body)
    return success([{"valid": not found, "errors": found}])


def get_experiment(call: Call, experiment_id: str) -> Response:
    """The definition with who owns it and how much was collected."""
    kept = find_experiment(call, experiment_id)
    return success([_record(call, kept)], _about(call, kept))


def get_config(call: Call, experiment_id: str) -> Response:
    """The definition as it was written, with its id."""
    kept = find_experiment(call, experiment_id)
    return success([{"id": kept.id, **kept.body}], _about(call, kept))


def export_experiment(call: Call, experiment_id: str) -> Response:
    """The definition, and a list of the media it needs."""
    kept = find_experiment(call, experiment_id, export=True)
    assets = _media(kept.body)
    metadata = {**_about(call, kept), "filename": f"{kept.id}.json", "mediaAssetsCount": len(assets)}
    return success([{"experiment": {"id": kept.id, **kept.body}, "mediaAssets": assets}], metadata)


def _media(definition: dict[str, Any]) -> list[dict[str, str]]:
    found: dict[str, str] = {}
    for state in definition.get("states") or []:
        focus = state.get("focusComponent") or {}
        url = (focus.get("config") or {}).get("url")
        if isinstance(url, str):
            found.setdefault(url, "image" if focus.get("type") == "showimage" else "video")
    return [{"url": url, "type": kind} for url, kind in found.items()]


def update_experiment(call: Call, experiment_id: str) -> Response:
    """Replace the top-level fields that the body names.

    Raises:
        InvalidBody: The experiment would have problems, or the body names nothing.
        NotFound, Forbidden: As for every experiment.
    """
    body = checked_body(_CHANGES_RULES)
    changes = _sent(body)

    def change() -> Kept:
        kept = find_experiment(call, experiment_id, write=True)
        return call.sandbox.study.experiments.replace(kept, _definition({**kept.body, **changes}), call.now_ms)

    kept = attempt(change)
    tell_unkept(call, otherwise(body, _record(call, kept)))
    return success([{"id": kept.id, "updated": True}], _about(call, kept))


# What the server tells of an experiment, and a client that sends a record back cannot change.
_SUMMARY_ONLY = (
    "id", "ownerEmail", "ownerId", "organizationId", "roomCount", "participantCount", "createdAt", "updatedAt",
)  # fmt: skip


def _sent(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in _SUMMARY_ONLY}


def delete_experiment(call: Call, experiment_id: str) -> Response:
    """Hide an experiment with all its data.

    Raises:
        Conflict: It has data, and the caller did not say that this does not matter (inferred).
        NotFound, Forbidden: As for every experiment.
    """
    looked_up(lambda: find_experiment(call, experiment_id, write=True))
    skip = flag(call.arguments, "skipDataCheck")

    def change() -> Kept:
        kept = find_experiment(call, experiment_id, write=True)
        if not skip and _summary(call, kept)["roomCount"]:
            raise Conflict(
                f"The experiment {kept.id} has collected data; send skipDataCheck=true to delete it all the same.",
                {"id": kept.id},
            )
        call.sandbox.study.experiments.delete(kept, call.now_ms)
        return kept

    kept = attempt(change)
    return success([{"id": kept.id, "deleted": True}], _about(call, kept))


def _about(call: Call, kept: Kept) -> dict[str, Any]:
    return about(call, "experiments", "experiment", kept.id)
