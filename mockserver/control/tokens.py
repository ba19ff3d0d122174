"""Tokens for the ingestion API, made to order."""

from flask import Response, request

from mockserver.control.errors import ControlError
from mockserver.control.schemas import TokenOrder, read_token_order
from mockserver.door.http import MalformedJsonError, current_sandbox, json_response, read_json
from mockserver.ingestion import tokens
from mockserver.words.timestamps import iso_from_ms

__all__ = ["mint_token"]


def mint_token() -> Response:
    """Make a bearer token for ingestion; the body may name `subject`, `ttlSeconds` and `plan`."""
    sandbox, order = current_sandbox(), _order()
    now_ms = sandbox.clock.token_now_ms()
    token = tokens.mint(
        sandbox.settings.token_secret, now_ms, subject=order.subject, ttl_s=order.ttl_s, plan=order.plan
    )
    expires_at = iso_from_ms((now_ms // 1000 + order.ttl_s) * 1000)
    return json_response({"token": token, "expiresAt": expires_at})


def _order() -> TokenOrder:
    """What the body asks for; an empty body asks for nothing in particular."""
    if not request.get_data():
        return TokenOrder()
    try:
        return read_token_order(read_json())
    except MalformedJsonError as error:
        raise ControlError(f"The body must be empty or a JSON object: {error}") from None
