"""The official client from PyPI, unmodified, over a real socket: what it reads is what the API answers."""

import contextlib
import functools
import inspect
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import pandas as pd
import polars as pl
import pytest
import requests
from emulator import DATA_TYPES, FULL_PLACES, ROWS, Emulator, sandbox_of, serving_app
from hyperstudy import HyperStudy
from hyperstudy.exceptions import (
    AuthenticationError,
    ForbiddenError,
    HyperStudyError,
    NotFoundError,
    ValidationError,
)

from mockserver import Settings, create_app
from mockserver.simulation.records.events import CATEGORIES

Record = dict[str, Any]

# What the client asks for at a time when it fetches everything.
CLIENT_PAGE = 1000
# The columns that the client turns into instants.
TIMESTAMPS = ("timestamp", "startTime", "endTime", "createdAt", "updatedAt")
IDS = {"events": "id", "ratings/continuous": "ratingId", "sync": "metricId"}


@contextlib.contextmanager
def connected(url: str, key: str) -> Iterator[HyperStudy]:
    """A client of the API below a server's URL. It has no way to be closed, so its connections are."""
    client = HyperStudy(api_key=key, base_url=f"{url}/api/v3")
    try:
        yield client
    finally:
        client._transport._session.close()


@pytest.fixture(scope="module")
def demo(demo_server: Emulator) -> Iterator[HyperStudy]:
    with connected(demo_server.url, demo_server.keys["full"]) as client:
        yield client


@pytest.fixture(scope="module")
def pair(pair_server: Emulator) -> Iterator[HyperStudy]:
    with connected(pair_server.url, pair_server.keys["full"]) as client:
        yield client


def method_of(client: HyperStudy, data_type: str) -> Callable[..., Any]:
    """The client's method for a data type."""
    if data_type.startswith("ratings/"):
        return functools.partial(client.get_ratings, kind=data_type.removeprefix("ratings/"))
    method: Callable[..., Any] = getattr(client, f"get_{data_type}")
    return method


def read(client: HyperStudy, data_type: str, scope_id: str, **options: Any) -> Any:
    """Call the client's method for a data type, as a user would."""
    return method_of(client, data_type)(scope_id, **{"progress": False, **options})


def place_of(server: Emulator, scope: str) -> tuple[str, dict[str, str]]:
    """The sample id of a scope, and the options that the client needs with it."""
    room = {"room_id": server.ids["room"]} if scope == "participant" else {}
    return server.ids[scope], {"scope": scope, **room}


def answered(server: Emulator, data_type: str, scope: str, **query: str) -> list[Record]:
    """All records of a sample id as the API itself answers them, fetched without the client."""
    scope_id, options = place_of(server, scope)
    records: list[Record] = []
    while True:
        answer = requests.get(
            f"{server.api_url}/data/{data_type}/{scope}/{scope_id}",
            params={"limit": 10_000, "offset": len(records), "roomId": options.get("room_id"), **query},
            headers={"X-API-Key": server.keys["full"]},
            timeout=30,
        ).json()
        records += answer["data"]
        if not answer["metadata"]["pagination"]["hasMore"]:
            assert len(records) == answer["metadata"]["pagination"]["total"] > 0
            return records


def as_row(record: Record) -> Record:
    """What a data frame has to show of a record: the client's own columns added, timestamps parsed."""
    row = dict(record)
    for outer in ("sparseRatingData", "metadata"):
        row |= {f"{outer}_{name}": value for name, value in (record.get(outer) or {}).items()}
    for name in TIMESTAMPS:
        if row.get(name) is not None:
            row[name] = datetime.fromisoformat(row[name])
    if "onset" in row:
        row["onset_sec"] = row["onset"] / 1000
    return row


def rows_of(found: Any) -> list[Record]:
    """Records as plain rows, whatever output they came in; what pandas writes as NaN or NaT is null."""
    if isinstance(found, list):
        return found
    rows = found.to_dict("records") if isinstance(found, pd.DataFrame) else found.to_dicts()
    return [{name: plain(name, value) for name, value in row.items()} for row in rows]


def plain(name: str, value: Any) -> Any:
    if value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    # Polars divides by multiplying with the inverse, which may miss by the last bit.
    if name == "onset_sec":
        return round(value, 3)
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def json_types(rows: list[Record]) -> dict[str, set[type]]:
    """The types of each column's values, null aside."""
    return {name: {type(row[name]) for row in rows} - {type(None)} for name in rows[0]}


def null_columns(schema: dict[str, pl.DataType]) -> list[str]:
    """Columns, nested ones included, that polars could give no type."""
    found = []
    for name, dtype in schema.items():
        while isinstance(dtype, pl.List):
            dtype = dtype.inner
        if isinstance(dtype, pl.Struct):
            found += [f"{name}.{inner}" for inner in null_columns({f.name: f.dtype for f in dtype.fields})]
        elif dtype == pl.Null:
            found.append(name)
    return found


def values_at(rows: list[Record], path: str) -> list[Any]:
    """Everything that stands at `column.field.field`, also within lists."""
    found: list[Any] = list(rows)
    for name in path.split("."):
        found = [value[name] for value in found if value is not None]
        found = [v for value in found for v in (value if isinstance(value, list) else [value])]
    return found


# --- outputs --------------------------------------------------------------------------------------


def test_health_tells_status_version_and_the_worlds_time(pair: HyperStudy) -> None:
    """The clock stands still, so the answer is known to the last character."""
    assert pair.health() == {
        "status": "healthy",
        "version": "3.0.0",
        "timestamp": "2024-11-01T00:00:00.000Z",
    }


@pytest.mark.parametrize(("data_type", "scope"), FULL_PLACES)
def test_dict_output_is_the_answer(pair_server: Emulator, pair: HyperStudy, data_type: str, scope: str) -> None:
    """The client hands over every record of the API, unchanged and in order."""
    scope_id, options = place_of(pair_server, scope)
    records = read(pair, data_type, scope_id, output="dict", **options)
    assert records == answered(pair_server, data_type, scope)


@pytest.mark.parametrize(("data_type", "scope"), FULL_PLACES)
def test_pandas_output_holds_every_value(pair_server: Emulator, pair: HyperStudy, data_type: str, scope: str) -> None:
    """Same rows, same order, same values; timestamps are instants, `onset_sec` is `onset` in seconds."""
    scope_id, options = place_of(pair_server, scope)
    frame = read(pair, data_type, scope_id, **options)
    assert rows_of(frame) == [as_row(record) for record in answered(pair_server, data_type, scope)]


@pytest.mark.parametrize(("data_type", "scope"), FULL_PLACES)
def test_polars_output_holds_every_value(pair_server: Emulator, pair: HyperStudy, data_type: str, scope: str) -> None:
    """Same rows, same order, same values; timestamps are instants, `onset_sec` is `onset` in seconds."""
    scope_id, options = place_of(pair_server, scope)
    frame = read(pair, data_type, scope_id, output="polars", **options)
    assert rows_of(frame) == [as_row(record) for record in answered(pair_server, data_type, scope)]


@pytest.mark.parametrize("data_type", DATA_TYPES)
def test_pandas_columns_have_one_type_each(demo_server: Emulator, demo: HyperStudy, data_type: str) -> None:
    """A column is numbers, truth values, instants or text throughout, or holds one kind of object."""
    frame = read(demo, data_type, demo_server.ids["experiment"])
    kinds = {int: "if", float: "f", bool: "b", str: "OTU", datetime: "M", dict: "O", list: "O"}
    for name, types in json_types(rows_of(frame)).items():
        assert len(types) <= 1, f"{name} mixes {types}"
        for type_ in types:
            assert frame[name].dtype.kind in kinds[type_], f"{name}: {frame[name].dtype} for {type_}"
    assert all(str(frame[name].dtype.tz) == "UTC" for name in TIMESTAMPS if name in frame)


@pytest.mark.parametrize("data_type", DATA_TYPES)
def test_polars_columns_have_one_type_each(demo_server: Emulator, demo: HyperStudy, data_type: str) -> None:
    """A column has the type of its JSON values, and has none (`Null`) only where all values are null."""
    frame = read(demo, data_type, demo_server.ids["experiment"], output="polars")
    wanted = {
        int: pl.Int64, float: pl.Float64, bool: pl.Boolean, str: pl.String,
        datetime: pl.Datetime, dict: pl.Struct, list: pl.List,
    }  # fmt: skip
    rows = rows_of(frame)
    for name, types in json_types(rows).items():
        assert [frame.schema[name].base_type()] == [wanted[type_] for type_ in types] or not types, name
    for path in null_columns(dict(frame.schema)):
        assert set(map(str, values_at(rows, path))) <= {"None"}, f"{path} lost its values"


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("category", CATEGORIES)
def test_polars_takes_each_category_in_both_orders(
    demo_server: Emulator, demo: HyperStudy, category: str, order: str
) -> None:
    """Polars looks at the first 100 records only; whichever they are, the rest fits."""
    options = {"category": category, "order": order, "sort": "onset"}
    records = read(demo, "events", demo_server.ids["experiment"], output="dict", **options)
    frame = read(demo, "events", demo_server.ids["experiment"], output="polars", **options)
    assert {record["category"] for record in records} == {category}
    assert rows_of(frame) == [as_row(record) for record in records]


@pytest.mark.parametrize("data_type", DATA_TYPES)
def test_polars_takes_a_whole_experiment_in_both_orders(
    demo_server: Emulator, demo: HyperStudy, data_type: str
) -> None:
    """Also where a column begins with more nulls than polars looks at."""
    turns = inspect.signature(method_of(demo, data_type)).parameters.keys() & {"order"}
    for options in ({}, *({name: "desc"} for name in turns)):
        frame = read(demo, data_type, demo_server.ids["experiment"], output="polars", **options)
        records = answered(demo_server, data_type, "experiment", **options)
        assert rows_of(frame) == [as_row(record) for record in records]


@pytest.mark.parametrize("output", ["pandas", "polars", "dict"])
def test_gaze_is_read_where_eyes_are_tracked(demo_server: Emulator, demo: HyperStudy, output: str) -> None:
    """In the study of one person, by the page, in every output."""
    answer = requests.get(
        f"{demo_server.api_url}/data/eyetracking/experiment/exp_solo_003",
        params={"limit": 10_000},
        headers={"X-API-Key": demo_server.keys["full"]},
        timeout=30,
    ).json()
    found = rows_of(demo.get_eyetracking("exp_solo_003", progress=False, output=output))
    assert len(found) == answer["metadata"]["pagination"]["total"] > CLIENT_PAGE
    assert found == [record if output == "dict" else as_row(record) for record in answer["data"]]


def test_nothing_found_is_an_empty_frame(pair_server: Emulator, pair: HyperStudy) -> None:
    """A window without records gives no rows in any output, and no error."""
    window = {"start_time": "2020-01-01T00:00:00Z", "end_time": "2020-01-02T00:00:00Z"}
    room_id = pair_server.ids["room"]
    assert read(pair, "events", room_id, scope="room", output="dict", **window) == []
    assert read(pair, "events", room_id, scope="room", **window).empty
    assert read(pair, "events", room_id, scope="room", output="polars", **window).is_empty()


# --- paging ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("data_type", ["events", "ratings/continuous", "sync"])
def test_paging_collects_every_record_once_and_in_order(
    demo_server: Emulator, demo: HyperStudy, data_type: str
) -> None:
    """More than one page of the client's makes the whole list: nothing twice, nothing left out."""
    records = read(demo, data_type, demo_server.ids["experiment"], output="dict")
    assert len(records) > CLIENT_PAGE
    assert len({record[IDS[data_type]] for record in records}) == len(records)
    assert [r["timestamp"] for r in records] == sorted(r["timestamp"] for r in records)
    assert records == answered(demo_server, data_type, "experiment")


def test_paging_asks_for_each_page_once() -> None:
    """The client follows `nextOffset` until there is no more; it makes no request in vain."""
    app = create_app(Settings(scenario="demo"))
    with serving_app(app) as server, connected(server.url, "hst_live_your_key_here") as client:
        records = client.get_sync("exp_research_001", output="dict", progress=False)
    asked = [entry.head.query.decode() for entry in sandbox_of(app).journal]
    offsets = range(0, len(records), CLIENT_PAGE)
    assert len(offsets) > 2
    assert asked == [f"offset={offset}&limit={CLIENT_PAGE}" for offset in offsets]


def test_progress_bar_counts_to_the_total(
    demo_server: Emulator, demo: HyperStudy, capsys: pytest.CaptureFixture[str]
) -> None:
    """The bar, on by default, is drawn from the total that the first page names."""
    frame = demo.get_events(demo_server.ids["experiment"])
    assert f"{len(frame)}/{len(frame)}" in capsys.readouterr().err


def test_limit_and_offset_give_that_part(pair_server: Emulator, pair: HyperStudy) -> None:
    """With a limit the client asks once, for that page."""
    room_id = pair_server.ids["room"]
    part = pair.get_events(room_id, scope="room", limit=10, offset=5, output="dict")
    assert part == answered(pair_server, "events", "room")[5:15]


def test_time_window_gives_that_part(pair_server: Emulator, pair: HyperStudy) -> None:
    """Both ends of a window, as records name them, belong to it."""
    records = answered(pair_server, "events", "room")
    start, end = records[10]["timestamp"], records[20]["timestamp"]
    found = read(
        pair, "events", pair_server.ids["room"],
        scope="room", output="dict", start_time=start, end_time=end,
    )  # fmt: skip
    assert found == [record for record in records if start <= record["timestamp"] <= end]


def test_deployments_divide_an_experiment(demo_server: Emulator, demo: HyperStudy) -> None:
    """The messages of an experiment's deployments are all of its messages, none of them in two."""
    spec = demo_server.sandbox.world.scenario.experiments["exp_research_001"]
    parts = [
        read(demo, "chat", "exp_research_001", deployment_id=deployment, output="dict")
        for deployment in spec.deployments
    ]
    assert len(parts) > 1
    assert all(parts)
    everything = answered(demo_server, "chat", "experiment")
    assert sorted(r["messageId"] for part in parts for r in part) == sorted(r["messageId"] for r in everything)


# --- events by what they are about ----------------------------------------------------------------


@pytest.mark.parametrize("output", ["pandas", "polars", "dict"])
def test_instructions_are_pages_and_a_check_per_participant(
    pair_server: Emulator, pair: HyperStudy, output: str
) -> None:
    """Everybody sees each page in turn and answers the check, before the experiment starts."""
    found = rows_of(pair.get_instructions("room_pair", scope="room", progress=False, output=output))
    assert {row["category"] for row in found} == {"pre_experiment"}
    assert all(row["onset"] < 0 for row in found)
    for participant_id in ("user_one", "user_two"):
        steps = [(r["eventType"], r["componentId"]) for r in found if r["participantId"] == participant_id]
        assert steps == [
            ("instructions.page_view", "page_1"),
            ("instructions.comprehension_check", "check"),
        ]


@pytest.mark.parametrize("output", ["pandas", "polars", "dict"])
def test_consent_is_given_once_by_each_participant(pair: HyperStudy, output: str) -> None:
    """Before the experiment starts, with the answer and the time it took."""
    found = rows_of(pair.get_consent("exp_pair", progress=False, output=output))
    assert sorted(row["participantId"] for row in found) == ["user_one", "user_two"]
    for row in found:
        assert (row["eventType"], row["category"]) == ("consent.accepted", "pre_experiment")
        assert row["onset"] < 0
        assert row["response"]["value"] == "accepted"
        assert row["response"]["responseTime"] == row["duration"] > 0


@pytest.mark.parametrize("output", ["pandas", "polars", "dict"])
def test_questionnaire_has_every_question_of_the_scenario(pair_server: Emulator, pair: HyperStudy, output: str) -> None:
    """Everybody answers every question, after the last state has ended for them."""
    questions = pair_server.sandbox.world.scenario.experiments["exp_pair"].questions
    found = rows_of(pair.get_questionnaire("room_pair", scope="room", progress=False, output=output))
    assert {row["eventType"] for row in found} == {"questionnaire.response"}
    exits = {
        row["participantId"]: row["onset"]
        for row in answered(pair_server, "events", "room")
        if row["eventType"] == "state.exit"
    }
    for participant_id, last_exit in exits.items():
        own = [row for row in found if row["participantId"] == participant_id]
        assert [row["content"] for row in own] == list(questions)
        assert all(row["onset"] > last_exit for row in own)
        assert all(row["response"]["value"] for row in own)


# --- recordings -----------------------------------------------------------------------------------


def download(client: HyperStudy, folder: Path, **options: Any) -> pd.DataFrame:
    return client.download_recordings("exp_pair", output_dir=str(folder), progress=False, **options)


def test_downloads_have_their_size_and_play(pair_server: Emulator, pair: HyperStudy, tmp_path: Path) -> None:
    """Every recording with a file arrives whole, and decodes for as long as its record says."""
    frame = download(pair, tmp_path)
    records = answered(pair_server, "recordings", "experiment")
    assert list(frame["recordingId"]) == [record["recordingId"] for record in records]
    assert list(frame["download_status"]) == ["downloaded"] * len(records)
    for record, path in zip(records, frame["local_path"], strict=True):
        assert Path(path).stat().st_size == record["fileSize"]
        assert Path(path).suffix == f".{record['format']}"
        assert_plays(path, record)


def assert_plays(path: str, record: Record) -> None:
    """The file holds what its record says, for as long, and decodes to its end."""
    with av.open(path) as container:
        assert [stream.type for stream in container.streams] == [record["metadata"]["type"]]
        assert container.duration / 1000 == pytest.approx(record["duration"], abs=100)
        times = [frame.time for frame in container.decode()]
        assert times == sorted(times)
        assert len(times) > 1


def test_second_download_skips_what_is_there(pair: HyperStudy, tmp_path: Path) -> None:
    """A file of the right size is not fetched again; one that was cut short is."""
    first = download(pair, tmp_path)
    before = {path: Path(path).stat().st_mtime_ns for path in first["local_path"]}
    second = download(pair, tmp_path)
    assert list(second["download_status"]) == ["skipped"] * len(first)
    assert {path: Path(path).stat().st_mtime_ns for path in second["local_path"]} == before
    whole = Path(first["local_path"][0]).read_bytes()
    Path(first["local_path"][0]).write_bytes(whole[:100])
    third = download(pair, tmp_path)
    assert list(third["download_status"]) == ["downloaded"] + ["skipped"] * (len(first) - 1)
    assert Path(first["local_path"][0]).read_bytes() == whole


def test_download_writes_a_sidecar_with_a_row_per_recording(pair: HyperStudy, tmp_path: Path) -> None:
    """The CSV beside the files names each of them."""
    frame = download(pair, tmp_path)
    sidecar = pd.read_csv(tmp_path / "recordings_metadata.csv")
    assert list(sidecar["recordingId"]) == list(frame["recordingId"])
    assert list(sidecar["fileSize"]) == [Path(path).stat().st_size for path in sidecar["local_path"]]


@pytest.mark.parametrize("kind", ["audio", "video"])
def test_recording_type_picks_audio_or_video(
    pair_server: Emulator, pair: HyperStudy, tmp_path: Path, kind: str
) -> None:
    """Only recordings of that type are fetched, and there are some."""
    frame = download(pair, tmp_path, recording_type=kind)
    wanted = [
        record["recordingId"]
        for record in answered(pair_server, "recordings", "experiment")
        if record["metadata"]["type"] == kind
    ]
    assert list(frame["recordingId"]) == wanted != []
    assert len(list(tmp_path.glob("*.mp4")) + list(tmp_path.glob("*.webm"))) == len(wanted)


@pytest.mark.parametrize("absent", ["nothing", "downloadPath"])
def test_one_recording_downloads_by_minted_or_by_signed_link(pair: HyperStudy, tmp_path: Path, absent: str) -> None:
    """The client prefers to have a link minted, and takes `downloadUrl` where it cannot."""
    recording = pair.get_recordings("room_pair", scope="room", output="dict")[0]
    given = {name: value for name, value in recording.items() if name != absent}
    path = pair.download_recording(given, output_dir=str(tmp_path / "new"))
    assert path.parent == tmp_path / "new"
    assert recording["recordingId"] in path.name
    assert path.stat().st_size == recording["fileSize"]


def test_download_of_an_unknown_experiment_says_so(pair: HyperStudy, tmp_path: Path) -> None:
    """The listing's error comes through with its status and code."""
    with pytest.raises(HyperStudyError, match="exp_nowhere") as caught:
        pair.download_recordings("exp_nowhere", output_dir=str(tmp_path), progress=False)
    assert (caught.value.status_code, caught.value.code) == (404, "NOT_FOUND")


# --- errors and warnings --------------------------------------------------------------------------


def test_bad_parameter_is_a_validation_error(pair: HyperStudy) -> None:
    """400, with the parameter, its value and what would be right."""
    with pytest.raises(ValidationError, match="expected one of timestamp, onset") as caught:
        pair.get_events("room_pair", scope="room", sort="loudness", progress=False)
    assert (caught.value.status_code, caught.value.code) == (400, "INVALID_PARAMETER")
    assert caught.value.details == {
        "parameter": "sort",
        "value": "loudness",
        "expected": "one of timestamp, onset",
    }


def test_participant_without_room_is_a_validation_error(pair: HyperStudy) -> None:
    """400, and the message says which parameter is missing and how to write it."""
    with pytest.raises(ValidationError, match=r"Missing parameter roomId.*\?roomId=") as caught:
        pair.get_events("user_one", scope="participant", progress=False)
    assert caught.value.details["parameter"] == "roomId"


@pytest.mark.parametrize(
    ("reason", "told"), [("unknown", "not known"), ("expired", "has expired"), ("revoked", "was revoked")]
)
def test_bad_key_is_an_authentication_error(pair_server: Emulator, reason: str, told: str) -> None:
    """401, with what is wrong with the key."""
    with (
        connected(pair_server.url, pair_server.keys.get(reason, "hst_test_nobody")) as client,
        pytest.raises(AuthenticationError, match=told) as caught,
    ):
        client.get_events("room_pair", scope="room", progress=False)
    assert (caught.value.status_code, caught.value.code) == (401, "UNAUTHORIZED")
    assert caught.value.details == {"reason": reason}


@pytest.mark.parametrize("data_type", [name for name in ROWS if ROWS[name].scope != "read:events"])
def test_missing_scope_is_a_forbidden_error(pair_server: Emulator, data_type: str) -> None:
    """403, with the scope that is needed and those that the key has."""
    with (
        connected(pair_server.url, pair_server.keys["events_only"]) as client,
        pytest.raises(ForbiddenError) as caught,
    ):
        read(client, data_type, "room_pair", scope="room")
    required = ROWS[data_type].scope
    assert required in caught.value.message
    assert (caught.value.status_code, caught.value.code) == (403, "FORBIDDEN")
    assert caught.value.details == {"required": [required], "provided": ["read:events"]}


@pytest.mark.parametrize(
    ("scope", "scope_id"),
    [("experiment", "exp_nowhere"), ("room", "room_nowhere"), ("participant", "user_nowhere")],
)
def test_unknown_id_is_a_not_found_error(pair: HyperStudy, scope: str, scope_id: str) -> None:
    """404, with the id that was looked for, and one in the message that would be found."""
    room = {"room_id": "room_pair"} if scope == "participant" else {}
    with pytest.raises(NotFoundError, match=r"For example, (exp_pair|room_pair|user_one) exists") as caught:
        pair.get_events(scope_id, scope=scope, progress=False, **room)
    assert (caught.value.status_code, caught.value.code) == (404, "NOT_FOUND")
    assert caught.value.details["id"] == scope_id


def test_scenarios_warnings_become_python_warnings(tmp_path: Path) -> None:
    """What a scenario lists as warnings reaches the client's user, once per answer."""
    scenario = tmp_path / "warned.toml"
    scenario.write_text('extends = "pair"\nabout = "An API that warns"\nwarnings = ["index missing"]\n')
    with (
        serving_app(create_app(Settings(scenario=str(scenario)))) as server,
        connected(server.url, "hst_live_your_key_here") as client,
        pytest.warns(UserWarning, match=r"\Aindex missing\Z") as caught,
    ):
        records = client.get_chat("room_pair", scope="room", output="dict", progress=False)
    assert len(caught) == 1
    assert len(records) > 0
