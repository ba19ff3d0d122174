"""The routes of the control API, relative to its base path; what they do is in a module each."""

from flask import Blueprint

from mockserver.control.clock import advance_clock, read_clock
from mockserver.control.errors import ControlError, refusal
from mockserver.control.ingested import ingested, lint
from mockserver.control.tokens import mint_token
from mockserver.control.truth import experiment_truth, overview, room_truth, schema
from mockserver.control.world import world
from mockserver.door.http import BodyTooLargeError, MalformedJsonError

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
    blueprint.add_url_rule("/truth/schema", "truth_schema", schema)
    blueprint.add_url_rule("/truth/experiments/<experiment_id>", "experiment_truth", experiment_truth)
    blueprint.add_url_rule("/truth/rooms/<room_id>", "room_truth", room_truth)
    return blueprint
