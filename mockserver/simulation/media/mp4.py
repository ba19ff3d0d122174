"""Video recordings: the base file with its stated durations changed, and a `free` box behind it.

The base (`fixtures/media/card.mp4`) has four independent frames in a track whose ticks are quarter
milliseconds. Giving every frame as many ticks as the recording has milliseconds holds each for a quarter of
it, exactly. No box changes its size, so no offset in the file does.
"""

import struct
from collections.abc import Sequence
from functools import cache

from mockserver.words.resources import data_path

__all__ = ["CONTENT_TYPE", "head", "smallest_size"]

CONTENT_TYPE = "video/mp4"

_STBL = (b"moov", b"trak", b"mdia", b"minf", b"stbl")

# Path of a box, where in its payload a duration stands, and that field's ticks per ms of the recording.
_DURATION_FIELDS: tuple[tuple[tuple[bytes, ...], int, int], ...] = (
    ((b"moov", b"mvhd"), 16, 1),
    ((b"moov", b"trak", b"tkhd"), 20, 1),
    ((b"moov", b"trak", b"mdia", b"mdhd"), 16, 4),
    # Ticks per frame, of which there are four.
    ((*_STBL, b"stts"), 12, 1),
)
_BOX_HEADER_BYTES = 8


def smallest_size(duration_ms: int) -> int:
    """Bytes of the shortest file: the base and an empty filler box, whatever the duration."""
    return len(_base()) + _BOX_HEADER_BYTES


def head(duration_ms: int, size_bytes: int) -> bytes:
    """Everything of a file of `size_bytes` that comes before its filler.

    Args:
        duration_ms: 1 to 2**30 - 1.
        size_bytes: At least `smallest_size(duration_ms)`.
    """
    patched = bytearray(_base())
    for path, offset, ticks_per_ms in _DURATION_FIELDS:
        struct.pack_into(">I", patched, _payload_start(patched, path) + offset, duration_ms * ticks_per_ms)
    return bytes(patched) + _filler_header(size_bytes - len(patched))


@cache
def _base() -> bytes:
    return (data_path("media") / "card.mp4").read_bytes()


def _filler_header(box_bytes: int) -> bytes:
    """The start of a `free` box that is `box_bytes` long, this header included."""
    if box_bytes < 1 << 32:
        return struct.pack(">I4s", box_bytes, b"free")
    # A size of 1 says that the true one follows in 64 bits (ISO/IEC 14496-12, 4.2).
    return struct.pack(">I4sQ", 1, b"free", box_bytes)


def _payload_start(boxes: bytearray, path: Sequence[bytes]) -> int:
    """Where the payload of the box at a path of box types begins.

    Raises:
        ValueError: There is no such box: the base file is not the one this module knows.
    """
    start, stop = 0, len(boxes)
    for box_type in path:
        start, stop = _payload_span(boxes, box_type, start, stop)
    return start


def _payload_span(boxes: bytearray, box_type: bytes, start: int, stop: int) -> tuple[int, int]:
    while start < stop:
        box_bytes, found_type = struct.unpack_from(">I4s", boxes, start)
        if found_type == box_type:
            return start + _BOX_HEADER_BYTES, start + box_bytes
        start += box_bytes
    raise ValueError(f"the base file has no {box_type.decode()} box")
