"""A request as one line for a terminal, for `--verbose`."""

from mockserver.sandbox.journal import Entry
from mockserver.words.timestamps import iso_from_ms

__all__ = ["request_line"]


def request_line(entry: Entry) -> str:
    """When, what, how it ended, and for whom; without the query, which may hold a credential.

    Such as `10:14:32.120 200 getEventsByRoom GET /api/v3/data/events/room/room_1 5,120 bytes in 1.3 ms, key full`.
    """
    time = iso_from_ms(entry.time_ms)[11:-1]
    operation = entry.operation_id or ("preflight" if entry.preflight else "no operation")
    told = f"{time} {entry.status or '---'} {operation} {entry.head.method} {_path(entry)}"
    return f"{told} {entry.answer_bytes:,} bytes in {entry.duration_ns / 1e6:.1f} ms{_remarks(entry)}"


def _path(entry: Entry) -> str:
    """In ASCII: a client's bytes must not steer a terminal."""
    text = entry.head.path.decode("latin-1")
    return "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in text)


def _remarks(entry: Entry) -> str:
    """What is out of the ordinary, and who asked."""
    ends = {"left": "the client left", "cut": "cut off", "failed": "a bug of the emulator"}
    remarks = [
        f"key {entry.key_name}" if entry.key_name else "",
        f"session {entry.session!a}" if entry.session else "",
        entry.cause or "",
        f"not read: {', '.join(map(ascii, entry.unread))}" if entry.unread else "",
        ends.get(entry.outcome, ""),
    ]
    return "".join(f", {remark}" for remark in remarks if remark)
