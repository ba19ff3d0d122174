"""The control routes over ingestion: what arrived, what the lint found, and tokens to send more with."""

from typing import Any

from flask import Blueprint, Response, request

from mockserver.control.clock import advance_clock, read_clock
from mockserver.control.errors import ControlError, refusal
from mockserver.control.schemas import TokenOrder, read_token_order
from mockserver.control.truth import experiment_truth, overview, room_truth
from mockserver.control.world import world
from mockserver.http import BodyTooLargeError, MalformedJsonError, current_sandbox, json_response, read_json
from mockserver.ingestion import tokens
from mockserver.ingestion.schemas import KINDS
from mockserver.store import IngestedItem, LoggedWarning
from mockserver.timestamps import iso_from_ms

__all__ = ["make_blueprint"]


def make_blueprint() -> Blueprint:
    """A fresh blueprint, relative to the control API's base path."""
    blueprint = Blueprint("control", __name__)
    for error in (ControlError, MalformedJsonError, BodyTooLargeError):
        blueprint.register_error_handler(error, refusal)
    blueprint.add_url_rule("/ingested", "ingested", ingested)
    blueprint.add_url_rule("/lint", "lint", lint)
    blueprint.add_url_rule("/tokens", "tokens", mint_token, methods=["POST"])
    blueprint.add_url_rule("/world", "world", world)
    blueprint.add_url_rule("/clock", "clock", read_clock)
    blueprint.add_url_rule("/clock", "advance_clock", advance_clock, methods=["POST"])
    blueprint.add_url_rule("/truth", "truth", overview)
    blueprint.add_url_rule("/truth/experiments/<experiment_id>", "experiment_truth", experiment_truth)
    blueprint.add_url_rule("/truth/rooms/<room_id>", "room_truth", room_truth)
    return blueprint


def ingested() -> Response:
    """What was ingested, in order of arrival: `?kind=` and `?sessionId=` narrow it down."""
    items = current_sandbox().store.items(_kind(), _session_id())
    return json_response({"items": [_item(item) for item in items], "total": len(items)})


def lint() -> Response:
    """What the lint found, in order of arrival: `?kind=` and `?sessionId=` narrow it down."""
    warnings = current_sandbox().store.warnings(_kind(), _session_id())
    return json_response({"warnings": [_warning(warning) for warning in warnings], "total": len(warnings)})


def mint_token() -> Response:
    """Make a bearer token for ingestion; the body may name `subject` and `ttlSeconds`."""
    sandbox, order = current_sandbox(), _token_order()
    now_ms = sandbox.clock.token_now_ms()
    token = tokens.mint(
        sandbox.settings.token_secret, now_ms, subject=order.subject, ttl_s=order.ttl_s, plan=order.plan
    )
    expires_at = iso_from_ms((now_ms // 1000 + order.ttl_s) * 1000)
    return json_response({"token": token, "expiresAt": expires_at})


def _kind() -> str | None:
    """The kind that the query asks for; absent or empty, it asks for all.

    Raises:
        ControlError: There is no such kind.
    """
    kind = request.args.get("kind") or None
    if kind is not None and kind not in KINDS:
        raise ControlError(f"Unknown kind {kind!r}: expected one of {', '.join(KINDS)}")
    return kind


def _session_id() -> str | None:
    return request.args.get("sessionId") or None


def _token_order() -> TokenOrder:
    """What the body asks for; an empty body asks for nothing in particular."""
    if not request.get_data():
        return TokenOrder()
    try:
        return read_token_order(read_json())
    except MalformedJsonError as error:
        raise ControlError(f"The body must be empty or a JSON object: {error}") from None


def _item(item: IngestedItem) -> dict[str, Any]:
    return {
        "sessionId": item.session_id,
        "kind": item.kind,
        "batch": item.batch,
        "index": item.index,
        "receivedAt": iso_from_ms(item.received_at_ms),
        "item": item.item,
    }


def _warning(warning: LoggedWarning) -> dict[str, Any]:
    return {
        "sessionId": warning.session_id,
        "kind": warning.kind,
        "batch": warning.batch,
        "rule": warning.rule,
        "indexes": list(warning.indexes),
        "message": warning.message,
        "foundAt": iso_from_ms(warning.found_at_ms),
    }
