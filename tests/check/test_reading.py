"""How the check finds and reads what it looks at, also on servers that serve less than ours."""

import http.client
import http.server
import threading
from collections.abc import Iterator, Mapping

import pytest
from check_support import KEY, reader_for
from flask import Flask

from mockserver import Settings, create_app
from mockserver.check.discovery import Discovery
from mockserver.check.errors import CheckError
from mockserver.check.instants import iso_from_ms, ms_from_iso
from mockserver.check.reader import Reader, data_path
from mockserver.check.run import Run
from mockserver.check.transport import Answer, HttpTransport, InProcessTransport, Transport

NO_ROUTE = b'{"status":"error","error":{"code":"NOT_FOUND","message":"No route.","details":{"path":"/"}}}'


class Without:
    """A transport to a server that does not know some paths."""

    def __init__(self, inner: Transport, *missing: str) -> None:
        self.base_url = inner.base_url
        self._inner = inner
        self._missing = missing

    def ask(self, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        """Answer 404 for what is missing."""
        if any(path in target for path in self._missing):
            return Answer(404, {}, NO_ROUTE)
        return self._inner.ask(method, target, headers)


def reader_without(app: Flask, *missing: str) -> Reader:
    return Reader(Without(InProcessTransport(app), *missing), [KEY])


LISTS = ("/data/participants/", "/data/rooms/")


@pytest.mark.parametrize("missing", [(), LISTS, (*LISTS, "/_mock/world")], ids=["api", "control", "events"])
def test_rooms_and_participants_are_found(missing: tuple[str, ...], pair_app: Flask) -> None:
    """From the API's lists, else from the control API, else from the ids in the events."""
    discovery = Discovery(reader_without(pair_app, *missing))
    assert discovery.room_ids("exp_pair") == ["room_pair"]
    assert sorted(discovery.room("exp_pair", "room_pair").participants) == ["user_one", "user_two"]


def test_experiments_that_are_not_listed_have_to_be_named(pair_app: Flask) -> None:
    """One clear line, and naming them helps."""
    reader = reader_without(pair_app, "/_mock/world", "/api/v3/experiments")
    with pytest.raises(CheckError, match="--experiment"):
        Run(reader)
    assert [survey.experiment_id for survey in Run(reader, ["exp_pair"]).surveys] == ["exp_pair"]


def test_what_a_server_does_not_serve_is_skipped_and_not_green(pair_app: Flask) -> None:
    """Completion codes need the participants, correlation the truth; everything else is checked without."""
    reader = reader_without(pair_app, *LISTS, "/data/videochat/", "/_mock/truth")
    results = {result.invariant.number: result for result in Run(reader).results()}
    assert [number for number, result in results.items() if result.broken] == []
    assert [number for number, result in results.items() if result.skipped] == [10, 13]
    assert results[10].skipped == "the participants endpoint is not served"
    assert str(results[13].skipped).startswith("the mean pairwise correlation in exp_pair is 0.")


def test_all_pages_are_followed(demo_app: Flask) -> None:
    """A page that is smaller than the list is not the end of it."""
    reader = reader_for(demo_app)
    path = data_path("sync", "room", "room_abc123")
    found = [record for page in reader.pages(path, {"limit": 101}) for record in page.data]
    assert len(found) == reader.total(path) == len({record["metricId"] for record in found})


def test_the_first_key_that_may_read_is_used(demo_app: Flask) -> None:
    """Each organisation has its own; an experiment that none may read is left out, not an error."""
    keys = {name: key.value for name, key in demo_app.extensions["mockserver"].world.scenario.keys.items()}
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
