"""Every number of the server: times in which a client must do something, and sizes that it may not exceed."""

import sys
from dataclasses import dataclass

if sys.platform != "win32":
    import resource

__all__ = ["GRACE_S", "Limits", "most_connections"]

GRACE_S = 3.0

# Windows has no limit of this kind that would be reached first.
_FILES_ELSEWHERE = 4096
# More connections than this help nobody; a higher limit on files would only be a surprise to the process.
_FILES_WANTED = 4096
# Left for listening sockets, the loop, stores, scenario files, and what the host program itself has open.
_FILES_KEPT_FREE = 96
_FEWEST_CONNECTIONS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a client may do. Where it waits for the emulator, no time counts.

    Attributes:
        idle_s: Silence between two requests, or before the first. Longer than the pools of usual clients keep.
        head_s: From the first byte of a head to its last.
        body_s: Without a byte, while a body is awaited.
        unread_s: Without progress in reading an answer.
        linger_s: How long a client that was refused early may go on sending before it is cut off.
        linger_bytes: How much it may send meanwhile.
        drained_bytes: A body that nobody wanted to read is taken in and dropped up to this size, so that the connection
            can be kept; over a larger one it is closed.
        head_bytes: Request line and headers together.
        origin_s: How long a client that is refused before its head was read may take to say which page asks.
        connections: Open at once; None is what the limit on open files allows.
        raw_s: How long bytes past HTTP may take to leave before a reset.
        sweep_s: How often all this is looked at.
    """

    idle_s: float = 120.0
    head_s: float = 20.0
    body_s: float = 30.0
    unread_s: float = 60.0
    linger_s: float = 10.0
    linger_bytes: int = 64 * 1024 * 1024
    drained_bytes: int = 1024 * 1024
    head_bytes: int = 256 * 1024
    origin_s: float = 1.0
    connections: int | None = None
    raw_s: float = 1.0
    sweep_s: float = 1.0


def most_connections() -> int:
    """How many connections may be open at once, from the limit on open files, which is raised where that is allowed."""
    return max(_files_allowed() - _FILES_KEPT_FREE, _FEWEST_CONNECTIONS)


if sys.platform == "win32":

    def _files_allowed() -> int:
        return _FILES_ELSEWHERE

else:

    def _files_allowed() -> int:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _FILES_WANTED if hard == resource.RLIM_INFINITY else min(hard, _FILES_WANTED)
        if soft == resource.RLIM_INFINITY or soft >= wanted:
            return wanted
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):
            return soft
        return wanted
