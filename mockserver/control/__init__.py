"""The emulator's own API: what it holds and how to steer it. Not part of any emulated service."""

from typing import Final

from flask import Blueprint

from mockserver.control.access import refuse_strangers
from mockserver.control.errors import render_http_error
from mockserver.control.routes import make_blueprint

__all__ = ["BASE_PATH", "blueprint", "render_http_error"]

BASE_PATH: Final = "/_mock"


def blueprint() -> Blueprint:
    """The API's routes, fresh for every application."""
    made = make_blueprint()
    made.before_request(refuse_strangers)
    return made
