"""Personas: the library of AI agents that roles can be bound to, and what they can be made of.

Source: methods, bodies and answers of the official client (observed).
"""

from collections.abc import Iterable
from typing import Any

from flask import Response

from mockserver.door.operations import Answer, Operation
from mockserver.hyperstudy.bodies import checked, checked_body, problems, read_body
from mockserver.hyperstudy.breaches import Rules
from mockserver.hyperstudy.calls import Call
from mockserver.hyperstudy.definition_schema import PROMPT
from mockserver.hyperstudy.envelope import success
from mockserver.hyperstudy.places import foreign, unknown
from mockserver.hyperstudy.unkept import otherwise, tell_unkept
from mockserver.sandbox.study.shelves import Kept, owner_id
from mockserver.sandbox.study.writing import attempt
from mockserver.words.json_schema import (
    FLAG,
    INSTANT,
    NUMBER,
    SENT_COUNT,
    SENT_WHOLE,
    TEXT,
    Schema,
    labelled,
    list_of,
    object_of,
)
from mockserver.words.timestamps import iso_from_ms

__all__ = ["persona_operations"]

_VISIBILITY = {"type": "string", "enum": ["private", "organization", "public"]}
_OWN: dict[str, Schema] = {
    "id": TEXT,
    "ownerEmail": TEXT,
    "ownerId": TEXT,
    "organizationId": labelled(TEXT, "inferred"),
    "createdAt": INSTANT,
    "updatedAt": INSTANT,
}
# Server and client throw it away: what an agent does between sessions is part of its cognition now (observed).
_DISCARDED = "offlineCognition"
_FREE: Schema = {"type": "object", "additionalProperties": True}
_FIELDS: dict[str, Schema] = {
    "name": {"type": "string", "pattern": r"\S"},
    "description": TEXT,
    "provider": {"type": "string", "enum": ["anthropic", "openai", "gemini", "custom"]},
    "model": TEXT,
    "prompt": PROMPT,
    "temperature": NUMBER,
    "topP": NUMBER,
    "maxTokens": {**SENT_COUNT, "minimum": 1},
    "thinking": FLAG,
    "reasoningEffort": TEXT,
    "extraParams": _FREE,
    "disableThinking": FLAG,
    "seed": SENT_WHOLE,
    "cognition": _FREE,
    "memoryPersistence": {"type": "string", "enum": ["none", "cross-experiment"]},
    "language": TEXT,
    "seedMemories": list_of(_FREE),
    "guardrails": {
        "type": "object",
        "properties": {
            "maxTurns": {**SENT_COUNT, "minimum": 1},
            "budgetTokens": {**SENT_COUNT, "minimum": 1000},
            "budgetUsd": {"type": "number", "exclusiveMinimum": 0},
            "maxConsecutiveDecisionErrors": {**SENT_COUNT, "minimum": 1},
        },
        "additionalProperties": True,
    },
    "pacing": _FREE,
    "visibility": _VISIBILITY,
}
_ALWAYS_SET = ("name", "provider", "visibility")
_PERSONA = {
    "title": "Persona",
    "type": "object",
    "properties": {
        **_OWN,
        **{name: s if name in _ALWAYS_SET else {"anyOf": [s, {"type": "null"}]} for name, s in _FIELDS.items()},
    },
    "required": [*_OWN, *_FIELDS],
    "additionalProperties": True,
}
_ORDER = {"title": "PersonaOrder", "type": "object", "properties": _FIELDS, "required": ["name"]}


def _or_null(schema: Schema) -> Schema:
    """The same, or null, at every level: in a merge patch null takes away."""
    inner = {name: _or_null(value) for name, value in schema.get("properties", {}).items()}
    choices = [*schema["enum"], None] if "enum" in schema else None
    unnamed = {name: value for name, value in schema.items() if name not in ("title", "properties", "enum")}
    return {
        **unnamed,
        "type": [schema["type"], "null"],
        **({"properties": inner} if inner else {}),
        **({"enum": choices} if choices else {}),
    }


# A field may be taken away, but not the name.
_PATCH = {
    "title": "PersonaChanges",
    "type": "object",
    "properties": {name: schema if name == "name" else _or_null(schema) for name, schema in _FIELDS.items()},
    "minProperties": 1,
}
_ORDER_RULES, _PATCH_RULES = Rules(_ORDER), Rules(_PATCH)
_DEFAULTS = {"provider": "anthropic", "visibility": "private"}
_BLOCKS = list_of(labelled(object_of("CognitionBlock", id=TEXT, name=TEXT, description=TEXT), "inferred"))
_GONE = object_of("DeletedPersona", id=TEXT, deleted=FLAG)
_CATALOG = object_of("CognitionCatalog", abilities=_BLOCKS, recipes=_BLOCKS, offlineRecipes=_BLOCKS)


def persona_operations() -> list[Operation]:
    """Every operation on personas, and the catalogue of what they can be made of."""
    one, persona = "/personas/<persona_id>", Answer(_PERSONA, many=False)

    def operation(id_: str, method: Any, path: str, view: Any, summary: str, answer: Answer, **more: Any) -> Operation:
        scope = "read:personas" if method == "GET" else "write:personas"
        return Operation(id_, method, path, view, summary, "personas", answer, scope, fidelity="observed", **more)

    return [
        operation("listPersonas", "GET", "/personas", list_personas, "Personas the key may see", Answer(_PERSONA)),
        operation("createPersona", "POST", "/personas", create_persona, "Create a persona", persona, body=_ORDER,
                  status=201, errors=(400, 413)),
        operation("getPersona", "GET", one, get_persona, "One persona", persona, errors=(404,)),
        operation("updatePersona", "PUT", one, update_persona, "Change what the body names (merge patch)", persona,
                  body=_PATCH, errors=(400, 404, 413)),
        operation("deletePersona", "DELETE", one, delete_persona, "Delete a persona", Answer(_GONE, many=False),
                  errors=(404,)),
        operation("duplicatePersona", "POST", one + "/duplicate", duplicate_persona, "Copy a persona", persona,
                  status=201, errors=(404,)),
        operation("getCognitionCatalog", "GET", "/agent-cognition/catalog", get_catalog,
                  "What a persona's cognition can be made of", Answer(_CATALOG)),
    ]  # fmt: skip


def list_personas(call: Call) -> Response:
    """One's own, those of the organisation, and public ones, all with the same keys."""
    seen = [kept for kept in call.sandbox.study.personas.all() if _visible(call, kept)]
    names = list(dict.fromkeys(name for kept in seen for name in kept.body))
    return success([_record(kept, names) for kept in seen])


def get_persona(call: Call, persona_id: str) -> Response:
    """One persona; `data` is an object here."""
    return success(_record(_find(call, persona_id)))


def create_persona(call: Call) -> Response:
    """Keep a new persona.

    Raises:
        InvalidBody: A field is wrong, or a provider of one's own comes without a model.
    """
    body = read_body()
    body = checked(body, _problems(body))
    record = _record(_add(call, {**_DEFAULTS, **_sent(body)}))
    tell_unkept(call, otherwise(body, record))
    return success(record, status=201)


def _problems(persona: Any) -> list[dict[str, str]]:
    """What keeps a persona from being one; a provider of one's own needs a model (observed in the client)."""
    found = problems(persona, _ORDER_RULES)
    if isinstance(persona, dict) and persona.get("provider") == "custom" and not persona.get("model"):
        found.append({"path": "model", "message": 'is missing, and the provider "custom" needs one'})
    return found


def update_persona(call: Call, persona_id: str) -> Response:
    """Merge the body into a persona: nested objects too; null takes a field away.

    Its visibility stays what it was at its creation (observed in the client).

    Raises:
        InvalidBody: A field is wrong, or it would be no persona that could have been created.
        NotFound, Forbidden: There is none, or it is somebody else's.
    """
    sent = checked_body(_PATCH_RULES)
    patch = {name: value for name, value in _sent(sent).items() if name != "visibility"}

    def change() -> Kept:
        kept = _find(call, persona_id, write=True)
        body = {**_DEFAULTS, **_merged(kept.body, patch)}
        checked(body, _problems(body))
        return call.sandbox.study.personas.replace(kept, body, call.now_ms)

    record = _record(attempt(change))
    # What is merged in a second time changes nothing, if all of it was kept.
    told = {name: value for name, value in record.items() if value is not None}
    tell_unkept(call, otherwise(_merged(told, sent), told))
    return success(record)


def delete_persona(call: Call, persona_id: str) -> Response:
    """Take a persona out of the library."""

    def change() -> Kept:
        kept = _find(call, persona_id, write=True)
        call.sandbox.study.personas.delete(kept, call.now_ms)
        return kept

    return success({"id": attempt(change).id, "deleted": True})


def duplicate_persona(call: Call, persona_id: str) -> Response:
    """A private copy of one's own."""
    kept = _find(call, persona_id)
    body = {**kept.body, "name": f"{kept.body['name']} (copy)", "visibility": "private"}
    return success(_record(_add(call, body)), status=201)


def get_catalog(call: Call) -> Response:
    """The building blocks; their names are inferred."""
    return success(
        [
            {
                "abilities": _blocks("perceive", "remember", "infer_goals", "predict", "plan", "decide"),
                "recipes": _blocks("reactive", "deliberative", "theory_of_mind"),
                "offlineRecipes": _blocks("reflect", "consolidate"),
            }
        ]
    )


def _blocks(*ids: str) -> list[dict[str, str]]:
    return [{"id": id_, "name": id_.replace("_", " ").capitalize(), "description": ""} for id_ in ids]


def _add(call: Call, body: dict[str, Any]) -> Kept:
    key = call.caller
    return call.sandbox.study.personas.add(body, key.owner, key.organisation, call.now_ms)


def _find(call: Call, persona_id: str, *, write: bool = False) -> Kept:
    kept = call.sandbox.study.personas.get(persona_id)
    if kept is None:
        raise unknown("persona", persona_id)
    mine = kept.organisation == call.caller.organisation
    if not _visible(call, kept) or (write and not mine):
        raise foreign(call, kept, "This belongs to somebody else.")
    return kept


def _visible(call: Call, kept: Kept) -> bool:
    visibility = kept.body.get("visibility")
    same = kept.organisation == call.caller.organisation
    return visibility == "public" or (same and (visibility == "organization" or kept.owner == call.caller.owner))


def _sent(body: dict[str, Any]) -> dict[str, Any]:
    """What a client may set; the server's own fields come back unchanged when a record is sent back."""
    return {name: value for name, value in body.items() if name not in _OWN and name != _DISCARDED}


def _merged(old: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    merged = dict(old)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, dict):
            inner = merged.get(name)
            merged[name] = _merged(inner if isinstance(inner, dict) else {}, value)
        else:
            merged[name] = value
    return merged


def _record(kept: Kept, names: Iterable[str] = ()) -> dict[str, Any]:
    """A persona as it is told: the same keys whatever was set.

    Args:
        names: Of fields beside the known ones, which the others of a list have.
    """
    return {
        "id": kept.id,
        **{name: kept.body.get(name) for name in (*_FIELDS, *names, *kept.body)},
        "ownerEmail": kept.owner,
        "ownerId": owner_id(kept.owner),
        "organizationId": kept.organisation,
        "createdAt": iso_from_ms(kept.created_ms),
        "updatedAt": iso_from_ms(kept.updated_ms),
    }
