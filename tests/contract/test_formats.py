"""Rules for every data type and scope: formats agree, pages join up, records are alike, metadata is exact."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from emulator import DATA_TYPES, FULL_PLACES, ROWS, DataApi
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from mockserver import Settings, create_app
from mockserver.hyperstudy.rows import Rows
from mockserver.hyperstudy.shape import Field, Shape
from mockserver.simulation.datasets.columns import Told

Record = dict[str, Any]

MAX_LIMIT = 10_000
# The scenario's clock stands still at this instant.
NOW = "2024-11-01T00:00:00.000Z"
STARTED = "2024-10-20T14:30:00.000Z"
DEMO_ROOM = [place for place in FULL_PLACES if place[1] == "room"]
# Data types whose records have an instant, and those that are about people and places.
TIMED = [name for name in DATA_TYPES if {"timestamp", "onset"} <= set(ROWS[name].sorts)]
UNTIMED = [name for name in DATA_TYPES if name not in TIMED]
# Which field a record is sorted by; recordings have names of their own for it.
PLACE_IN_TIME = {"timestamp": ("timestamp", "startTime"), "onset": ("onset", "videoOffset")}
# The example records of the documentation, as they stand there.
DOCUMENTED: dict[str, Record] = json.loads(
    (Path(__file__).parent / "documented_records.json").read_text(encoding="utf-8")
)
# What the official client reads beside them, and the fields of the data types that have no example.
OBSERVED = {
    "events": "roomId stateId",
    "recordings": "egressId url downloadPath metadata.type metadata.recordingType metadata.roomName "
    "metadata.experimentId",
    "ratings/sparse": "rawOnset clockOffsetApplied rawValue scale.min scale.max type stateId stimulusId "
    "stimulusTime confidence metadata.question metadata.dimension metadata.componentType "
    "metadata.sampleIndex ratingEndOnset sparseRatingData.videoId sparseRatingData.pauseIndex "
    "sparseRatingData.videoRelativeTime sparseRatingData.pauseTimestamp sparseRatingData.componentType "
    "sparseRatingData.componentData sparseRatingData.previousRatings sparseRatingData.mediaPauseOnset "
    "sparseRatingData.mediaResumeOnset sparseRatingData.actualPauseDuration stateStartTime stateDuration",
    "components": "completed stateName participantId roomId response.value response.responseTime responseTime",
    "participants": "participantId id email role status completionCode joinedAt completedAt roomId deploymentId",
    "rooms": "id experimentId deploymentId deploymentName status participantCount createdAt startedAt endedAt duration",
}
# Objects whose names are data: videos. They are one column of CSV.
BY_VIDEO = {"sparseRatingData.previousRatings"}
# Numbers that are documented without a fraction and may have one: always written with a decimal point (7.0).
DECIMAL = {"ratings/sparse": ("value", "scaleMin", "scaleMax")}
# Every parameter that only some data types have.
FILTERS = {
    "events": ("category",),
    "components": ("componentType", "completed", "stateId"),
    "sync": ("aggregationWindow",),
    "participants": ("completionCode",),
}


# --- formats --------------------------------------------------------------------------------------


def from_csv(text: str, alike: list[Record]) -> list[Record]:
    """Read the CSV of records back into objects.

    CSV has no types and no difference between null and an empty text, so both are taken from `alike`: the
    same records as JSON, of which only the types are looked at.
    """
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = next(lines)
    nullable, types = columns_of(alike)
    return [unflattened(dict(zip(header, line, strict=True)), nullable, types) for line in lines]


def columns_of(records: list[Record]) -> tuple[set[str], dict[str, type]]:
    """The columns that hold null somewhere, and the type of each column that holds something else."""
    nullable: set[str] = set()
    types: dict[str, type] = {}
    for record in records:
        for path, value in walked(record):
            if value is None:
                nullable.add(path)
            else:
                assert types.setdefault(path, type(value)) is type(value), f"{path} mixes types"
                assert value != "", f"{path}: an empty text cannot be told from null in CSV"
    return nullable, types


def walked(record: Record, above: str = "") -> Iterator[tuple[str, Any]]:
    """Every field of a record with its path, objects before what they hold."""
    for name, value in record.items():
        path = above + name
        yield path, value
        if isinstance(value, dict) and path not in BY_VIDEO:
            yield from walked(value, path + ".")


def unflattened(cells: dict[str, str], nullable: set[str], types: dict[str, type]) -> Record:
    record: Record = {}
    for path, cell in cells.items():
        *outer, name = path.split(".")
        place = record
        for depth, part in enumerate(outer):
            place = place.setdefault(part, {})
            assert types.get(".".join(outer[: depth + 1]), dict) is dict
        place[name] = value_of(cell, types.get(path))
    return without_empty_objects(record, "", nullable)


def value_of(cell: str, type_: type | None) -> Any:
    if cell == "":
        return None
    return cell if type_ is str else json.loads(cell)


def without_empty_objects(record: Record, above: str, nullable: set[str]) -> Record:
    """Objects of which nothing is left are null, where such an object may be null at all."""
    return {
        name: (
            None
            if above + name in nullable and all(inner is None for inner in value.values())
            else without_empty_objects(value, f"{above}{name}.", nullable)
        )
        if isinstance(value, dict)
        else value
        for name, value in record.items()
    }


def from_ndjson(text: str) -> list[Record]:
    assert text == "" or text.endswith("\n")
    return [json.loads(line) for line in text.split("\n")[:-1]]


def assert_formats_agree(api: DataApi, data_type: str, scope: str, **query: Any) -> None:
    """JSON, CSV and NDJSON of one question hold the same records, field by field, in the same order."""
    records = api.records(data_type, scope, **query)
    as_csv = api.data(data_type, scope, format="csv", **query)
    as_ndjson = api.data(data_type, scope, format="ndjson", **query)
    assert (as_csv.status_code, as_csv.content_type) == (200, "text/csv; charset=utf-8")
    assert (as_ndjson.status_code, as_ndjson.content_type) == (200, "application/x-ndjson")
    read = from_csv(as_csv.text, records)
    for mine, other, third in zip(records, read, from_ndjson(as_ndjson.text), strict=True):
        assert mine == other == third
        assert list(walked(mine)) == list(walked(other)) == list(walked(third))


@pytest.mark.parametrize(("data_type", "scope"), FULL_PLACES)
def test_formats_hold_the_same_records(pair_api: DataApi, data_type: str, scope: str) -> None:
    """All of them, and there are some."""
    assert len(pair_api.all_records(data_type, scope)) > 0
    assert_formats_agree(pair_api, data_type, scope, limit=MAX_LIMIT)


@pytest.mark.parametrize(("data_type", "scope"), DEMO_ROOM)
def test_formats_hold_the_same_records_of_the_default_room(demo_api: DataApi, data_type: str, scope: str) -> None:
    """Also where an answer is streamed in several chunks."""
    assert_formats_agree(demo_api, data_type, scope, limit=MAX_LIMIT)


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(("data_type", "scope"), FULL_PLACES)
def test_formats_honour_every_parameter(pair_api: DataApi, data_type: str, scope: str, order: str) -> None:
    """A page in the middle of a window, in both orders by each sort field, is the same in all formats."""
    for sort in ROWS[data_type].sorts:
        assert_formats_agree(
            pair_api,
            data_type,
            scope,
            sort=sort,
            order=order,
            limit=7,
            offset=1,
            startTime="2024-10-20T14:28:00Z",
            endTime="2024-10-20T14:31:00.5Z",
        )


@pytest.mark.parametrize(
    ("data_type", "query"),
    [
        ("events", {"category": "sync"}),
        ("events", {"category": "pre_experiment"}),
        ("components", {"componentType": "ShowVideo"}),
        ("components", {"completed": "true", "stateId": "watching_state"}),
        ("sync", {"aggregationWindow": "5000"}),
    ],
)
def test_formats_honour_filters(pair_api: DataApi, data_type: str, query: dict[str, str]) -> None:
    """What a filter leaves is the same in all formats, and is less than everything."""
    found = pair_api.records(data_type, "room", **query)
    assert 0 < len(found) < len(pair_api.records(data_type, "room"))
    assert_formats_agree(pair_api, data_type, "room", **query)


@pytest.mark.parametrize("data_type", DATA_TYPES)
def test_csv_follows_rfc_4180_but_for_its_line_ends(pair_api: DataApi, data_type: str) -> None:
    """A header and a line per record, all of one length, each ended by LF alone; nested names joined by dots."""
    scope = ROWS[data_type].levels[0]
    text = pair_api.data(data_type, scope, format="csv").text
    records = pair_api.all_records(data_type, scope)
    lines = text.removesuffix("\n").split("\n")
    assert text.endswith("\n")
    assert "\r" not in text
    assert lines[0] == ",".join(leaves(records))
    assert [len(fields) for fields in csv.reader(lines, strict=True)] == [lines[0].count(",") + 1] * (len(records) + 1)


def leaves(records: list[Record], above: str = "") -> Iterator[str]:
    """The paths of what is no object, in the order of the fields."""
    for name in records[0]:
        objects = [record[name] for record in records if isinstance(record[name], dict)]
        if objects and above + name not in BY_VIDEO:
            yield from leaves(objects, f"{above}{name}.")
        else:
            yield above + name


def test_csv_quotes_what_has_to_be_quoted(tmp_path_factory: pytest.TempPathFactory, demo_api: DataApi) -> None:
    """A text with commas is one field."""
    messages = demo_api.all_records("chat", "experiment")
    assert any("," in message["content"] for message in messages)
    text = demo_api.data("chat", "experiment", format="csv", limit=MAX_LIMIT).text
    read = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert [row["content"] for row in read] == [message["content"] for message in messages]
    assert [json.loads(row["recipientIds"]) for row in read] == [m["recipientIds"] for m in messages]


@pytest.fixture(scope="module")
def edge_api() -> DataApi:
    return DataApi(create_app(Settings(scenario="edge")))


@pytest.mark.parametrize(("data_type", "scope"), FULL_PLACES)
def test_csv_that_was_saved_on_windows_is_read_the_same(edge_api: DataApi, data_type: str, scope: str) -> None:
    """`open(…, 'w')` makes CR LF of every LF there; of CR LF at the end of a line it would make CR CR LF."""
    text = edge_api.data(data_type, scope, format="csv", limit=MAX_LIMIT).data.decode()
    with io.StringIO(newline="\r\n") as file:
        file.write(text)
        saved = file.getvalue()
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    # Cells have line ends of their own, and those are changed like all others.
    cells = [[cell.replace("\n", "\r\n") for cell in row] for row in rows]
    assert list(csv.reader(io.StringIO(saved, newline=""), strict=True)) == cells
    # Outside of quotes, there is no CR before another one.
    assert "\r\r" not in "".join(saved.split('"')[::2])
    assert not text.startswith("\ufeff")


class _Pair(NamedTuple):
    first: str
    second: str


@given(st.lists(st.lists(st.text(alphabet="a\r\n\",;'\ufeff é"), min_size=2, max_size=2), min_size=1))
def test_every_cell_comes_back_and_lines_end_with_lf(rows: list[list[str]]) -> None:
    """Whatever is in it: what looks like a line end to some reader is quoted."""
    shape = Shape(_Pair, (Field("first", "string"), Field("second", "string")))
    lines = Rows("csv", shape)
    body = lines.block(Told([_Pair(*row) for row in rows]))
    assert lines.head == b"first,second\n"
    assert list(csv.reader(io.StringIO(body.decode(), newline=""), strict=True)) == rows
    bare = "".join(body.decode().split('"')[::2])
    assert "\r" not in bare
    assert bare.count("\n") == len(rows)


def test_empty_csv_has_its_header(pair_api: DataApi) -> None:
    """So that a data frame of nothing has its columns; NDJSON of nothing is empty."""
    for data_type, scope in FULL_PLACES:
        nothing = {"startTime": "2030-01-01"}
        header = pair_api.data(data_type, scope, format="csv").text.split("\n")[0]
        assert pair_api.data(data_type, scope, format="csv", **nothing).text == header + "\n"
        assert pair_api.data(data_type, scope, format="ndjson", **nothing).data == b""


# --- headers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["csv", "ndjson"])
@pytest.mark.parametrize(("data_type", "scope"), FULL_PLACES)
def test_streamed_formats_tell_total_and_next_offset(
    pair_api: DataApi, data_type: str, scope: str, format_: str
) -> None:
    """In headers, since there is no metadata; and the next offset only while there is more."""
    total = len(pair_api.all_records(data_type, scope))
    for limit, offset in [(1, 0), (1, total - 1), (MAX_LIMIT, 0), (3, total + 5)]:
        answer = pair_api.data(data_type, scope, format=format_, limit=limit, offset=offset)
        assert answer.headers["X-Total-Count"] == str(total)
        following = offset + limit
        assert answer.headers.get("X-Next-Offset") == (str(following) if following < total else None)


@pytest.mark.parametrize(("data_type", "scope"), FULL_PLACES)
def test_downloads_have_a_file_name(pair_api: DataApi, data_type: str, scope: str) -> None:
    """Type and id, without a slash; JSON is no download."""
    for format_ in ("csv", "ndjson"):
        answer = pair_api.data(data_type, scope, format=format_)
        name = f"{data_type.replace('/', '_')}_{pair_api.ids[scope]}.{format_}"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "Content-Disposition" not in pair_api.data(data_type, scope).headers


@pytest.mark.parametrize("format_", ["json", "csv", "ndjson"])
@pytest.mark.parametrize(("data_type", "scope"), FULL_PLACES)
def test_head_is_get_without_its_body(pair_api: DataApi, data_type: str, scope: str, format_: str) -> None:
    """Same status and headers, so that a client can look at the total first."""
    query = pair_api.query(scope, format=format_, limit=5)
    got, headed = (pair_api.ask(pair_api.path(data_type, scope), query, method=method) for method in ("GET", "HEAD"))
    assert headed.status_code == got.status_code == 200
    assert dict(headed.headers) == dict(got.headers)
    assert headed.data == b""
    assert got.data != b""


# --- records --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("data_type", "scope"), FULL_PLACES)
def test_records_have_the_same_fields_in_the_same_order(pair_api: DataApi, data_type: str, scope: str) -> None:
    """Nested objects too; a field that does not apply is null, and not absent."""
    shapes: dict[str, list[str]] = {}
    for record in pair_api.all_records(data_type, scope):
        for path, value in [("", record), *walked(record)]:
            if isinstance(value, dict) and path not in BY_VIDEO:
                assert shapes.setdefault(path, list(value)) == list(value), path


@pytest.mark.parametrize("data_type", DATA_TYPES)
def test_a_data_types_records_are_alike_at_all_scopes(pair_api: DataApi, data_type: str) -> None:
    """A data frame of one scope fits under that of another."""
    fields = {tuple(record) for scope in ROWS[data_type].levels for record in pair_api.all_records(data_type, scope)}
    assert len(fields) == 1


@pytest.mark.parametrize("data_type", DATA_TYPES)
def test_columns_have_one_json_type_each(demo_api: DataApi, data_type: str) -> None:
    """Besides null; a number is an integer throughout or a float throughout, also within lists."""
    types: dict[str, set[str]] = {}
    for record in demo_api.records(data_type, "experiment", limit=MAX_LIMIT):
        for path, value in walked(record):
            if value is not None:
                types.setdefault(path, set()).add(type(value).__name__)
            for item in value if isinstance(value, list) else []:
                types.setdefault(path + "[]", set()).add(type(item).__name__)
    assert {path: found for path, found in types.items() if len(found) > 1} == {}


@pytest.mark.parametrize("data_type", DOCUMENTED)
def test_records_have_every_documented_field_with_its_type(pair_api: DataApi, data_type: str) -> None:
    """The documentation's example fields come first, in its order and with its types."""
    documented = DOCUMENTED[data_type]
    records = pair_api.all_records(data_type, "room")
    found: dict[str, set[type]] = {}
    for record in records:
        assert list(record)[: len(documented)] == list(documented)
        for path, value in walked(record):
            found.setdefault(path, set()).add(type(value))
    for path, value in walked(documented):
        type_ = float if path in DECIMAL.get(data_type, ()) else type(value)
        assert type_ in found[path], path
        assert found[path] <= {type_, type(None)}, path


@pytest.mark.parametrize("data_type", OBSERVED)
def test_records_have_every_observed_field(pair_api: DataApi, data_type: str) -> None:
    """Beside the documented ones, under the names that the official client knows."""
    records = pair_api.all_records(data_type, "experiment")
    assert set(OBSERVED[data_type].split()) <= {path for record in records for path, _ in walked(record)}


@pytest.mark.parametrize("sort", ["timestamp", "onset"])
@pytest.mark.parametrize("data_type", TIMED)
def test_ties_are_broken_by_participant_and_id(demo_api: DataApi, data_type: str, sort: str) -> None:
    """So that paging neither repeats nor drops a record; descending is the exact reverse."""
    up, down = (
        [
            record
            for answer in pages(demo_api, data_type, "experiment", limit=MAX_LIMIT, sort=sort, order=order)
            for record in answer.get_json()["data"]
        ]
        for order in ("asc", "desc")
    )
    when = next(name for name in PLACE_IN_TIME[sort] if name in up[0])
    who = "senderId" if data_type == "chat" else "participantId"
    # Components have no id of their own.
    which = {"components": "componentId"}.get(data_type, next(iter(up[0])))
    assert up == sorted(up, key=lambda record: (record[when], record[who], record[which]))
    assert down == up[::-1]


@pytest.mark.parametrize(("data_type", "sort"), [(name, sort) for name in UNTIMED for sort in ROWS[name].sorts])
def test_people_and_rooms_sort_by_each_of_their_fields(demo_api: DataApi, data_type: str, sort: str) -> None:
    """In both orders; the other order has the same records."""
    up, down = (demo_api.records(data_type, "experiment", sort=sort, order=order) for order in ("asc", "desc"))
    values = [record[sort] for record in up if record[sort] is not None]
    assert values == sorted(values) != []
    assert [record[sort] for record in down if record[sort] is not None] == sorted(values, reverse=True)
    assert sorted(map(json.dumps, up)) == sorted(map(json.dumps, down))


# --- pages ----------------------------------------------------------------------------------------


def pages(
    api: DataApi, data_type: str, scope: str, *, limit: int, offset: int = 0, **query: Any
) -> Iterator[TestResponse]:
    """Answers from an offset on, each where the one before says that it goes on."""
    following: int | None = offset
    while following is not None:
        answer = api.data(data_type, scope, limit=limit, offset=following, **query)
        assert answer.status_code == 200, answer.text
        yield answer
        following = (
            answer.get_json()["metadata"]["pagination"].get("nextOffset")
            if answer.is_json
            else int(answer.headers["X-Next-Offset"])
            if "X-Next-Offset" in answer.headers
            else None
        )


@pytest.mark.parametrize("data_type", DATA_TYPES)
@settings(max_examples=10)
@given(data=st.data())
def test_pages_of_any_size_make_the_large_page(pair_api: DataApi, data_type: str, data: st.DataObject) -> None:
    """From any offset, in both orders, by every sort field, and no page is longer than its limit."""
    scope = data.draw(st.sampled_from(ROWS[data_type].levels))
    limit = data.draw(st.integers(1, 50))
    query = {
        "sort": data.draw(st.sampled_from(list(ROWS[data_type].sorts))),
        "order": data.draw(st.sampled_from(["asc", "desc"])),
    }
    large = pair_api.records(data_type, scope, limit=MAX_LIMIT, **query)
    offset = data.draw(st.integers(0, len(large) + 3))
    found: list[Record] = []
    for answer in pages(pair_api, data_type, scope, limit=limit, offset=offset, **query):
        body = answer.get_json()
        remaining = max(0, len(large) - offset - len(found))
        assert len(body["data"]) == body["metadata"]["pagination"]["returned"] == min(limit, remaining)
        found += body["data"]
    assert found == large[offset:]


@pytest.mark.parametrize("format_", ["csv", "ndjson"])
@pytest.mark.parametrize(("data_type", "scope"), FULL_PLACES)
def test_pages_of_streamed_formats_make_the_large_page(
    pair_api: DataApi, data_type: str, scope: str, format_: str
) -> None:
    """Byte for byte, the header of the CSV aside."""
    header, *_ = pair_api.data(data_type, scope, format=format_).data.split(b"\n")
    skipped = len(header) + 1 if format_ == "csv" else 0
    parts = [a.data[skipped:] for a in pages(pair_api, data_type, scope, limit=13, format=format_)]
    whole = pair_api.data(data_type, scope, format=format_, limit=MAX_LIMIT).data
    assert b"".join(parts) == whole[skipped:] != b""


def test_pages_of_a_large_list_make_the_list(demo_api: DataApi) -> None:
    """Across rooms, beyond the largest page, with a page size that divides nothing."""
    answers = list(pages(demo_api, "ratings/continuous", "experiment", limit=3571))
    found = [record for answer in answers for record in answer.get_json()["data"]]
    assert len(found) == answers[0].get_json()["metadata"]["pagination"]["total"] > MAX_LIMIT
    assert len({record["ratingId"] for record in found}) == len(found)
    order = [(record["timestamp"], record["participantId"], record["ratingId"]) for record in found]
    assert order == sorted(order)


# --- eye tracking ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def gaze_api(tmp_path_factory: pytest.TempPathFactory) -> DataApi:
    """The small scenario with eye trackers."""
    scenario = tmp_path_factory.mktemp("scenarios") / "gaze.toml"
    scenario.write_text(
        'extends = "pair"\nabout = "Two people with eye trackers"\n[states.watching_state]\ngaze_interval_ms = 100\n',
        encoding="utf-8",
    )
    return DataApi(create_app(Settings(scenario=str(scenario))))


@pytest.mark.parametrize("scope", ROWS["eyetracking"].levels)
def test_gaze_follows_the_same_rules(gaze_api: DataApi, scope: str) -> None:
    """Where it is recorded: formats agree, pages join up, records are alike, descending is the reverse."""
    records = gaze_api.all_records("eyetracking", scope)
    assert_formats_agree(gaze_api, "eyetracking", scope, limit=MAX_LIMIT)
    answers = pages(gaze_api, "eyetracking", scope, limit=37)
    assert [record for answer in answers for record in answer.get_json()["data"]] == records
    assert len({tuple(record) for record in records}) == 1
    assert gaze_api.records("eyetracking", scope, order="desc", limit=MAX_LIMIT) == records[::-1]


# --- metadata -------------------------------------------------------------------------------------


def effective_query(data_type: str, **given: Any) -> dict[str, Any]:
    """Every parameter of a data type as the metadata has to show it."""
    defaults = {
        **dict.fromkeys(("roomId", "deploymentId", "startTime", "endTime", *FILTERS.get(data_type, ()))),
        "sort": {"recordings": "startTime", "participants": "joinedAt", "rooms": "createdAt"}.get(
            data_type, "timestamp"
        ),
        "order": "asc",
        "limit": 1000,
        "offset": 0,
        "format": "json",
    }
    assert given.keys() <= defaults.keys()
    return {**defaults, **given}


def named(data_type: str) -> Record:
    """Ratings are one data type of two kinds."""
    kind, _, rating_type = data_type.partition("/")
    return {"dataType": kind, "ratingType": rating_type} if rating_type else {"dataType": data_type}


@pytest.mark.parametrize(("data_type", "scope"), FULL_PLACES)
def test_metadata_is_exact_for_a_plain_question(pair_api: DataApi, data_type: str, scope: str) -> None:
    """Every block, every parameter with its default, null where unset."""
    body = pair_api.data(data_type, scope).get_json()
    room_id = None if scope == "experiment" else "room_pair"
    total = len(pair_api.all_records(data_type, scope))
    assert list(body) == ["status", "data", "metadata"]
    assert body["status"] == "success"
    assert body["metadata"] == {
        **named(data_type),
        "scope": scope,
        "scopeId": pair_api.ids[scope],
        "timestamp": NOW,
        "query": effective_query(data_type, roomId=room_id),
        "processing": {
            "experimentStartedAt": STARTED,
            "processingTimeMs": 0,
            "enriched": True,
            "version": "3.0.0",
        },
        "pagination": {"total": total, "returned": total, "hasMore": False, "limit": 1000, "offset": 0},
    }


@pytest.mark.parametrize("data_type", DATA_TYPES)
def test_metadata_shows_what_every_parameter_came_to(pair_api: DataApi, data_type: str) -> None:
    """Timestamps in UTC with milliseconds, numbers as numbers, filters as they were asked for."""
    asked: dict[str, str] = {
        "roomId": "room_pair",
        "deploymentId": "dep_pair",
        "startTime": "2024-10-20T16:00:00.0001+02:00",
        "endTime": "2024-10-21",
        "sort": list(ROWS[data_type].sorts)[-1],
        "order": "desc",
        "limit": "0002",
        "offset": "1",
        "format": "json",
    }
    values = {
        "category": "state",
        "componentType": "showvideo",
        "completed": "true",
        "stateId": "watching_state",
        "aggregationWindow": "05000",
        "completionCode": "SUCCESS",
    }
    asked |= {name: values[name] for name in FILTERS.get(data_type, ())}
    metadata = pair_api.data(data_type, "experiment", **asked).get_json()["metadata"]
    assert metadata["query"] == {
        **asked,
        "startTime": "2024-10-20T14:00:00.001Z",
        "endTime": "2024-10-21T00:00:00.000Z",
        "limit": 2,
        "offset": 1,
        **({"aggregationWindow": 5000} if data_type == "sync" else {}),
    }
    assert metadata["query"].keys() == effective_query(data_type).keys()


@pytest.mark.parametrize(("data_type", "scope"), FULL_PLACES)
def test_next_offset_is_there_only_while_there_is_more(pair_api: DataApi, data_type: str, scope: str) -> None:
    """It is where this page ends; `hasMore` says the same."""
    total = len(pair_api.all_records(data_type, scope))
    for limit in sorted({1, max(1, total - 1), total, total + 1}):
        for offset in sorted({0, 1, total - 1, total, total + 1}):
            pagination = pair_api.data(data_type, scope, limit=limit, offset=offset).get_json()["metadata"][
                "pagination"
            ]
            end = min(total, offset + limit)
            expected = {"total": total, "returned": max(0, end - offset), "hasMore": end < total}
            expected |= {"limit": limit, "offset": offset}
            assert pagination == expected | ({"nextOffset": end} if end < total else {})


def test_experiment_starts_with_its_earliest_room(demo_api: DataApi) -> None:
    """At experiment scope; at room scope it is the room's own start, from which its onsets count."""
    rooms = demo_api.sandbox.world.rooms("exp_research_001")
    started = {}
    for room in rooms:
        body = demo_api.ask(f"/data/chat/room/{room.room_id}").get_json()
        started[room.room_id] = body["metadata"]["processing"]["experimentStartedAt"]
    body = demo_api.data("chat", "experiment").get_json()
    assert body["metadata"]["processing"]["experimentStartedAt"] == min(started.values()) == STARTED
    assert len(set(started.values())) == len(rooms) > 1
