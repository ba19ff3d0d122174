"""Invariant 7: a recording lies inside its video chat connection; `videoOffset`, `duration`, `startTime`,
`endTime` agree; the file has `fileSize` bytes, and there is one if the status says so.

A connection is what the video chat's records say it is (their shape is inferred), and it lies itself inside a
VideoChat component of its participant, from `component.start` to its completion or the exit from its state.
Where those records are not served, the recording has to lie inside the component. The file is asked for by
`HEAD` and by its last bytes, which takes no more of a large one than of a small one.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from mockserver.check.instants import ms_from_iso
from mockserver.check.observed_room import ObservedRoom, Window
from mockserver.check.rule import Counterexample, Counterexamples

__all__ = ["recordings_agree_with_their_files"]

_TAIL_BYTES = 64
# Whether there is a file, by status (documented for `completed`, else inferred).
_HAS_FILE = {"completed": True, "limit_reached": True, "failed": False, "aborted": False, "active": False}
_FILE_FIELDS = ("downloadUrl", "url", "downloadPath")


def recordings_agree_with_their_files(observed: ObservedRoom) -> Counterexamples:
    """Times, place and file of every recording."""
    yield from _connections_in_chats(observed)
    for place, record in enumerate(observed.table("recordings").records):
        yield from _times(observed, place, record)
        yield from _inside_connection(observed, place, record)
        yield from _file(observed, place, record)


def _times(observed: ObservedRoom, place: int, record: Mapping[str, Any]) -> Counterexamples:
    offset_ms = int(observed.table("recordings").at_ms[place]) - observed.started_ms
    if record["videoOffset"] != offset_ms:
        yield _about(
            observed, place, f"has videoOffset {record['videoOffset']}, but starts {offset_ms} ms after the room"
        )
    if (record["endTime"] is None) != (record["duration"] is None):
        yield _about(observed, place, "has one of endTime and duration without the other")
    elif record["endTime"] is not None:
        lasted_ms = _end_ms(record) - int(observed.table("recordings").at_ms[place])
        if record["duration"] != lasted_ms or lasted_ms < 0:
            yield _about(observed, place, f"has duration {record['duration']}, but lasted {lasted_ms} ms")


def _end_ms(record: Mapping[str, Any]) -> int:
    return int(ms_from_iso([record["endTime"]])[0])


def _inside_connection(observed: ObservedRoom, place: int, record: Mapping[str, Any]) -> Counterexamples:
    who = record["participantId"]
    start_ms = int(observed.table("recordings").at_ms[place])
    end_ms = start_ms if record["endTime"] is None else _end_ms(record)
    served = "videochat" in observed.data_types
    spans = observed.connections.get(who, ()) if served else _chats(observed, who)
    if not any(span.start_ms <= start_ms and end_ms <= span.end_ms for span in spans):
        what = "video chat connection" if served else "VideoChat component"
        yield _about(observed, place, f"does not lie inside a {what} of {who}")


def _chats(observed: ObservedRoom, who: str) -> list[Window]:
    return [chat for key, found in observed.windows("VideoChat").items() if key[0] == who for chat in found]


def _connections_in_chats(observed: ObservedRoom) -> Counterexamples:
    for who, connections in observed.connections.items():
        chats = _chats(observed, who)
        for one in connections:
            end_ms = one.start_ms if one.end_ms == math.inf and not observed.is_over else one.end_ms
            if not any(chat.start_ms <= one.start_ms and end_ms <= chat.end_ms for chat in chats):
                table = observed.table("videochat")
                place = int(np.flatnonzero(table.at_ms == one.start_ms)[0])
                yield Counterexample(
                    f"{observed.tell('videochat', place)} begins a connection that does not lie inside a "
                    f"VideoChat component of {who}",
                    table.url(place),
                )


def _file(observed: ObservedRoom, place: int, record: Mapping[str, Any]) -> Counterexamples:
    has_file = _HAS_FILE.get(record["status"])
    if has_file is not None and has_file != (record["fileSize"] is not None):
        yield _about(observed, place, f"is {record['status']} and has fileSize {record['fileSize']!r}")
    size, links = record["fileSize"], [record[name] for name in _FILE_FIELDS]
    if size is None or None in links:
        if size is not None or any(link is not None for link in links):
            yield _about(observed, place, f"has only some of fileSize, {', '.join(_FILE_FIELDS)}")
        return
    for url in {record["downloadUrl"], record["url"]}:
        head = observed.reader.file("HEAD", url)
        length = head.headers.get("content-length")
        if head.status != 200 or length != str(size):
            said = f"answers HEAD with {head.status} and Content-Length {length}, fileSize is {size}"
            yield _about(observed, place, said, url)
        start = max(0, size - _TAIL_BYTES)
        tail = observed.reader.file("GET", url, {"Range": f"bytes={start}-"})
        span = f"bytes {start}-{size - 1}/{size}"
        if (tail.status, tail.headers.get("content-range"), len(tail.body)) != (206, span, size - start):
            said = (
                f"answers a range with {tail.status}, {tail.headers.get('content-range')!r} and "
                f"{len(tail.body)} bytes, not with {span!r}"
            )
            yield _about(observed, place, said, url)


def _about(observed: ObservedRoom, place: int, what: str, url: str | None = None) -> Counterexample:
    return Counterexample(
        f"{observed.tell('recordings', place)} {what}", url or observed.table("recordings").url(place)
    )
