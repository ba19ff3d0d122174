"""Every example of the documentation runs against the emulator with only host, key and ids changed.

The examples are files of their own, as they stand in the documentation (`examples/`).
"""

import io
import json
import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

import pandas as pd
import pytest
import requests
from emulator import Emulator, sandbox_of, serving_app

from mockserver import Settings, create_app

EXAMPLES = Path(__file__).parent / "examples"
HOST = "https://api.hyperstudy.io"
ROOM = "room_abc123"
PARTICIPANT = "user_xyz789"
DEFAULT_LIMIT = 1000
TIMEOUT_S = 60


def needs(*tools: str) -> None:
    """Skip where a program is not installed; in CI that is a failure, so that nothing goes untested."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if not missing:
        return
    reason = f"the documented examples need {', '.join(missing)}, which this machine does not have"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def example(name: str, server: Emulator, **changes: str) -> str:
    """An example's text with the server as its host, and what the page leaves to the reader filled in."""
    text = (EXAMPLES / name).read_text(encoding="utf-8").replace(HOST, server.url)
    for old, new in {"YOUR_ROOM_ID": ROOM, **changes}.items():
        text = text.replace(old, new)
    return text


def run(program: list[str], text: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Feed an example to a program, in a folder and an environment of its own: no proxy, no settings."""
    return subprocess.run(
        program,
        input=text,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT_S,
        check=False,
    )


def shell(name: str, server: Emulator, folder: Path, **changes: str) -> str:
    """What a shell example prints; it must end well."""
    needs("bash", "curl")
    done = run(["bash"], example(name, server, **changes), folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def documents(text: str) -> list[Any]:
    """JSON values that stand one after another."""
    decoder, found, start = json.JSONDecoder(), [], 0
    while start < len(text.rstrip()):
        value, start = decoder.raw_decode(text, start)
        found.append(value)
        start += len(text[start:]) - len(text[start:].lstrip())
    return found


def api(server: Emulator, path: str, **query: str | int) -> dict[str, Any]:
    """The API's own answer, to compare with."""
    answer = requests.get(
        f"{server.api_url}/data/{path}",
        params=query,
        headers={"X-API-Key": server.keys["full"]},
        timeout=TIMEOUT_S,
    )
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def total(server: Emulator, path: str, **query: str | int) -> int:
    found: int = api(server, path, limit=1, **query)["metadata"]["pagination"]["total"]
    assert found > 0
    return found


def python(name: str, server: Emulator, folder: Path, monkeypatch: pytest.MonkeyPatch, **known: Any) -> dict[str, Any]:
    """Run a Python example with this interpreter, in a folder; the variables that it leaves behind.

    Args:
        known: Variables that the page defines further up, or leaves to the reader.
    """
    script = folder / name
    script.write_text(example(name, server), encoding="utf-8")
    monkeypatch.chdir(folder)
    left = runpy.run_path(str(script), init_globals=known)
    return {name: value for name, value in left.items() if not name.startswith("__")}


# --- curl -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["events_of_a_room.sh", "download_events.sh"])
def test_curl_gets_100_events_by_onset(demo_server: Emulator, tmp_path: Path, name: str) -> None:
    """The first hundred of the room, in order of their onset."""
    answer = json.loads(shell(name, demo_server, tmp_path))
    onsets = [event["onset"] for event in answer["data"]]
    assert len(onsets) == 100
    assert onsets == sorted(onsets)
    assert answer == api(demo_server, f"events/room/{ROOM}", limit=100, sort="onset", order="asc")


def test_curl_basic_request_gets_10_events(demo_server: Emulator, tmp_path: Path) -> None:
    """With the room's id filled in; the key of the page is known."""
    answer = json.loads(shell("basic_request.sh", demo_server, tmp_path))
    assert len(answer["data"]) == 10
    assert {event["roomId"] for event in answer["data"]} == {ROOM}


def test_curl_saves_a_csv_of_every_event(demo_server: Emulator, tmp_path: Path) -> None:
    """The file has a row per event and loads into a data frame."""
    assert shell("download_csv.sh", demo_server, tmp_path) == ""
    events = api(demo_server, f"events/room/{ROOM}")["data"]
    frame = pd.read_csv(tmp_path / "events.csv")
    assert len(frame) == total(demo_server, f"events/room/{ROOM}")
    assert list(frame["id"]) == [event["id"] for event in events]
    assert list(frame["onset"]) == [event["onset"] for event in events]


def test_curl_gets_a_participants_events(demo_server: Emulator, tmp_path: Path) -> None:
    """All of them, and nobody else's."""
    answer = json.loads(shell("participant_data.sh", demo_server, tmp_path))
    assert {event["participantId"] for event in answer["data"]} == {PARTICIPANT}
    assert len(answer["data"]) == total(demo_server, f"events/participant/{PARTICIPANT}", roomId=ROOM)


def test_curl_time_range_covers_the_room(demo_server: Emulator, tmp_path: Path) -> None:
    """The documented room took place within the documented day."""
    answer = json.loads(shell("time_range.sh", demo_server, tmp_path))
    assert len(answer["data"]) == total(demo_server, f"events/room/{ROOM}")
    assert all(event["timestamp"].startswith("2024-10-20T") for event in answer["data"])


def test_shell_script_saves_three_data_types(demo_server: Emulator, tmp_path: Path) -> None:
    """A CSV each, with every record in it, and the closing line."""
    assert shell("multiple_data_types.sh", demo_server, tmp_path) == "Download complete!\n"
    for data_type in ("events", "recordings", "chat"):
        frame = pd.read_csv(tmp_path / f"{data_type}.csv")
        assert len(frame) == total(demo_server, f"{data_type}/room/{ROOM}")
    assert pd.read_csv(tmp_path / "recordings.csv")["fileSize"].sum() > 0


def test_shell_pages_make_the_whole_list(demo_server: Emulator, tmp_path: Path) -> None:
    """Two pages of 1000 hold each of the room's events once."""
    first, second = documents(shell("pagination.sh", demo_server, tmp_path))
    assert first["metadata"]["pagination"]["offset"] == 0
    assert second["metadata"]["pagination"]["offset"] == 1000
    assert first["data"] + second["data"] == api(demo_server, f"events/room/{ROOM}", limit=10_000)["data"]


def test_shell_pages_of_a_large_room_follow_each_other(demo_server: Emulator, tmp_path: Path) -> None:
    """The same script with the address of the ratings, where both pages are full."""
    printed = shell("pagination.sh", demo_server, tmp_path, **{"data/events": "data/ratings/continuous"})
    first, second = documents(printed)
    assert len(first["data"]) == len(second["data"]) == 1000
    whole = api(demo_server, f"ratings/continuous/room/{ROOM}", limit=10_000)["data"]
    assert first["data"] + second["data"] == whole[:2000]


def test_jq_shows_answer_data_and_total(demo_server: Emulator, tmp_path: Path) -> None:
    """Three commands: the whole answer, its records, and how many there are."""
    needs("jq")
    answer, data, count = documents(shell("pretty_print.sh", demo_server, tmp_path))
    assert answer == api(demo_server, f"events/room/{ROOM}", limit=5)
    assert data == answer["data"]
    assert len(data) == 5
    assert count == total(demo_server, f"events/room/{ROOM}")


# --- scripts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "printed"),
    [
        ({"hst_live_your_key_here": "hst_live_nobodys"}, "Error: Invalid API key\n"),
        ({ROOM: "room_nowhere"}, "Error: Room not found\n"),
    ],
)
def test_error_handling_script_tells_errors_apart(
    demo_server: Emulator, tmp_path: Path, change: dict[str, str], printed: str
) -> None:
    """Another key or another room is reported by the script's own branches."""
    assert shell("error_handling.sh", demo_server, tmp_path, **change) == printed


def test_error_handling_script_prints_success(demo_server: Emulator, tmp_path: Path) -> None:
    """It counts the events it got and cleans up after itself."""
    needs("jq")
    count = total(demo_server, f"events/room/{ROOM}")
    printed = shell("error_handling.sh", demo_server, tmp_path)
    assert printed == f"Success! Retrieved data:\n{count}\nevents\n"
    assert list(tmp_path.iterdir()) == []


def test_error_handling_script_shows_any_other_error(demo_server: Emulator, tmp_path: Path) -> None:
    """Its last branch prints the envelope."""
    key = demo_server.keys["other_organisation"]
    printed = shell("error_handling.sh", demo_server, tmp_path, hst_live_your_key_here=key)
    first, body = printed.split("\n", maxsplit=1)
    assert first == "Error: HTTP 403"
    assert json.loads(body)["error"]["code"] == "FORBIDDEN"


@pytest.fixture
def script_folder(demo_server: Emulator, tmp_path: Path) -> Path:
    """A folder with the complete download script, as the page tells to save it."""
    needs("bash", "curl")
    (tmp_path / "complete_download.sh").write_text(example("complete_download.sh", demo_server))
    return tmp_path


def test_complete_download_script_saves_every_type(demo_server: Emulator, script_folder: Path) -> None:
    """Started as the page says, it saves five CSV files, each with the records of one request."""
    done = run(["bash"], example("complete_download_usage.sh", demo_server), script_folder)
    assert done.returncode == 0, done.stderr
    (folder,) = script_folder.glob(f"data_{ROOM}_*")
    assert done.stdout.startswith(f"Downloading data for room: {ROOM}\n")
    assert f"Download complete! Files saved to: {folder.name}\n" in done.stdout
    wanted = {"events", "recordings", "chat", "sync", "ratings/continuous"}
    assert {path.name for path in folder.iterdir()} == {f"{name.replace('/', '_')}.csv" for name in wanted}
    for data_type in wanted:
        count = min(total(demo_server, f"{data_type}/room/{ROOM}"), DEFAULT_LIMIT)
        file = folder / f"{data_type.replace('/', '_')}.csv"
        assert len(pd.read_csv(file)) == count
        assert f" Saved {file.name} ({count + 1} lines)\n" in done.stdout


@pytest.mark.parametrize(
    ("environment", "printed"),
    [
        ({}, "Error: HYPERSTUDY_API_KEY environment variable not set\n"),
        ({"HYPERSTUDY_API_KEY": "hst_live_your_key_here"}, "Usage: complete_download.sh <room_id>\n"),
    ],
)
def test_complete_download_script_says_what_is_missing(
    script_folder: Path, environment: dict[str, str], printed: str
) -> None:
    """Without a key or a room it asks for them and leaves nothing behind."""
    done = run(["bash", "complete_download.sh"], "", script_folder, **environment)
    assert (done.returncode, done.stdout) == (1, printed)
    assert [path.name for path in script_folder.iterdir()] == ["complete_download.sh"]


# --- JavaScript -----------------------------------------------------------------------------------


def test_javascript_prints_the_chat(demo_server: Emulator, tmp_path: Path) -> None:
    """A line per message with its onset in seconds, its sender and its text."""
    needs("node")
    key = f"const API_KEY = {json.dumps(demo_server.keys['full'])};\n"
    done = run(["node", "--input-type=module"], key + example("chat.js", demo_server), tmp_path)
    assert done.returncode == 0, done.stderr
    messages = api(demo_server, f"chat/room/{ROOM}")["data"]
    assert len(messages) > 0
    assert done.stdout.splitlines() == [
        f"[{seconds(message['onset'])}s] {message['senderName']}: {message['content']}" for message in messages
    ]


def seconds(onset_ms: int) -> str:
    """As JavaScript writes `onset / 1000`."""
    return str(onset_ms / 1000).removesuffix(".0")


# --- Python ---------------------------------------------------------------------------------------


def test_python_lists_recordings(
    demo_server: Emulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Three lines per recording; the links in them open without a key and have the stated size."""
    left = python("recordings.py", demo_server, tmp_path, monkeypatch, API_KEY=demo_server.keys["full"])
    recordings = api(demo_server, f"recordings/room/{ROOM}")["data"]
    assert left["recordings"] == recordings != []
    assert capsys.readouterr().out.splitlines() == [
        line
        for recording in recordings
        for line in (
            f"Recording: {recording['participantName']}",
            f"Download: {recording['downloadUrl']}",
            f"Duration: {recording['duration'] / 1000:.1f}s",
        )
    ]
    file = requests.get(recordings[0]["downloadUrl"], timeout=TIMEOUT_S)
    assert (file.status_code, len(file.content)) == (200, recordings[0]["fileSize"])


@pytest.fixture
def patterns(demo_server: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The variables of the first common pattern, on which those after it build."""
    return python(
        "all_data_of_a_participant.py",
        demo_server,
        tmp_path,
        monkeypatch,
        API_KEY=demo_server.keys["full"],
    )


def test_python_fetches_all_data_of_a_participant(
    demo_server: Emulator, patterns: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """Every type has records of the documented participant."""
    assert list(patterns["all_data"]) == ["events", "recordings", "chat", "ratings/continuous", "sync"]
    for data_type, records in patterns["all_data"].items():
        wanted = api(demo_server, f"{data_type}/participant/{PARTICIPANT}", roomId=ROOM)
        assert records == wanted["data"]
        assert len(records) == wanted["metadata"]["pagination"]["total"]
        assert records


def test_python_filters_by_time_range(
    demo_server: Emulator, patterns: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Timestamps as `isoformat()` writes them, without a zone, are UTC; the last 24 hours hold no data."""
    left = python("time_range.py", demo_server, tmp_path, monkeypatch, **patterns)
    answer = left["response"].json()
    assert left["response"].status_code == 200, answer
    assert answer["data"] == []
    for name in ("start_time", "end_time"):
        understood = answer["metadata"]["query"][name.replace("_t", "T")].removesuffix("Z")
        assert abs(datetime.fromisoformat(understood) - left[name]) < timedelta(milliseconds=1)


ZONES = {
    "UTC-10": "<-10>10",
    "UTC-3:30": "<-0330>3:30",
    "UTC": "UTC0",
    "UTC+5:45": "<+0545>-5:45",
    "UTC+14": "<+14>-14",
}


@pytest.fixture(scope="module")
def server_of_today() -> Iterator[Emulator]:
    """The demo world where its experiments are moved to the machine's time."""
    app = create_app(Settings(scenario="demo", now="machine"))
    with serving_app(app) as server:
        yield Emulator(server.url, sandbox_of(app))


@pytest.mark.parametrize("zone", ZONES.values(), ids=ZONES)
def test_the_last_24_hours_hold_events_in_every_zone(server_of_today: Emulator, tmp_path: Path, zone: str) -> None:
    """The example as it stands, in the machine's own zone, although a time without a zone is UTC."""
    key = server_of_today.keys["full"]
    setup = f"import requests\nBASE_URL = {server_of_today.api_url!r}\nheaders = {{'X-API-Key': {key!r}}}\n"
    shown = "\nprint(response.status_code, len(response.json()['data']))"
    text = setup + example("time_range.py", server_of_today) + shown
    done = run([sys.executable, "-"], text, tmp_path, TZ=zone)
    assert done.returncode == 0, done.stderr
    status, records = map(int, done.stdout.split())
    assert status == 200
    assert records > 0


def test_python_exports_csv(
    demo_server: Emulator, patterns: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The saved file and the data frame hold every event."""
    left = python("export_csv.py", demo_server, tmp_path, monkeypatch, **patterns)
    events = api(demo_server, f"events/room/{ROOM}")["data"]
    assert list(left["df"]["id"]) == [event["id"] for event in events] != []
    assert (tmp_path / "events.csv").read_bytes() == left["response"].content


def test_python_exports_csv_on_windows_too(
    demo_server: Emulator, patterns: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text mode writes CR LF for every LF there; CR CR LF, which strict readers refuse, is nowhere."""

    def open_on_windows(path: str, mode: str) -> TextIO:
        return io.TextIOWrapper((tmp_path / path).open(f"{mode}b"), encoding="utf-8", newline="\r\n")

    left = python("export_csv.py", demo_server, tmp_path, monkeypatch, open=open_on_windows, **patterns)
    saved = (tmp_path / "events.csv").read_bytes()
    assert b"\r\r" not in saved
    assert saved.replace(b"\r\n", b"\n") == left["response"].content
    assert list(pd.read_csv(tmp_path / "events.csv")["id"]) == list(left["df"]["id"])


# --- the examples themselves ----------------------------------------------------------------------


def test_every_example_is_run_here() -> None:
    """An example that is added to the folder is not forgotten."""
    source = Path(__file__).read_text(encoding="utf-8")
    names = {path.name for path in EXAMPLES.iterdir() if path.suffix in (".sh", ".js", ".py")}
    assert len(names) == 17
    assert {name for name in names if f'"{name}"' not in source} == set()


def test_a_missing_program_fails_in_ci_and_skips_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a machine without it can run the rest, and a green CI has run everything."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="need jq, node, which this machine does not have"):
        needs("jq", "node")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="need jq"):
        needs("jq")
