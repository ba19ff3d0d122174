"""The data endpoints: `GET /data/{dataType}/{level}/{scopeId}` for every row of the catalogue.

The order of checks is key (401), scope (403), parameters (400), existence (404) (inferred).
"""

from collections.abc import Callable
from typing import Any

from flask import Response

from mockserver.door.operations import Answer, Operation
from mockserver.hyperstudy.calls import Call
from mockserver.hyperstudy.catalogue import CATALOGUE, DataTypeRow, Level
from mockserver.hyperstudy.declared_variables import with_variables
from mockserver.hyperstudy.envelope import success
from mockserver.hyperstudy.errors import NotFound
from mockserver.hyperstudy.metadata import ABOUT, about
from mockserver.hyperstudy.pages import PAGINATION, Page
from mockserver.hyperstudy.parameters import DataParameters, described_query, query_parameters, read_parameters
from mockserver.hyperstudy.places import Place, find_experiment, find_participant, find_room, looked_up, there, unknown
from mockserver.hyperstudy.recording_links import RecordingLinks
from mockserver.hyperstudy.rows import Rows
from mockserver.hyperstudy.sending import as_file, in_envelope
from mockserver.simulation.datasets.query import Query
from mockserver.web.requests import current_asked
from mockserver.words.json_schema import FLAG, INSTANT, NAMES, TEXT, labelled, object_of, optional
from mockserver.words.timestamps import iso_from_ms

__all__ = ["API_VERSION", "data_operations", "recording_links"]

API_VERSION = "3.0.0"
_LINK = object_of("RecordingLink", url={"type": "string", "format": "uri"})
_FORMATS = ("application/json", "text/csv", "application/x-ndjson")


def data_operations() -> list[Operation]:
    """An operation for every data type at each of its levels, and the one that mints recording links."""
    return [
        *(_operation(row, level) for row in CATALOGUE for level in row.levels),
        Operation(
            id="mintRecordingLink",
            method="GET",
            path="/data/recordings/download/<room_id>/<recording_id>",
            view=mint_download,
            summary="Mint a signed link to a recording's file",
            tag="recordings",
            answer=Answer(_LINK, many=False, metadata=ABOUT),
            scope="read:recordings",
            errors=(404,),
            fidelity="observed",
        ),
    ]


def _operation(row: DataTypeRow, level: Level) -> Operation:
    words = row.name.replace("/", " ").title().replace(" ", "")
    return Operation(
        id=f"get{words}By{level.capitalize()}",
        method="GET",
        path=f"/data/{row.name}/{level}/<scope_id>",
        view=_data_view(row, level),
        summary=f"{' '.join(reversed(row.name.split('/')))} of one {level}".capitalize(),
        tag=row.name.split("/")[0],
        answer=Answer(
            row.shape,
            metadata={**_METADATA, **(_RATING_TYPE if row.rating_type else {}), "query": described_query(row)},
            formats=_FORMATS,
        ),
        scope=row.scope,
        scope_fidelity=row.scope_fidelity,
        parameters=query_parameters(row, level),
        errors=(400, 404),
        fidelity=row.fidelity,
    )


def _data_view(row: DataTypeRow, level: Level) -> Callable[..., Response]:
    def view(call: Call, scope_id: str) -> Response:
        least = call.sandbox.settings.least_fidelity
        shown = row.shown(least)
        located = looked_up(lambda: _located(call, level, scope_id))
        parameters = read_parameters(call.arguments, shown, level, scope_id)
        place = _place(call, located, parameters)
        query = _query(row, parameters, place, call.now_ms)
        if parameters.window_ms is None:
            found = call.world.select(row.name, place.rooms, query)
        else:
            found = call.world.select_windows(parameters.window_ms, place.rooms, query)
        page = Page(found.total, parameters.offset, parameters.limit)
        shape = row.shape.shown(row.fidelity, least)
        wider = with_variables(shape, place.rooms, call.sandbox.study)
        links = recording_links(call) if wider.is_linked else None
        rows = Rows(parameters.format, wider, links, keep=wider is shape)
        if parameters.format == "json":
            return in_envelope(found, page, rows, _metadata(call, row, level, scope_id, parameters, place, page))
        file_name = f"{row.name.replace('/', '_')}_{scope_id}.{parameters.format}"
        return as_file(found, page, rows, parameters.format, file_name)

    return view


def _located(call: Call, level: Level, scope_id: str) -> Place:
    """The rooms that are meant.

    Raises:
        NotFound: There is no such experiment, room or participant.
        Forbidden: They belong to another organisation.
    """
    if level == "experiment":
        experiment_id = find_experiment(call, scope_id).id
        return Place(call.world.rooms(experiment_id), experiment_id)
    room = find_room(call, scope_id if level == "room" else call.query.arguments.get("roomId", ""))
    return Place((room,), room.experiment_id) if level == "room" else find_participant(call, room, scope_id)


def _place(call: Call, located: Place | NotFound, parameters: DataParameters) -> Place:
    """What was located; CSV and NDJSON count as export.

    Raises:
        NotFound: There is no such experiment, room or participant.
        Forbidden: It may not be exported.
    """
    place = there(located)
    if parameters.format != "json":
        find_experiment(call, place.experiment_id, export=True)
    return place


def _query(row: DataTypeRow, parameters: DataParameters, place: Place, now_ms: int) -> Query:
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


def recording_links(call: Call) -> RecordingLinks:
    """Makes links for the host that the request came to, valid from now on."""
    settings = call.sandbox.settings
    observed = settings.reading == "observed"
    return RecordingLinks(current_asked().base_url, call.base_path, settings.link_secret, observed, call.now_ms)


def mint_download(call: Call, room_id: str, recording_id: str) -> Response:
    """Mint a link to a recording's file.

    Raises:
        NotFound: There is no such recording, or no file of it.
    """
    room = find_room(call, room_id)
    recording = call.world.recording(room.room_id, recording_id)
    ended = recording is not None and recording.end_ms is not None and recording.end_ms <= call.now_ms
    url = recording_links(call).download_url(recording) if recording and ended else None
    if url is None:
        raise unknown(f"recording with a file in room {room_id}", recording_id)
    return success({"url": url}, about(call, "recordings", "room", room.room_id))


_METADATA = {
    **ABOUT,
    "processing": object_of(
        "Processing",
        experimentStartedAt=optional(INSTANT),
        processingTimeMs={"type": "integer"},
        enriched=FLAG,
        version=TEXT,
    ),
    "pagination": PAGINATION,
    "_warnings": labelled(NAMES, "observed"),
}


_RATING_TYPE = {"ratingType": labelled(TEXT, "observed")}


def _metadata(
    call: Call,
    row: DataTypeRow,
    level: Level,
    scope_id: str,
    parameters: DataParameters,
    place: Place,
    page: Page,
) -> dict[str, Any]:
    """The block that every answer with data has. Source: response metadata of the data page (documented).

    At experiment level `experimentStartedAt` is the earliest room's (inferred).
    """
    zero_ms = min((room.started_ms for room in place.rooms), default=None)
    metadata: dict[str, Any] = {
        **_about(call, row, level, scope_id),
        "query": parameters.as_query(),
        "processing": {
            "experimentStartedAt": None if zero_ms is None else iso_from_ms(zero_ms),
            "processingTimeMs": call.sandbox.clock.now_ms() - call.now_ms,
            "enriched": True,
            "version": API_VERSION,
        },
        "pagination": page.as_pagination(),
    }
    if call.world.scenario.warnings:
        metadata["_warnings"] = list(call.world.scenario.warnings)
    return metadata


def _about(call: Call, row: DataTypeRow, level: Level, scope_id: str) -> dict[str, Any]:
    """Ratings are one data type of two kinds (observed in the client's fixtures)."""
    if not row.rating_type:
        return about(call, row.name, level, scope_id)
    told = about(call, "ratings", level, scope_id)
    return {"dataType": told.pop("dataType"), "ratingType": row.rating_type, **told}
