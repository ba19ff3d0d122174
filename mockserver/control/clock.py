"""The sandbox's clock over HTTP: read it, and move it forward."""

from typing import Any

from flask import Response

from mockserver.control.errors import ControlError
from mockserver.web.requests import current_sandbox
from mockserver.web.responses import json_response
from mockserver.web.bodies import read_json
from mockserver.words.json_schema import INSTANT, NUMBER, object_of
from mockserver.words.timestamps import iso_from_ms

__all__ = ["CHANGE", "CLOCK", "change_clock", "read_clock"]

# The end of the year 9000: later instants could not be written any more.
_LAST_MS = 221_845_392_000_000


CLOCK = object_of("Clock", now=INSTANT, speed=NUMBER)
CHANGE = object_of("ClockChange", advanceMs={"type": "integer", "minimum": 0, "maximum": _LAST_MS})


def read_clock() -> Response:
    """What time it is in the world, and how fast it passes."""
    clock = current_sandbox().clock
    return json_response({"now": iso_from_ms(clock.now_ms()), "speed": clock.speed})


def change_clock() -> Response:
    """Move now forward by the body's `advanceMs`.

    Raises:
        ControlError: It is missing, no whole number, negative, or leads beyond the year 9000.
    """
    clock = current_sandbox().clock
    clock.advance(_asked_ms(read_json(), _LAST_MS - clock.now_ms()))
    return read_clock()


def _asked_ms(body: Any, most_ms: int) -> int:
    asked = body.get("advanceMs") if isinstance(body, dict) else None
    if not isinstance(asked, int) or isinstance(asked, bool) or not 0 <= asked <= most_ms:
        raise ControlError(f'Expected {{"advanceMs": <whole number from 0 to {most_ms}>}}')
    return asked
