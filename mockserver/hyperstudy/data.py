"""The data endpoints: `GET /data/{dataType}/{scope}/{scopeId}` for every row of the catalogue.

The order of checks is key (401), scope (403), parameters (400), existence (404) (inferred).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import Response, request

from mockserver.http import current_sandbox
from mockserver.hyperstudy.catalogue import DataTypeRow, Scope
from mockserver.hyperstudy.envelope import success
from mockserver.hyperstudy.errors import Forbidden, NotFound, shown
from mockserver.hyperstudy.formats import CONTENT_TYPES, csv_lines, ndjson_lines
from mockserver.hyperstudy.keys import authenticate, authorise
from mockserver.hyperstudy.pages import Page
from mockserver.hyperstudy.parameters import DataParameters, read_parameters
from mockserver.hyperstudy.recording_links import RecordingLinks
from mockserver.sandbox import Sandbox
from mockserver.simulation.datasets import Query, Selection
from mockserver.simulation.rooms import RoomRef
from mockserver.simulation.scenario import KeySpec
from mockserver.timestamps import iso_from_ms

__all__ = ["API_VERSION", "checked_key", "data_view", "mint_download"]

API_VERSION = "3.0.0"
# Records that are made, written and forgotten together while an answer is streamed.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class _Place:
    """What a scope and an id stand for: rooms of one experiment, and perhaps one participant."""

    rooms: Sequence[RoomRef]
    participant_id: str | None = None


def data_view(row: DataTypeRow, scope: Scope, base_path: str) -> Callable[[str], Response]:
    """The view of a data type at a scope."""

    def view(scope_id: str) -> Response:
        sandbox = current_sandbox()
        started_ms = sandbox.clock.now_ms()
        key = checked_key(sandbox, row.scope)
        parameters = read_parameters(request.args, row, scope, scope_id)
        place = _find(sandbox, key, scope, scope_id, parameters)
        found = sandbox.world.select(row.name, place.rooms, _query(row, parameters, place, started_ms))
        page = Page(found.total, parameters.offset, parameters.limit)
        if parameters.format != "json":
            return _stream(row, scope_id, parameters.format, found, page, _links(base_path))
        data = row.shape.write(found.rows(page.start, page.stop), _links(base_path))
        return success(data, _metadata(row, scope, scope_id, parameters, place, page, started_ms))

    return view


def checked_key(sandbox: Sandbox, scope: str | None) -> KeySpec:
    """The request's key, once it is known to be valid and to have the scope (None: any valid key).

    Raises:
        Unauthorized, Forbidden: It is not, or has not.
    """
    headers = cast(Mapping[str, str], request.headers)
    in_query = any(name.lower().replace("_", "") in ("apikey", "key", "xapikey") for name in request.args)
    key = authenticate(headers, sandbox.world.scenario.keys, sandbox.clock.now_ms(), in_query)
    authorise(headers, key, scope)
    return key


def _find(sandbox: Sandbox, key: KeySpec, scope: Scope, scope_id: str, parameters: DataParameters) -> _Place:
    """The rooms that are meant.

    Raises:
        NotFound: There is no such experiment, room or participant.
        Forbidden: It belongs to another organisation.
    """
    world = sandbox.world
    if scope == "experiment":
        spec = world.scenario.experiments.get(scope_id)
        if spec is None:
            raise _unknown("experiment", scope_id, world.sample_ids()["experiment"])
        _same_organisation(key, spec.organisation)
        return _Place(world.rooms(scope_id))
    room = _room(sandbox, key, scope_id if scope == "room" else parameters.room_id or "")
    if scope == "room":
        return _Place((room,))
    people = world.participant_ids(room)
    if scope_id not in people:
        raise _unknown(f"participant in room {room.room_id}", scope_id, people[0])
    return _Place((room,), scope_id)


def _room(sandbox: Sandbox, key: KeySpec, room_id: str) -> RoomRef:
    """The room with that id.

    Raises:
        NotFound, Forbidden: As for `_find`.
    """
    room = sandbox.world.room(room_id)
    if room is None or not sandbox.world.is_open(room, sandbox.clock.now_ms()):
        raise _unknown("room", room_id, sandbox.world.sample_ids()["room"])
    _same_organisation(key, room.experiment.organisation)
    return room


def _unknown(what: str, asked: str, example: str | None) -> NotFound:
    hint = f" For example, {example} exists." if example else ""
    return NotFound(
        f"There is no {what} with the id {shown(asked)}.{hint}", {"resource": what, "id": asked[:200]}
    )


def _same_organisation(key: KeySpec, owner: str) -> None:
    if key.organisation != owner:
        raise Forbidden(
            "This belongs to another organisation than the API key.",
            {"required": owner, "provided": key.organisation},
        )


def _query(row: DataTypeRow, parameters: DataParameters, place: _Place, now_ms: int) -> Query:
    rooms = {room.room_id for room in place.rooms}
    wanted = rooms
    if parameters.room_id is not None:
        wanted = rooms & {parameters.room_id}
    if parameters.deployment_id is not None:
        wanted = {r.room_id for r in place.rooms if r.deployment_id == parameters.deployment_id} & wanted
    return Query(
        now_ms=now_ms,
        start_ms=parameters.start_ms,
        end_ms=parameters.end_ms,
        sort=row.sorts[parameters.sort],
        descending=parameters.descending,
        room_ids=None if wanted == rooms else frozenset(wanted),
        participant_id=place.participant_id,
        where=parameters.where,
    )


def mint_download(base_path: str) -> Callable[[str, str], Response]:
    """The view that mints a link to a recording's file (observed in the client)."""

    def download_link(room_id: str, recording_id: str) -> Response:
        sandbox = current_sandbox()
        key = checked_key(sandbox, "read:recordings")
        room = _room(sandbox, key, room_id)
        recording = sandbox.world.recording(room.room_id, recording_id)
        url = _links(base_path).download_url(recording) if recording else None
        if url is None:
            raise _unknown(f"recording with a file in room {room_id}", recording_id, None)
        return success({"url": url})

    return download_link


def _links(base_path: str) -> RecordingLinks:
    sandbox = current_sandbox()
    return RecordingLinks(request.host_url, base_path, sandbox.settings.link_secret, sandbox.clock.now_ms())


def _metadata(
    row: DataTypeRow,
    scope: Scope,
    scope_id: str,
    parameters: DataParameters,
    place: _Place,
    page: Page,
    started_ms: int,
) -> dict[str, Any]:
    """The block that every answer with data has. Source: response metadata of the data page (documented).

    At experiment scope `experimentStartedAt` is the earliest room's (inferred).
    """
    sandbox = current_sandbox()
    zero_ms = min((room.started_ms for room in place.rooms), default=None)
    metadata: dict[str, Any] = {
        "dataType": row.name,
        "scope": scope,
        "scopeId": scope_id,
        "timestamp": iso_from_ms(started_ms),
        "query": parameters.as_query(),
        "processing": {
            "experimentStartedAt": None if zero_ms is None else iso_from_ms(zero_ms),
            "processingTimeMs": sandbox.clock.now_ms() - started_ms,
            "enriched": True,
            "version": API_VERSION,
        },
        "pagination": page.as_pagination(),
    }
    if sandbox.world.scenario.warnings:
        metadata["_warnings"] = list(sandbox.world.scenario.warnings)
    return metadata


def _stream(
    row: DataTypeRow, scope_id: str, format_: str, found: Selection, page: Page, links: RecordingLinks
) -> Response:
    """Records as CSV or NDJSON, made and sent chunk by chunk, so that memory does not grow with the page."""

    def chunks() -> Iterator[list[dict[str, Any]]]:
        for start in range(page.start, page.stop, _CHUNK):
            yield row.shape.write(found.rows(start, min(start + _CHUNK, page.stop)), links)

    write = csv_lines if format_ == "csv" else ndjson_lines
    name = f"{row.name.replace('/', '_')}_{scope_id}.{format_}"
    headers = {
        "Content-Type": CONTENT_TYPES[format_],
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Total-Count": str(page.total),
    }
    if page.next_offset is not None:
        headers["X-Next-Offset"] = str(page.next_offset)
    return Response(write(row.shape, chunks()), headers=headers)
