"""Tokens for the ingestion API, made to order."""

from flask import Response

from mockserver.control.bodies import body_schema, read_body
from mockserver.control.schemas import TokenOrder, TokenOrderSchema
from mockserver.ingestion import tokens
from mockserver.sandbox.sandbox import DEFAULT_NAME
from mockserver.web.requests import current_sandbox
from mockserver.web.responses import json_response
from mockserver.words.json_schema import INSTANT, TEXT, object_of
from mockserver.words.timestamps import iso_from_ms

__all__ = ["ORDER", "TOKEN", "mint_token"]

ORDER = body_schema("TokenOrder", TokenOrderSchema())
TOKEN = object_of("Token", token=TEXT, expiresAt=INSTANT)


def mint_token() -> Response:
    """Make a bearer token for ingestion; the body may name `subject`, `ttlSeconds` and `plan`."""
    sandbox, order = current_sandbox(), TokenOrder(**read_body(TokenOrderSchema()))
    now_ms = sandbox.clock.token_now_ms()
    token = tokens.mint(
        sandbox.settings.token_secret,
        now_ms,
        subject=order.subject,
        ttl_s=order.ttl_s,
        plan=order.plan,
        sandbox=None if sandbox.name == DEFAULT_NAME else sandbox.name,
    )
    expires_at = iso_from_ms((now_ms // 1000 + order.ttl_s) * 1000)
    return json_response({"token": token, "expiresAt": expires_at})
