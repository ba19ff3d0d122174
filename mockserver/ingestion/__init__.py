"""The OpenScouter ingestion API: batches of events, facial frames and voice segments, write-only.

Begin at `routes.py`; the rules are in `schemas.py`, what becomes of a batch in `intake.py`.
"""

from typing import Final

from flask import Blueprint

from mockserver.ingestion.responses import render_http_error
from mockserver.ingestion.routes import make_blueprint
from mockserver.words.addresses import INGESTION_API

__all__ = ["BASE_PATH", "blueprint", "render_http_error"]

BASE_PATH: Final = INGESTION_API


def blueprint() -> Blueprint:
    """The API's routes, fresh for every application."""
    return make_blueprint()
