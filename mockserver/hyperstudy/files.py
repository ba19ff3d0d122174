"""Downloads of recordings: signed link -> recording -> byte range -> streamed file.

Source: a signed URL that needs no key (documented); its address, and how it answers a bad link, are
inferred; ranges and conditions follow RFC 9110 (sections 13 and 14).
"""

import re

from flask import Response, request
from werkzeug.http import dump_options_header

from mockserver.door.credentials import SIGNATURE
from mockserver.door.operations import Answer, Operation, Parameter
from mockserver.hyperstudy.calls import Call
from mockserver.hyperstudy.errors import ApiError, BadLink, NotFound
from mockserver.hyperstudy.links import LinkError, verify
from mockserver.simulation.media.files import MediaFile, recording_file
from mockserver.words.json_schema import TEXT

__all__ = ["byte_range", "file_operations", "recording_path"]

_FOLDER = "/files/recordings"
# Werkzeug reads the header too, and gets three cases of RFC 9110 wrong: a suffix longer than the file, one of no
# bytes, and a weak `If-Range`. A thousand digits are more than any size; Python refuses to read several thousands.
_ONE_RANGE = re.compile(r"bytes=[ \t]*([0-9]{0,1000})-([0-9]{0,1000})[ \t]*", re.IGNORECASE)


class UnsatisfiableRangeError(Exception):
    """The range lies behind the end of the file."""


def recording_path(base_path: str, room_id: str, recording_id: str, format: str) -> str:
    """Where below the server's root a recording is served: the path that `links.sign` wants, not encoded."""
    return f"{base_path}{_FOLDER}/{room_id}/{recording_id}.{format}"


def file_operations() -> list[Operation]:
    """The one operation behind recording links. No key is needed: the link is one."""
    return [
        Operation(
            id="getRecordingFile",
            method="GET",
            path=f"{_FOLDER}/<room_id>/<recording_id>.<format>",
            view=download_recording,
            summary="A recording's file, by its signed link",
            tag="files",
            answer=Answer({}, enveloped=False, formats=("audio/webm", "video/mp4")),
            public=True,
            parameters=(
                Parameter("expires", TEXT, "Until when the link works, seconds since the epoch."),
                Parameter(SIGNATURE, TEXT, "Signs path and expiry."),
            ),
            headers=(
                Parameter("Range", TEXT, "One range of bytes, such as `bytes=0-999`; of several, the whole comes."),
                Parameter("If-Range", TEXT, "An ETag: the range is wanted of this file, and all of another one."),
                Parameter("If-None-Match", TEXT, "ETags of files that are there already: 304 if this is one of them."),
            ),
            also=(206, 304),
            errors=(400, 403, 404, 416),
            fidelity="inferred",
            always_shown=True,
            note="That links are signed and expire is documented; where they lead is not. Ranges and conditions are "
            "those of RFC 9110.",
        )
    ]


def download_recording(call: Call, room_id: str, recording_id: str, format: str) -> Response:
    """Answer with a recording's file, or the range of it that was asked for.

    Raises:
        ApiError: 403 the link is unsigned, tampered with or expired; 404 there is no such recording, or no
            file of it; 416 the range lies outside the file.
    """
    sandbox = call.sandbox
    try:
        verify(request.path, call.arguments, sandbox.settings.link_secret, call.now_ms)
    except LinkError as error:
        raise BadLink(str(error)) from None
    room = sandbox.world.room(room_id)
    kept = room is not None and sandbox.study.experiments.get(room.experiment_id) is not None
    recording = sandbox.world.recording(room_id, recording_id) if kept else None
    if (
        recording is None
        or recording.duration_ms is None
        or recording.file_size_bytes is None
        or recording.format != format
    ):
        raise NotFound(
            f"No recording file {recording_id}.{format} in room {room_id}.",
            {"resource": "recording", "id": recording_id},
        )
    key = f"{room_id}/{recording_id}"
    file = recording_file(format, recording.duration_ms, recording.file_size_bytes, key)
    etag = f'"{recording_id}-{recording.duration_ms}-{file.size}"'
    return _send(file, etag, f"{recording_id}.{format}")


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """The part of `size` bytes that a `Range` header asks for, as (start, stop) with stop not included.

    None means the whole: there is no header, it is malformed, it counts in another unit, or it asks for
    several ranges, which a server may answer with the whole (RFC 9110, 14.2).

    Raises:
        UnsatisfiableRangeError: No byte of the file is in the range.
    """
    asked = _ONE_RANGE.fullmatch(header or "")
    if asked is None or asked[1] == asked[2] == "":
        return None
    if asked[1] == "":
        start, stop = max(0, size - int(asked[2])), size
    else:
        start, last = int(asked[1]), int(asked[2] or size)
        if last < start and asked[2]:
            return None
        stop = min(size, last + 1)
    if start >= stop:
        raise UnsatisfiableRangeError
    return start, stop


def _send(file: MediaFile, etag: str, name: str) -> Response:
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": etag,
        "Content-Disposition": dump_options_header("inline", {"filename": name}),
    }
    if request.if_none_match.contains_weak(etag.strip('"')):
        return Response(status=304, headers=headers)
    try:
        part = byte_range(_wanted_range(etag), file.size)
    except UnsatisfiableRangeError:
        raise _unsatisfiable(file.size) from None
    start, stop = part or (0, file.size)
    headers["Content-Length"] = str(stop - start)
    if part:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size}"
    status = 206 if part else 200
    return Response(file.chunks(start, stop), status, headers, content_type=file.content_type)


def _unsatisfiable(size: int) -> ApiError:
    message = f"The file has {size} bytes, none of them in the range."
    details = {"range": request.headers["Range"], "size": size}
    return ApiError(416, "RANGE_NOT_SATISFIABLE", message, details, {"Content-Range": f"bytes */{size}"})


def _wanted_range(etag: str) -> str | None:
    """The `Range` header, where it counts: for GET alone, and for the file that `If-Range` means."""
    # A date cannot match either: files are served without one.
    if request.method != "GET" or request.headers.get("If-Range", etag) != etag:
        return None
    return request.headers.get("Range")
