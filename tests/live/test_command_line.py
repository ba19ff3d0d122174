"""The command line as programs and people use it: real processes, real sockets, real signals.

Nothing here sleeps: a started server is waited for by reading its output.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
from command_support import TIMEOUT_S, announced, environment, open_any, read_until_ready, run, started, status_of, stop

from mockserver.command import ready_file
from mockserver.command.cli import main
from mockserver.command.manner import ServingManner
from mockserver.command.serve import serve
from mockserver.command.stop_signals import StopSignals
from mockserver.sandbox.settings import ProcessSettings, Settings
from mockserver.words.version import VERSION

ANNOUNCED = ["url", "port", "pid", "scenario", "seed", "digest", "now", "token", "token_secret", "ids", "keys"]
KEYS = {"full", "read_only", "events_only", "write", "expired", "revoked", "other_organisation"}


@pytest.fixture(scope="module")
def ready_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ready") / "ready.json"


@pytest.fixture(scope="module")
def server(ready_path: Path) -> Iterator[dict]:
    """One server for all tests that only ask it something: what it announced."""
    with started("--port", "0", "--scenario", "pair", "--json", "--ready-file", str(ready_path)) as process:
        yield announced(process)
        stop(process)


def test_json_has_every_key_in_order(server):
    """Programs can rely on the shape of the object."""
    assert list(server) == ANNOUNCED
    assert server["ids"].keys() == {"experiment", "room", "participant", "session"}
    assert server["keys"].keys() >= KEYS
    assert server["url"] == f"http://localhost:{server['port']}"
    assert server["scenario"] == "pair"


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("full", 200),
        ("read_only", 200),
        ("events_only", 200),
        ("write", 200),
        ("expired", 401),
        ("revoked", 401),
    ],
)
def test_announced_keys_do_what_their_names_say(server, key, status):
    """A client's tests can take the key for the case they need."""
    url = f"{server['url']}/api/v3/data/events/room/{server['ids']['room']}?limit=1"
    assert status_of(url, X_API_Key=server["keys"][key]) == status


def test_the_announced_token_is_accepted(server):
    """A client can ingest at once."""
    assert ingest_nothing(server, server["token"])["success"] is True


def test_a_client_can_sign_tokens_with_the_announced_secret(server):
    token = jwt.encode({"sub": "me", "exp": time.time() + 60}, server["token_secret"], algorithm="HS256")
    assert ingest_nothing(server, token)["success"] is True


def test_a_secret_of_ones_own_is_not_told():
    with started("--port", "0", "--scenario", "empty", "--json", "--token-secret", "s" * 32) as process:
        assert announced(process)["token_secret"] is None


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        *((name, ["--port", "0", "--scenario", "empty"]) for name in ("TOKEN_SECRET", "LINK_SECRET", "CONTROL_TOKEN")),
        ("TOKEN_SECRET", ["token"]),
    ],
)
def test_a_secret_that_is_not_utf8_is_one_line(name, arguments):
    """At the start, not at the first request that needs it; and to whoever signs with it."""
    command = [sys.executable, "-m", "mockserver", *arguments]
    environment = {**environment_bytes(), f"MOCKSERVER_{name}".encode(): b"secret \xff and more of it, long enough"}
    done = subprocess.run(command, env=environment, capture_output=True, timeout=TIMEOUT_S)
    said = f"mockserver: {name.lower()} is not UTF-8: it takes any text, such as 'a secret'\n"
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", said)


def environment_bytes():
    return {name.encode(): value.encode() for name, value in environment().items()}


def test_export_says_how_far_it_is_and_how_much_it_wrote(tmp_path, capsys):
    """A line as each folder begins, on standard error; the sum, on standard output."""
    assert main(["export", "--scenario", "pair", "--out", str(tmp_path / "out")]) == 0
    out, err = capsys.readouterr()
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    assert out == f"{len(files)} files, {size / 1e6:,.1f} MB written to {tmp_path / 'out'}\n"
    begun = [line.split("/")[0] for line in err.splitlines() if "/" in line]
    folders = {path.parent.name for path in files} - {"out"}
    assert len(begun) == len(set(begun)) == len(folders)
    assert set(begun) == folders
    assert all(re.search(r": [\d,]+ files?, [\d.]+ MB so far$", line) for line in err.splitlines())


def ingest_nothing(server: dict, token: str) -> dict:
    """The answer to an empty batch."""
    request = urllib.request.Request(
        f"{server['url']}/api/data/events",
        data=json.dumps({"sessionId": server["ids"]["session"], "batch": []}).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with open_any(request) as answer:
        return json.load(answer)


def test_a_minted_token_is_accepted_until_it_expires(server, capsys):
    """The token command signs with the secret that a default server checks."""
    assert main(["token", "--subject", "someone"]) == 0
    assert main(["token", "--ttl-s", "-1"]) == 0
    valid, expired = capsys.readouterr().out.split()
    assert ingest_nothing(server, valid)["success"] is True
    assert "expired" in ingest_nothing(server, expired)["error"]


def test_the_ready_file_holds_the_same_object(server, ready_path):
    """Whoever waits for the file needs not read our output."""
    assert json.loads(ready_path.read_bytes()) == server
    assert [path.name for path in ready_path.parent.iterdir()] == [ready_path.name]


def test_a_taken_port_is_one_line_and_leaves_the_ready_file(server, ready_path):
    """The second server says so and touches nothing of the first's."""
    second = run("--port", str(server["port"]), "--ready-file", str(ready_path))
    assert second.returncode == 2
    assert second.stdout == ""
    assert second.stderr.startswith(f"mockserver: cannot listen on localhost:{server['port']}: the port is taken")
    assert second.stderr.count("\n") == 1
    assert json.loads(ready_path.read_bytes()) == server


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(number, tmp_path):
    """Exit code 0, ready file gone, no traceback, nothing on stdout after the object."""
    path = tmp_path / "ready.json"
    with started("--port", "0", "--scenario", "empty", "--json", "--ready-file", str(path)) as process:
        assert announced(process)["pid"] == process.pid
        assert path.exists()
        assert stop(process, number) == ("", "")
        assert process.returncode == 0
        assert not path.exists()


def test_a_ready_file_of_someone_else_stays(tmp_path):
    """At the end only our own is removed."""
    path = tmp_path / "ready.json"
    with started("--port", "0", "--scenario", "empty", "--quiet", "--ready-file", str(path)) as process:
        read_until_ready(process)
        path.write_text("someone else's")
        stop(process)
    assert path.read_text() == "someone else's"


def test_the_banner_can_be_used(tmp_path):
    """About 15 plain lines; the last is exactly the ready line; what it shows works as pasted."""
    with started("--port", "0", "--scenario", "pair", "--seed", "5") as process:
        lines = read_until_ready(process)
        url = lines[-1].removeprefix("ready ")
        shell_lines = [line.strip() for line in lines if line.strip().startswith("curl ")]
        assert 12 <= len(lines) <= 18
        assert f"{url}/api/v3" in lines[1]
        assert f"{url}/api" in lines[2]
        assert "scenario pair, seed 5, digest " in "\n".join(lines)
        assert any(
            line.strip().startswith("hyperstudy.HyperStudy(api_key=") and f'base_url="{url}/api/v3"' in line
            for line in lines
        )
        assert "\x1b" not in "".join(lines)
        if shutil.which("curl"):
            assert [answer.split(",")[0] for answer in pasted(shell_lines)] == [
                '{"status":"success"',
                '{"success":true',
            ]
        assert stop(process) == ("", "")


def pasted(shell_lines: list[str]) -> list[str]:
    """What a shell prints for them, an answer a line."""
    script = "\n".join(f"{line}; echo" if line.startswith("curl ") else line for line in shell_lines)
    done = subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, timeout=TIMEOUT_S, check=True, env=environment()
    )
    return done.stdout.splitlines()


def test_quiet_prints_the_ready_line_only():
    """One line to wait for."""
    with started("--port", "0", "--scenario", "empty", "--quiet") as process:
        lines = read_until_ready(process)
        assert len(lines) == 1
        assert status_of(lines[0].removeprefix("ready ") + "/api/v3/health") == 200


def test_flag_wins_over_environment_over_scenario_over_default(tmp_path):
    """Every flag has its twin; the scenario's seed counts only where neither says one."""
    path = tmp_path / "ready.json"
    twins = {
        "MOCKSERVER_HOST": "127.0.0.1",
        "MOCKSERVER_PORT": "0",
        "MOCKSERVER_SCENARIO": "empty",
        "MOCKSERVER_SEED": "77",
        "MOCKSERVER_JSON": "1",
        "MOCKSERVER_READY_FILE": str(path),
    }
    with started(**twins) as process:
        from_environment = announced(process)
        assert path.exists()
    with started("--scenario", "pair", "--seed", "78", **twins) as process:
        from_flags = announced(process)
    assert (from_environment["scenario"], from_environment["seed"]) == ("empty", 77)
    assert (from_flags["scenario"], from_flags["seed"]) == ("pair", 78)


def test_a_quiet_environment_is_quiet():
    """The twin of a flag without value takes 1."""
    with started("--port", "0", "--scenario", "empty", MOCKSERVER_QUIET="1") as process:
        assert len(read_until_ready(process)) == 1


MISUSES = {
    "unknown_scenario": (["--scenario", "nowhere"], 3, "nowhere"),
    "bad_port": (
        ["--port", "http"],
        2,
        "'--port' / '-p' (env var: 'MOCKSERVER_PORT'): 'http' is not a whole number",
    ),
    "port_out_of_range": (["--port", "70000"], 2, "from 0 to 65535"),
    "empty_secret": (["--token-secret", ""], 2, "token_secret is empty: it takes any text"),
    "body_limit": (["--max-body-bytes", "0"], 2, "'0' is not a whole number from 1"),
    "negative_seed": (["--seed", "-1"], 2, "'-1' is not a whole number from 0"),
    "unknown_flag": (["--prot", "1"], 2, "--prot"),
    "unknown_command": (["exprot"], 2, "exprot"),
    "unwritable_ready_file": (["--ready-file", "no/such/folder/ready.json"], 2, "no/such/folder/ready.json"),
    "ready_file_is_a_folder": (["--ready-file", "."], 2, "not a regular file"),
    "missing_out": (["export"], 2, "--out"),
    "empty_out": (["export", "--out", ""], 2, "'--out': the path is empty"),
    "empty_ready_file": (["--ready-file", ""], 2, "the path is empty"),
    "empty_scenario": (["--scenario", ""], 3, "no scenario '': expected the path of a TOML file or one of agents"),
    "a_base_is_no_scenario": (["--scenario", "_base"], 3, "no scenario '_base'"),
    "empty_scenario_of_a_command": (["export", "--out", "golden", "--scenario", ""], 3, "no scenario ''"),
}


@pytest.mark.parametrize(("arguments", "exit_code", "text"), MISUSES.values(), ids=MISUSES)
def test_a_misuse_is_one_clear_line(arguments, exit_code, text, capsys):
    """On standard error, with an exit code, and without a traceback."""
    assert main(["--port", "0", "--scenario", "empty", *arguments]) == exit_code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("mockserver: ")
    assert text in said.err
    assert said.err.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_an_output_that_cannot_be_written_is_one_clear_line():
    """A disk that is full, and nothing else on standard error."""
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "mockserver", "--port", "0", "--scenario", "empty"],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=TIMEOUT_S, check=False, env=environment(),
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "mockserver: cannot write to the output: No space left on device\n"


CLOSES_ITS_OUTPUT = """
import os, sys
os.close(1)
os.execv(sys.executable, [sys.executable, "-m", "mockserver", *sys.argv[1:]])
"""


def test_a_closed_output_is_no_reason_to_stop(tmp_path):
    """A service without a console still serves; the ready file tells where."""
    path = tmp_path / "ready.json"
    arguments = ["--port", "0", "--scenario", "empty", "--ready-file", str(path)]
    with subprocess.Popen(
        [sys.executable, "-c", CLOSES_ITS_OUTPUT, *arguments], stderr=subprocess.PIPE, text=True, env=environment()
    ) as process:
        try:
            while not path.exists():
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=0.05)
                    break
            assert status_of(json.loads(path.read_text())["url"] + "/api/v3/health") == 200
            process.send_signal(signal.SIGTERM)
            assert process.communicate(timeout=TIMEOUT_S) == (None, "")
        finally:
            process.kill()


def test_a_terminal_gets_colours_and_the_same_words():
    """Bold and coloured for a person; without the codes it is the plain banner, and NO_COLOR keeps it so, if it says
    anything."""
    twins = {"plain": {"NO_COLOR": "1"}, "styled": {}, "empty": {"NO_COLOR": ""}}
    shown = {name: on_a_terminal(**given) for name, given in twins.items()}
    assert "\x1b[" not in shown["plain"]
    assert "\x1b[1m" in shown["styled"]
    assert "\x1b[1m" in shown["empty"]
    bare = re.sub(r"\x1b\[[0-9;]*m", "", shown["styled"])
    same = re.compile(r"localhost:[0-9]+|Bearer [\w.-]+")
    assert same.sub("", bare) == same.sub("", shown["plain"])


def on_a_terminal(**twins: str) -> str:
    """What a person sees up to the ready line."""
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    reading, writing = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "mockserver", "--port", "0", "--scenario", "empty"],
        stdout=writing, stderr=writing, env={k: v for k, v in environment().items() if k != "NO_COLOR"} | twins,
    ) as process:  # fmt: skip
        os.close(writing)
        text = ""
        try:
            while "ready http" not in text or not text.endswith("\n"):
                text += os.read(reading, 4096).decode()
        finally:
            process.kill()
            os.close(reading)
    return text.replace("\r\n", "\n")


def test_the_ready_file_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    """What is at the path is either nothing or the whole object, whenever somebody looks."""
    path, seen = tmp_path / "ready.json", []
    replace = os.replace

    def watched(draft, target):
        seen.append((path.exists(), Path(draft).read_text()))
        replace(draft, target)

    monkeypatch.setattr(os, "replace", watched)
    monkeypatch.setattr(Path, "write_bytes", lambda self, data: refuse_final(self, data, path))
    with ready_file.kept(path, '{"url": "x"}'):
        assert path.read_text() == '{"url": "x"}'
    assert seen == [(False, '{"url": "x"}')]
    assert list(tmp_path.iterdir()) == []


def refuse_final(target, data, final):
    """Writing in place would show half a file to whoever waits for it."""
    assert target != final
    with open(target, "wb") as file:
        file.write(data)


def test_a_bad_twin_is_named(monkeypatch, capsys):
    """The message says which variable is wrong."""
    monkeypatch.setenv("MOCKSERVER_PORT", "many")
    assert main([]) == 2
    assert "MOCKSERVER_PORT" in capsys.readouterr().err


def test_a_misuse_ends_the_process_with_its_exit_code():
    """What the function returns is what a shell sees."""
    done = run("--scenario", "nowhere")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("mockserver: ")
    assert done.stderr.count("\n") == 1


def test_help_names_every_flag_with_its_twin(capsys):
    """What `--help` says is complete."""
    assert main(["--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    for flag in ("host", "port", "scenario", "seed", "quiet", "json", "ready-file"):
        assert f"--{flag}" in text
        assert f"MOCKSERVER_{flag.replace('-', '_').upper()}" in text


def test_version_is_the_package_s(capsys):
    """One line, for bug reports."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"mockserver {VERSION}\n"


def test_world_flags_work_before_and_after_a_command(tmp_path):
    """The later one wins, so that a habit from serving carries over."""
    before, after = tmp_path / "before", tmp_path / "after"
    assert main(["--scenario", "pair", "export", "--out", str(before)]) == 0
    assert main(["--scenario", "demo", "export", "--scenario", "pair", "--out", str(after)]) == 0
    written = sorted(path.relative_to(before) for path in before.rglob("*") if path.is_file())
    assert written
    for path in written:
        assert (before / path).read_bytes() == (after / path).read_bytes()


def test_a_request_in_flight_does_not_keep_it_from_ending():
    """A connection that is open at the end is no reason to stay."""
    with started("--port", "0", "--scenario", "empty", "--json") as process:
        port = announced(process)["port"]
        with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S) as raw:
            raw.sendall(b"GET /api/v3/health HTTP/1.1\r\n")
            assert stop(process) == ("", "")
        assert process.returncode == 0


def test_a_signal_while_starting_is_heeded(tmp_path):
    """Nothing is announced or written when the wish to stop came first."""

    class Stopped(StopSignals):
        requested = True

    def announce(*_: object) -> None:
        pytest.fail("announced")

    path = tmp_path / "ready.json"
    how = ServingManner(ready_path=path)
    serve(Settings(scenario="empty"), ProcessSettings(port=0), how, announce=announce, stop=Stopped())
    assert not path.exists()


def test_signals_are_noted_and_handlers_given_back():
    """A block that nobody stopped leaves the process as it was."""
    before = signal.getsignal(signal.SIGTERM)
    stop = StopSignals()
    with stop.heard():
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before
    assert not stop.requested


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="needs a signal that nobody else uses")
def test_ctrl_break_stops_where_there_is_one(monkeypatch):
    """Windows alone knows SIGBREAK; here another signal stands for it."""
    monkeypatch.setattr(signal, "SIGBREAK", signal.SIGUSR1, raising=False)
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)
    before = {number: signal.getsignal(number) for number in numbers}
    stop = StopSignals()
    try:
        with stop.heard():
            assert signal.getsignal(signal.SIGUSR1) != before[signal.SIGUSR1]
            signal.raise_signal(signal.SIGUSR1)
            assert stop.requested
            stop.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
