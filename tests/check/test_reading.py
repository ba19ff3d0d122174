"""How the check finds and reads what it looks at, also on servers that serve less than ours."""

import http.client
import http.server
import threading
from collections.abc import Iterator, Mapping

import click
import pytest
from check_support import KEY, reader_for
from flask import Flask
from study_support import StudyApi, definition

from mockserver import Settings, create_app
from mockserver.check.discovery import Discovery
from mockserver.check.errors import CheckError
from mockserver.check.instants import iso_from_ms, ms_from_iso
from mockserver.check.lines import lines_of
from mockserver.check.reader import Reader, data_path
from mockserver.check.run import Run
from mockserver.check.transport import HttpTransport, InProcessTransport, Received, Transport

NO_ROUTE = b'{"status":"error","error":{"code":"NOT_FOUND","message":"No route.","details":{"path":"/"}}}'


class Without:
    """A transport to a server that does not know some paths."""

    def __init__(self, inner: Transport, *missing: str) -> None:
        self.base_url = inner.base_url
        self._inner = inner
        self._missing = missing

    def ask(self, method: str, target: str, headers: Mapping[str, str]) -> Received:
        """Received 404 for what is missing."""
        if any(path in target for path in self._missing):
            return Received(404, {}, NO_ROUTE)
        return self._inner.ask(method, target, headers)


def reader_without(app: Flask, *missing: str) -> Reader:
    return Reader(Without(InProcessTransport(app), *missing), [KEY])


LISTS = ("/data/participants/", "/data/rooms/")


@pytest.mark.parametrize("missing", [(), LISTS], ids=["api", "events"])
def test_rooms_and_participants_are_found(missing: tuple[str, ...], pair_app: Flask) -> None:
    """From the API's lists, else from the ids in the events; the control API is not asked."""
    discovery = Discovery(reader_without(pair_app, "/_mock/", *missing))
    assert discovery.room_ids("exp_pair") == ["room_pair"]
    assert sorted(discovery.room("exp_pair", "room_pair").participants) == ["user_one", "user_two"]


def test_experiments_that_are_not_listed_have_to_be_named(pair_app: Flask) -> None:
    """One clear line, and naming them helps."""
    reader = reader_without(pair_app, "/api/v3/experiments")
    with pytest.raises(CheckError, match="--experiment"):
        Run(reader)
    assert [survey.experiment_id for survey in Run(reader, ["exp_pair"]).surveys] == ["exp_pair"]


def test_the_experiments_of_every_key_are_found(demo_app: Flask) -> None:
    """Each organisation's own and those shared with it, once each; a key that may list nothing is no obstacle."""
    keys = {name: key.value for name, key in demo_app.extensions["mockserver"].default.world.scenario.keys.items()}

    def found(*names: str) -> set[str]:
        return set(Discovery(Reader(InProcessTransport(demo_app), [keys[name] for name in names])).experiment_ids())

    every = set(demo_app.extensions["mockserver"].default.world.scenario.experiments)
    assert found("full") == every - {"exp_other_004"}
    assert found("other_organisation") == {"exp_other_004", "exp_shared_006"}
    assert found("events_only", "full", "revoked", "other_organisation") == every
    with pytest.raises(CheckError, match=r"read:experiments.*--experiment ID"):
        found("events_only")


def test_what_a_server_does_not_serve_is_skipped_and_not_green(pair_app: Flask) -> None:
    """Completion codes need the participants, correlation the truth; everything else is checked without."""
    reader = reader_without(pair_app, *LISTS, "/data/videochat/", "/_mock/truth")
    results = {result.invariant.number: result for result in Run(reader).results()}
    assert [number for number, result in results.items() if result.broken] == []
    assert [number for number, result in results.items() if result.skipped] == [10, 13]
    assert results[10].skipped == "not checked: the participants endpoint is not served"
    assert str(results[13].skipped).startswith("not checked: /_mock/truth does not say what to expect")
    assert "exp_pair's pairs is 0." in str(results[13].skipped)


def test_a_server_without_a_control_api_is_checked_all_the_same(pair_app: Flask) -> None:
    """All but what no public endpoint tells, the planted correlation, and that is not green."""
    results = Run(reader_without(pair_app, "/_mock/")).results()
    assert [result.invariant.number for result in results if result.broken or result.skipped] == [13]
    assert [result.invariant.number for result in results if not result.looked_at] == []
    (line,) = (line for line in map(click.unstyle, lines_of(results)) if not line.startswith("ok "))
    assert line.startswith("skipped 13")
    assert "not checked: " in line


def test_an_experiment_without_pairs_is_not_green_without_a_control_api() -> None:
    """Nobody says what to expect, even if there is nothing to measure."""
    reader = reader_without(create_app(Settings(scenario="empty")), "/_mock/")
    results = {result.invariant.number: result for result in Run(reader).results()}
    assert results[13].skipped == "not checked: /_mock/truth does not say what to expect"


def test_a_definition_is_taken_from_an_experiment_that_was_never_edited() -> None:
    """And only for rooms that came after it, since nobody knows what the others were run by."""
    api = StudyApi("pair")
    states = ["text_chat_state", "video_chat_state", "watching_state", "closeness_state"]
    assert _states(api, "exp_pair", "room_pair") == states
    api.answer("PUT", "/experiments/exp_pair", {"states": definition()["states"]})
    assert _states(api, "exp_pair", "room_pair") is None


def test_a_launched_room_has_the_definition_of_its_launch() -> None:
    """As far as it is surely older: what is launched in the same ms may have been launched before an edit."""
    api = StudyApi("pair")
    experiment = api.create_experiment()
    (at_once,) = api.sessions(api.deploy(experiment))
    api.advance(1)
    (later,) = api.sessions(api.deploy(experiment))
    api.advance(60_000)
    assert _states(api, experiment, at_once["id"]) is None
    assert _states(api, experiment, later["id"]) == ["talk", "ask"]


def _states(api: StudyApi, experiment_id: str, room_id: str) -> list[str] | None:
    states = Discovery(reader_for(api.app)).room(experiment_id, room_id).states
    return None if states is None else list(states)


def test_all_pages_are_followed(demo_app: Flask) -> None:
    """A page that is smaller than the list is not the end of it."""
    reader = reader_for(demo_app)
    path = data_path("sync", "room", "room_abc123")
    found = [record for page in reader.pages(path, {"limit": 101}) for record in page.data]
    assert len(found) == reader.total(path) == len({record["metricId"] for record in found})


def test_the_first_key_that_may_read_is_used(demo_app: Flask) -> None:
    """Each organisation has its own; an experiment that none may read is left out, not an error."""
    keys = {name: key.value for name, key in demo_app.extensions["mockserver"].default.world.scenario.keys.items()}
    reader = Reader(InProcessTransport(demo_app), [keys["other_organisation"], keys["full"]])
    assert reader.use_key_for("exp_research_001")
    assert reader.page(data_path("chat", "experiment", "exp_research_001")).total > 0
    assert not Reader(InProcessTransport(demo_app), [keys["full"]]).use_key_for("exp_other_004")


def test_a_running_clock_is_noticed_and_gives_readings_an_end() -> None:
    """Else records could be added between two requests that are compared."""
    frozen, live = (Reader(InProcessTransport(create_app(Settings(scenario=one))), [KEY]) for one in _CLOCKS)
    for reader, experiment_id in ((frozen, "exp_pair"), (live, "exp_live")):
        while not reader.moving and reader is live:
            reader.page(data_path("events", "experiment", experiment_id))
    assert frozen.horizon().query == {}
    assert live.horizon().query == {"endTime": iso_from_ms(live.now_ms)}


_CLOCKS = ("pair", "live")


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1970-01-01T00:00:00.000Z", 0),
        ("2024-10-20T14:30:45.123Z", 1_729_434_645_123),
        ("2024-10-20T16:30:45.123+02:00", 1_729_434_645_123),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2024-10-20T14:30:45", 1_729_434_645_000),
    ],
)
def test_timestamps_are_read_in_every_documented_form(text: str, ms: int) -> None:
    """Alone and among others; what is written as the API writes reads back."""
    assert ms_from_iso([text, "1970-01-01T00:00:00.001Z"]).tolist() == [ms, 1]
    assert ms_from_iso([iso_from_ms(ms)]).tolist() == [ms]


@pytest.mark.parametrize("text", ["", "yesterday", "2024-13-01T00:00:00.000Z", "2024-10-20T14:30:61.000Z"])
def test_what_is_no_timestamp_is_refused(text: str) -> None:
    """It becomes a finding, not a number."""
    with pytest.raises(ValueError, match=r".+"):
        ms_from_iso([text])


class _OneAnswerEach(http.server.BaseHTTPRequestHandler):
    """Promises to keep the connection, and closes it after every answer."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # noqa: N802 - the name that the library calls
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def closing_server() -> Iterator[str]:
    """The address of a server that closes connections without saying so."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _OneAnswerEach) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_connection_that_was_closed_is_opened_again(closing_server: str) -> None:
    """Servers close connections when they like; that is no reason to stop."""
    transport = HttpTransport(closing_server)
    try:
        answers = [transport.ask("GET", "/", {}).body for _ in range(3)]
        assert answers == [b"ok"] * 3
        assert transport.ask("GET", f"{closing_server}/whole?url=1", {}).status == 200
    finally:
        transport.close()
    assert issubclass(http.client.RemoteDisconnected, OSError)
