"""API B's operations: the three endpoints, and the API's own description. A request's way:

    token -> limit -> content type and coding -> size -> items -> JSON -> envelope -> session -> batch

Source: the endpoints and their answer are those of the ingestion page (documented); the order of the checks is
inferred.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from flask import Response, request

from mockserver.door.apis import Api
from mockserver.door.asked import Asked
from mockserver.door.credentials import BEARER
from mockserver.door.operations import Answer, Operation
from mockserver.ingestion import tokens
from mockserver.ingestion.batch import check_object
from mockserver.ingestion.described import batch_schema
from mockserver.ingestion.errors import (
    MOST_ITEMS,
    ApiError,
    BadRequest,
    SessionNotFound,
    TooLarge,
    TooManyItems,
    Unauthorized,
    UnsupportedCoding,
    UnsupportedMediaType,
)
from mockserver.ingestion.intake import take_in
from mockserver.ingestion.limits import check_limit, plan_of, subject_of
from mockserver.ingestion.reasons import reason_text
from mockserver.ingestion.responses import CONFIRMATION, confirmation, error_response, wrap
from mockserver.ingestion.schemas import ENVELOPE, KINDS, Kind
from mockserver.sandbox.sandbox import Sandbox
from mockserver.web.bodies import (
    BodyTooLargeError,
    MalformedJsonError,
    UnsupportedCodingError,
    read_exact_json,
    read_text,
)
from mockserver.web.reference import Form, document_answer, document_response
from mockserver.web.requests import current_asked, current_remarks, current_sandbox
from mockserver.web.responses import json_response
from mockserver.words.addresses import INGESTION_API
from mockserver.words.json_lengths import is_longer

__all__ = ["BASE_PATH", "api", "operation_id", "operations"]

BASE_PATH: Final = INGESTION_API
_HEADERS = (BEARER,)
_ENVELOPE_NAMES = [field.data_key or name for name, field in ENVELOPE.fields.items()]
_ANSWERED = "How many items were accepted, and why the others were not."


def operations() -> list[Operation]:
    """Every operation, in the order in which the reference page shows them."""
    return [*map(_ingesting, KINDS.values()), _document("json"), _document("yaml")]


def api() -> Api:
    """API B as the door sees it."""
    return Api("ingestion", BASE_PATH, tuple(operations()), _HEADERS, _serve, wrap)


def operation_id(kind: Kind) -> str:
    """Of the operation that takes in batches of a kind."""
    return f"ingest{kind.name.capitalize()}"


def _ingesting(kind: Kind) -> Operation:
    return Operation(
        id=operation_id(kind),
        method="POST",
        path=f"/data/{kind.name}",
        view=partial(ingest, kind),
        summary=kind.summary,
        tag="ingestion",
        answer=Answer(CONFIRMATION, many=False, enveloped=False, about=_ANSWERED),
        body=batch_schema(kind),
        errors=(400, 401, 404, 413, 415, 429),
        fidelity=kind.fidelity,
        note="Items that break a rule are rejected one by one; an empty batch is accepted.",
    )


def _document(form: Form) -> Operation:
    return Operation(
        id=f"getIngestionOpenApi{form.capitalize()}",
        method="GET",
        path=f"/openapi.{form}",
        view=partial(document_response, "ingestion", form),
        summary=f"This document as {form.upper()}",
        tag="reference",
        answer=document_answer(form),
        public=True,
        fidelity="inferred",
        always_shown=True,
        kept=True,
        long=True,
    )


def _serve(operation: Operation) -> Callable[..., Response]:
    """The view of an operation as Flask calls it: token and limit first, and every error in the envelope."""

    def view() -> Response:
        try:
            if not operation.public:
                _admit(current_asked())
            answer: Response = operation.view()
        except ApiError as error:
            return error_response(error)
        return answer

    return view


def ingest(kind: Kind) -> Response:
    """Take in one batch of a kind, and say how many of its items were accepted (the ingestion page, documented)."""
    sandbox = current_sandbox()
    session_id, batch = _read_envelope()
    current_remarks().session = session_id
    _require_session(session_id, sandbox)
    return json_response(confirmation(session_id, take_in(kind, session_id, batch, sandbox)))


def _admit(asked: Asked) -> None:
    """Check the token, and that its bearer has not sent too much.

    Raises:
        Unauthorized: There is no valid token.
        TooManyRequests: One too many, with or without a token.
    """
    sandbox = asked.sandbox
    address = ("address", request.remote_addr or "unknown")
    try:
        token = tokens.bearer_token(request.headers.get(BEARER))
        claims = tokens.check(token, sandbox.settings.token_secret, sandbox.clock.token_now_ms())
    except Unauthorized:
        check_limit(asked, "none", *address)
        raise
    asked.remarks.subject = subject = subject_of(claims)
    # A token without a subject cannot be told from the others that its client may mint.
    check_limit(asked, plan_of(claims), *(address if subject is None else ("subject", subject)))


def _read_envelope() -> tuple[str, list[Any]]:
    """Session and batch of the request's body.

    Raises:
        UnsupportedMediaType, UnsupportedCoding, TooLarge, BadRequest: In this order of precedence.
        TooManyItems: Before it is known whether the body is JSON.
    """
    body = _read_body()
    if not isinstance(body, dict):
        raise BadRequest(f"The body must be an object with {' and '.join(_ENVELOPE_NAMES)}")
    loaded, problems = check_object(ENVELOPE, body)
    if problems:
        raise BadRequest(reason_text(problems))
    return loaded["session_id"], loaded["batch"]


def _read_body() -> Any:
    if not request.is_json:
        raise UnsupportedMediaType(request.mimetype)
    try:
        text = read_text()
        if is_longer(text, "batch", MOST_ITEMS):
            raise TooManyItems
        return read_exact_json(text)
    except BodyTooLargeError as error:
        raise TooLarge(current_sandbox().settings.max_body_bytes, expanded=error.expanded) from None
    except UnsupportedCodingError as error:
        raise UnsupportedCoding(str(error)) from None
    except MalformedJsonError as error:
        raise BadRequest(f"Malformed JSON: {error}") from None


def _require_session(session_id: str, sandbox: Sandbox) -> None:
    """Refuse an unknown session, if the settings are strict about it (inferred)."""
    if sandbox.settings.strict_sessions and session_id not in sandbox.world.scenario.sessions:
        raise SessionNotFound
