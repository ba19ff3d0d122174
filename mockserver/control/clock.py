"""The sandbox's clock over HTTP: read it, move it forward, stop it, let it run."""

from typing import Any

from flask import Response

from mockserver.control.errors import ControlError
from mockserver.sandbox.clock import Clock, ClockError, checked_speed
from mockserver.web.bodies import read_json
from mockserver.web.requests import current_sandbox
from mockserver.web.responses import json_response
from mockserver.words.json_schema import COUNT, INSTANT, ISO_8601, NUMBER, object_of
from mockserver.words.timestamps import iso_from_ms, parse_iso_us

__all__ = ["CHANGE", "CLOCK", "change_clock", "clock_data", "read_clock"]

CLOCK = object_of("Clock", now=INSTANT, speed=NUMBER, advancedMs=COUNT, tokenNow=INSTANT)
CHANGE = {
    **object_of(
        "ClockChange",
        advanceMs={**COUNT, "description": "Move now forward by so many milliseconds."},
        now={**ISO_8601, "description": "Set now forward to an instant."},
        speed={
            **NUMBER,
            "minimum": 0,
            "description": "Simulated ms per real ms: 0 freezes the clock, 1 lets it run as the machine's does.",
        },
    ),
    "required": [],
    "additionalProperties": False,
    "minProperties": 1,
    "examples": [{"advanceMs": 60_000}],
}
_EXPECTED = (
    'Expected one of {"advanceMs": <whole number of ms, 0 or more>}, {"now": <instant>} and {"speed": <number>}, '
    "or speed with one of the others"
)


def read_clock() -> Response:
    """What time it is in the world, how fast it passes, and what time it is for tokens."""
    return json_response(clock_data(current_sandbox().clock))


def clock_data(clock: Clock) -> dict[str, Any]:
    """What a clock says, as it is told."""
    reading = clock.reading()
    return {
        "now": iso_from_ms(reading.now_ms),
        "speed": reading.speed,
        "advancedMs": reading.advanced_ms,
        "tokenNow": iso_from_ms(reading.token_now_ms),
    }


def change_clock() -> Response:
    """Change what the body names: now first, then the speed; nothing, where any of it cannot be.

    Raises:
        ControlError: The body names nothing or something else, or the clock cannot be changed like that.
    """
    body = read_json()
    _check(body)
    clock = current_sandbox().clock
    try:
        speed = checked_speed(body.get("speed", clock.speed))
        _move(clock, body)
        if "speed" in body:
            clock.set_speed(speed)
    except ClockError as error:
        raise ControlError(str(error)) from None
    return read_clock()


def _move(clock: Clock, body: dict[str, Any]) -> None:
    if "advanceMs" in body:
        clock.advance(int(body["advanceMs"]))
    if "now" in body:
        clock.set_forward(_instant_ms(body["now"]))


def _check(body: Any) -> None:
    known = ("advanceMs", "now", "speed")
    if not isinstance(body, dict) or not body or {"advanceMs", "now"} <= set(body):
        raise ControlError(_EXPECTED)
    unknown = [name for name in body if name not in known]
    if unknown:
        raise ControlError(f"Unknown field {unknown[0][:40]!r}. {_EXPECTED}")
    by_ms, speed = body.get("advanceMs", 0), body.get("speed", 0)
    # JSON has one kind of number, so 1000.0 is whole.
    if not _is_number(by_ms) or by_ms % 1 != 0 or not _is_number(speed):
        raise ControlError(_EXPECTED)
    if "now" in body:
        _instant_ms(body["now"])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _instant_ms(text: Any) -> int:
    try:
        return parse_iso_us(text) // 1000
    except (TypeError, ValueError):
        said = f"now must be an ISO 8601 instant, such as 2024-10-20T14:30:00Z, not {text!r}"
        raise ControlError(said[:300]) from None
