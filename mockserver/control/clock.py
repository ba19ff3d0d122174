"""The sandbox's clock over HTTP: read it, and move it forward."""

from typing import Any

from flask import Response

from mockserver.control.errors import ControlError
from mockserver.door.http import current_sandbox, json_response, read_json
from mockserver.sandbox.clock import ClockError
from mockserver.words.timestamps import iso_from_ms

__all__ = ["advance_clock", "read_clock"]


def read_clock() -> Response:
    """What time it is in the world, and how fast it passes."""
    reading = current_sandbox().clock.reading()
    return json_response({"now": iso_from_ms(reading.now_ms), "speed": reading.speed})


def advance_clock() -> Response:
    """Move now forward by the body's `advanceMs`.

    Raises:
        ControlError: It is missing, no whole number, negative, or leads beyond the year 9000.
    """
    try:
        current_sandbox().clock.advance(_by_ms(read_json()))
    except ClockError as error:
        raise ControlError(str(error)) from None
    return read_clock()


def _by_ms(body: Any) -> int:
    by_ms = body.get("advanceMs") if isinstance(body, dict) else None
    if not isinstance(by_ms, int) or isinstance(by_ms, bool):
        raise ControlError('Expected {"advanceMs": <whole number of ms, 0 or more>}')
    return by_ms
