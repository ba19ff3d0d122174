"""Tokens for the ingestion API, made to order."""

from flask import Response

from mockserver.control.errors import ControlError
from mockserver.control.schemas import TokenOrder, TokenOrderSchema, read_token_order
from mockserver.ingestion import tokens
from mockserver.ingestion.described import rules_schema
from mockserver.web.bodies import MalformedJsonError, read_json
from mockserver.web.requests import current_asked, current_sandbox
from mockserver.web.responses import json_response
from mockserver.words.json_schema import INSTANT, TEXT, object_of
from mockserver.words.timestamps import iso_from_ms

__all__ = ["ORDER", "TOKEN", "mint_token"]

ORDER = {"title": "TokenOrder", **rules_schema(TokenOrderSchema())}
TOKEN = object_of("Token", token=TEXT, expiresAt=INSTANT)


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
    asked = current_asked()
    if not asked.body and not asked.body_is_too_large:
        return TokenOrder()
    try:
        return read_token_order(read_json())
    except MalformedJsonError as error:
        raise ControlError(f"The body must be empty or a JSON object: {error}") from None
