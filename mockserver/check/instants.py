"""Timestamps as a client reads them: ISO 8601 text to ms since the epoch, thousands at a time.

Deliberately not the server's own reader and writer (`mockserver.words.timestamps`), whose mistakes it would share.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

__all__ = ["Flags", "Floats", "Ints", "iso_from_ms", "ms_from_iso"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_DOCUMENTED_LENGTH = len("2024-10-20T14:30:00.000Z")


def ms_from_iso(texts: Sequence[str]) -> Ints:
    """Read timestamps into ms since the epoch; no zone means UTC.

    Raises:
        ValueError, TypeError: One of them is no ISO 8601 timestamp.
    """
    if all(len(text) == _DOCUMENTED_LENGTH and text[-1] == "Z" for text in texts):
        # NumPy reads no zones, but a whole page of the documented form at once.
        return np.array([text[:-1] for text in texts], dtype="datetime64[ms]").astype(np.int64)
    return np.array([_one(text) for text in texts], dtype=np.int64)


def _one(text: str) -> int:
    instant = datetime.fromisoformat(text)
    return ((instant if instant.tzinfo else instant.replace(tzinfo=UTC)) - _EPOCH) // _MILLISECOND


def iso_from_ms(instant_ms: int) -> str:
    """Write an instant as the API's examples do."""
    text = (_EPOCH + int(instant_ms) * _MILLISECOND).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{instant_ms % 1000:03d}Z"
