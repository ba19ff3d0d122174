"""API A's routes. What they do is in one module per family; which there are is read from the catalogue."""

from flask import Blueprint, Response

from mockserver.http import BodyTooLargeError, MalformedJsonError, current_sandbox, json_response
from mockserver.hyperstudy import files
from mockserver.hyperstudy.catalogue import CATALOGUE
from mockserver.hyperstudy.data import API_VERSION, data_view, mint_download
from mockserver.hyperstudy.envelope import error_response
from mockserver.hyperstudy.errors import ApiError
from mockserver.timestamps import iso_from_ms

__all__ = ["BASE_PATH", "blueprint"]

BASE_PATH = "/api/v3"


def blueprint() -> Blueprint:
    """A fresh blueprint with every route of the API."""
    api = Blueprint("hyperstudy", __name__)
    api.add_url_rule("/health", view_func=health)
    for row in CATALOGUE:
        for scope in row.levels:
            name = f"{row.name.replace('/', '_')}_{scope}"
            api.add_url_rule(f"/data/{row.name}/{scope}/<scope_id>", name, data_view(row, scope, BASE_PATH))
    api.add_url_rule("/data/recordings/download/<room_id>/<recording_id>", view_func=mint_download(BASE_PATH))
    files.register(api)
    for error in (ApiError, MalformedJsonError, BodyTooLargeError):
        api.register_error_handler(error, error_response)
    return api


def health() -> Response:
    """Is the server up? No key is needed, and there is no envelope (documented)."""
    now = iso_from_ms(current_sandbox().clock.now_ms())
    return json_response({"status": "healthy", "version": API_VERSION, "timestamp": now})
