"""The three endpoints. A request's way:

    token -> limit -> content type -> size -> JSON -> envelope -> session -> batch

Source: the endpoints and their answer are those of the ingestion page (documented); the order of the checks is
inferred.
"""

from functools import partial
from typing import Any

from flask import Blueprint, Response, request

from mockserver.door.http import BodyTooLargeError, MalformedJsonError, current_sandbox, json_response, read_exact_json
from mockserver.door.reference import document_response
from mockserver.ingestion import tokens
from mockserver.ingestion.batch import check_object
from mockserver.ingestion.errors import (
    ApiError,
    BadRequest,
    SessionNotFound,
    TooLarge,
    Unauthorized,
    UnsupportedMediaType,
)
from mockserver.ingestion.intake import take_in
from mockserver.ingestion.limits import check_limit, plan_of, subject_of
from mockserver.ingestion.reasons import reason_text
from mockserver.ingestion.responses import confirmation, refusal
from mockserver.ingestion.schemas import ENVELOPE, KINDS, Kind
from mockserver.sandbox.sandbox import Sandbox

__all__ = ["make_blueprint"]


def make_blueprint() -> Blueprint:
    """A fresh blueprint with a route per kind of data, and the API's description, relative to its base path."""
    blueprint = Blueprint("ingestion", __name__)
    blueprint.register_error_handler(ApiError, refusal)
    for kind in KINDS.values():
        blueprint.add_url_rule(f"/data/{kind.name}", kind.name, partial(ingest, kind), methods=["POST"])
    blueprint.add_url_rule("/openapi.json", "openapi_json", partial(document_response, "ingestion", "json"))
    blueprint.add_url_rule("/openapi.yaml", "openapi_yaml", partial(document_response, "ingestion", "yaml"))
    return blueprint


def ingest(kind: Kind) -> Response:
    """Take in one batch of a kind, and say how many of its items were accepted (the ingestion page, documented)."""
    sandbox = current_sandbox()
    _admit(sandbox)
    session_id, batch = _read_envelope()
    _require_session(session_id, sandbox)
    return json_response(confirmation(session_id, take_in(kind, session_id, batch, sandbox)))


def _admit(sandbox: Sandbox) -> None:
    """Check the token, and that its bearer has not sent too much.

    Raises:
        Unauthorized: There is no valid token.
        TooManyRequests: One too many, with or without a token.
    """
    address = ("address", request.remote_addr or "unknown")
    try:
        token = tokens.bearer_token(request.headers.get("Authorization"))
        claims = tokens.check(token, sandbox.settings.token_secret, sandbox.clock.token_now_ms())
    except Unauthorized:
        check_limit(sandbox, "none", *address)
        raise
    subject = subject_of(claims)
    # A token without a subject cannot be told from the others that its client may mint.
    check_limit(sandbox, plan_of(claims), *(address if subject is None else ("subject", subject)))


def _read_envelope() -> tuple[str, list[Any]]:
    """Session and batch of the request's body.

    Raises:
        UnsupportedMediaType, TooLarge, BadRequest: In this order of precedence.
    """
    loaded, problems = check_object(ENVELOPE, _read_body())
    if problems:
        raise BadRequest(reason_text(problems, whole="The body"))
    return loaded["session_id"], loaded["batch"]


def _read_body() -> Any:
    if not request.is_json:
        raise UnsupportedMediaType(request.mimetype)
    try:
        return read_exact_json()
    except BodyTooLargeError:
        raise TooLarge(request.max_content_length) from None
    except MalformedJsonError as error:
        raise BadRequest(f"Malformed JSON: {error}") from None


def _require_session(session_id: str, sandbox: Sandbox) -> None:
    """Refuse an unknown session, if the settings are strict about it (inferred)."""
    if sandbox.settings.strict_sessions and session_id not in sandbox.world.scenario.sessions:
        raise SessionNotFound
