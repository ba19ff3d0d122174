"""What a client wrote and does not read back as it was sent: told to the developer, and to nobody else.

Source: none; that nothing is lost in silence is the emulator's own promise (inferred).
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from mockserver.hyperstudy.calls import Call
from mockserver.web.requests import current_asked

__all__ = ["otherwise", "tell_unkept"]

_ABSENT = object()
# Of a made-up name, what is told.
_SHOWN_LETTERS = 60


def otherwise(sent: Mapping[str, Any], record: Mapping[str, Any]) -> list[str]:
    """The fields of a body that its record tells otherwise, or not at all."""
    return [name for name, value in sent.items() if not _same(record.get(name, _ABSENT), value)]


def _same(kept: Any, sent: Any) -> bool:
    # To Python, true is 1.
    return bool(kept == sent) and isinstance(kept, bool) == isinstance(sent, bool)


def tell_unkept(call: Call, names: Iterable[str], first_in: str = "") -> None:
    """Tell of the fields of this request's body that are not kept as they were sent: each name once, and how often.

    Args:
        first_in: The id of what was written, where a body has many.
    """
    operation = current_asked().operation
    if operation is None:
        raise LookupError("only an operation has a body")
    where = f", first in {first_in}" if first_in else ""
    for name in names:
        said = f"{operation.id} does not keep the field {name[:_SHOWN_LETTERS]!r} as it was sent{where}"
        call.sandbox.lint.tell(
            operation.id, "unkept_field", name, partial(str, said), call.sandbox.clock.token_now_ms()
        )
