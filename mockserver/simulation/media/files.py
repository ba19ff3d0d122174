"""The bytes of a recording, any range of them without the ones before.

A file is a short playable head, which states the recording's duration, and then filler up to the size that
the record claims. Players skip the filler. It is a pattern of the recording's key, so that two recordings
differ and a client that puts a range in the wrong place gets another checksum.

Source: a playable file of `format` with exactly `fileSize` bytes; its content is inferred.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from mockserver.simulation.media import mp4, webm

__all__ = ["FORMATS", "LONGEST_MS", "MediaFile", "recording_file", "smallest_size"]

LONGEST_MS = 24 * 3_600_000
LARGEST_BYTES = 1 << 50

# A prime: ranges of round sizes in the wrong order do not look alike, as they would with a power of two.
_PATTERN_BYTES = 65_521


@dataclass(frozen=True, slots=True)
class _Format:
    content_type: str
    smallest_size: Callable[[int], int]
    head: Callable[[int, int], bytes]


_FORMATS = {
    "mp4": _Format(mp4.CONTENT_TYPE, mp4.smallest_size, mp4.head),
    "webm": _Format(webm.CONTENT_TYPE, webm.smallest_size, webm.head),
}
FORMATS = tuple(_FORMATS)


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A recording's file, of which only the head is in memory.

    Attributes:
        size: Bytes of the whole file.
        content_type: Its media type.
    """

    size: int
    content_type: str
    _head: bytes = field(repr=False)
    _pattern: bytes = field(repr=False)

    def read(self, start: int, stop: int) -> bytes:
        """The bytes from `start` up to, not including, `stop`.

        Raises:
            ValueError: Not 0 <= start <= stop <= size.
        """
        if not 0 <= start <= stop <= self.size:
            raise ValueError(f"no bytes {start} to {stop} in a file of {self.size}")
        head = self._head[start:stop]
        return head + self._filler(start + len(head), stop)

    def chunks(self, start: int, stop: int, chunk_bytes: int = 65_536) -> Iterator[bytes]:
        """The same bytes as `read`, at most `chunk_bytes` (at least 1) at a time."""
        for position in range(start, stop, chunk_bytes):
            yield self.read(position, min(position + chunk_bytes, stop))

    def _filler(self, start: int, stop: int) -> bytes:
        phase, length = start % _PATTERN_BYTES, stop - start
        repeats = -(-(phase + length) // _PATTERN_BYTES)
        return (self._pattern * repeats)[phase : phase + length]


def recording_file(format: str, duration_ms: int, size_bytes: int, key: str) -> MediaFile:
    """Make a playable file.

    Args:
        format: `mp4`: video of 1280x720, a picture held for each quarter of the duration. `webm`: mono audio,
            silence.
        duration_ms: What the file states and plays, 1 to `LONGEST_MS`.
        size_bytes: What it weighs, from `smallest_size(format, duration_ms)` to 1 PiB.
        key: Any text; decides the filler.

    Raises:
        ValueError: Another format, or a duration or size out of range; the message says what would be right.
    """
    smallest = smallest_size(format, duration_ms)
    if not smallest <= size_bytes <= LARGEST_BYTES:
        raise ValueError(
            f"size_bytes is {size_bytes}: {format} of {duration_ms} ms can have {smallest} to {LARGEST_BYTES}"
        )
    head = _FORMATS[format].head(duration_ms, size_bytes)
    pattern = hashlib.shake_128(key.encode()).digest(_PATTERN_BYTES)
    return MediaFile(size_bytes, _FORMATS[format].content_type, head, pattern)


def smallest_size(format: str, duration_ms: int) -> int:
    """Bytes of the shortest playable file: 6 kB for `mp4`, 67 per second and some 200 for `webm`.

    Raises:
        ValueError: Another format, or a duration outside 1 to `LONGEST_MS`.
    """
    if format not in _FORMATS:
        raise ValueError(f"format is {format!r}: one of {', '.join(FORMATS)} would do")
    if not 1 <= duration_ms <= LONGEST_MS:
        raise ValueError(f"duration_ms is {duration_ms}: 1 to {LONGEST_MS} would do")
    return _FORMATS[format].smallest_size(duration_ms)
