"""`mockserver check` as people and programs use it: lines, addresses, exit codes, mistakes."""

from dataclasses import replace

import pytest
from check_support import Corruption
from click.testing import CliRunner, Result
from emulator import Emulator, serving_app

from mockserver import Settings, create_app
from mockserver.app import door_of
from mockserver.check.errors import CheckError
from mockserver.check.invariants import INVARIANTS
from mockserver.command.check import check_command
from mockserver.door.steps import HasSteps, Request, Steps
from mockserver.sandbox.settings import ProcessSettings
from mockserver.server import serving
from mockserver.words.errors import MockserverError


def run(*arguments: str) -> Result:
    return CliRunner().invoke(check_command, list(arguments))


def refusal(*arguments: str) -> str:
    """The message of a check that could not be made; the command line ends with 2 then."""
    error = run(*arguments).exception
    assert isinstance(error, MockserverError)
    assert error.exit_code == 2
    assert "\n" not in str(error)
    return str(error)


def test_a_server_that_keeps_its_promises_ends_with_0(pair_server: Emulator) -> None:
    """Over a real socket: a line for each invariant, and a summary."""
    result = run("--url", pair_server.url)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert len(lines) == len(INVARIANTS) + 1
    for line, invariant in zip(lines, INVARIANTS, strict=False):
        assert line.startswith(f"ok      {invariant.number:>2}  {invariant.title}")
    assert lines[-1] == "13 invariants: 13 hold (experiments: 1, rooms: 1)"
    assert result.stderr == ""


def test_a_server_that_breaks_one_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over a real socket: that line says broken, and below it stand a sentence and an address."""
    Corruption("chat", lambda record: True, lambda record: record.update(content="?")).into(monkeypatch)
    with serving_app(create_app(Settings(scenario="pair"))) as server:
        result = run("--url", server.url)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert [line[:11] for line in lines if line.startswith("broken")] == ["broken   6 "]
    sentence, url = lines[6:8]
    assert "has no communication.message event with its content" in sentence
    assert url.strip().startswith(f"{server.url}/api/v3/data/chat/room/room_pair?")
    assert lines[-1].startswith("13 invariants: 12 hold, 1 are broken")


def test_a_rule_that_could_not_be_checked_is_no_success() -> None:
    """Of a server that tells its truth to who knows the token: with it 13 hold, without it one was not checked."""
    # Every request seems to come through a proxy, so from somewhere else than this machine.
    app = create_app(process=ProcessSettings(control_token="let me in"), settings=Settings(scenario="pair"))
    with serving(_Forwarding(door_of(app))) as server:
        told = run("--url", server.url, "--control-token", "let me in")
        untold, wrong = run("--url", server.url), run("--url", server.url, "--control-token", "wrong")
    assert (told.exit_code, told.stdout.splitlines()[-1][:24]) == (0, "13 invariants: 13 hold (")
    for result in (untold, wrong):
        assert result.exit_code == 4
        (line,) = (line for line in result.stdout.splitlines() if line.startswith("skipped"))
        assert "not checked: /_mock/truth is not for this caller" in line
        assert "--control-token as X-Mock-Control-Token" in line
        assert "12 hold, 1 could not be checked" in result.stdout


def test_a_broken_rule_counts_more_than_one_that_was_not_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 1 then."""
    Corruption("chat", lambda record: True, lambda record: record.update(content="?")).into(monkeypatch)
    app = create_app(process=ProcessSettings(control_token="let me in"), settings=Settings(scenario="pair"))
    with serving(_Forwarding(door_of(app))) as server:
        result = run("--url", server.url)
    assert result.exit_code == 1
    assert "11 hold, 1 are broken, 1 could not be checked" in result.stdout


class _Forwarding:
    """A door that hears of a proxy in every request."""

    def __init__(self, door: HasSteps) -> None:
        self._door = door

    def steps(self, request: Request) -> Steps:
        return self._door.steps(replace(request, headers=(*request.headers, (b"x-forwarded-for", b"192.0.2.1"))))


def test_the_base_url_of_a_client_is_understood(pair_server: Emulator) -> None:
    """What one would hand to the official client works here too, with a slash at its end or without."""
    assert run("--url", f"{pair_server.api_url}/", "--key", "YOUR_KEY").exit_code == 0


def test_a_world_in_this_process_is_checked() -> None:
    """Without a server; the seed decides which one."""
    result = run("--scenario", "pair", "--seed", "5", "--experiment", "exp_pair")
    assert result.exit_code == 0, result.output
    assert "rooms: 1)" in result.stdout


def test_some_rooms_can_stand_for_all() -> None:
    """A large experiment is sampled, and the summary says so."""
    result = run("--scenario", "unfinished", "--rooms", "2")
    assert result.exit_code == 0, result.output
    assert "rooms: 2 of 3)" in result.stdout


def test_an_experiment_that_no_key_may_read_is_named() -> None:
    """It is not counted as checked."""
    asked = ("--experiment", "exp_other_004", "--experiment", "exp_dyads_002")
    result = run("--scenario", "demo", "--key", "YOUR_KEY", "--rooms", "1", *asked)
    assert result.exit_code == 0
    assert result.stderr == "not looked at, no key may read it: exp_other_004\n"


def test_a_server_that_is_not_there_is_one_clear_line() -> None:
    """Port 9 discards what it is sent, and here nobody listens."""
    assert "no server answers at http://127.0.0.1:9" in refusal("--url", "http://127.0.0.1:9")


def test_an_address_that_is_none_is_one_clear_line() -> None:
    """It says what would be right."""
    assert "expected http://HOST:PORT" in refusal("--url", "localhost:4747")


def test_a_key_that_is_wrong_is_one_clear_line(pair_server: Emulator) -> None:
    """With the server's own reason."""
    message = refusal("--url", pair_server.url, "--key", "hst_wrong")
    assert message.startswith(f"the API key is not accepted at {pair_server.url}: ")


def test_another_server_is_one_clear_line(pair_server: Emulator) -> None:
    """Something answers, but it is no HyperStudy API."""
    assert "answers 404" in refusal("--url", f"{pair_server.url}/elsewhere")


def test_an_experiment_that_is_unknown_is_one_clear_line() -> None:
    """With the server's own reason."""
    assert "exp_nowhere" in refusal("--scenario", "pair", "--experiment", "exp_nowhere")


def test_a_url_and_a_scenario_exclude_each_other() -> None:
    """One checks what is there, the other makes a world of its own."""
    result = run("--url", "http://127.0.0.1:9", "--scenario", "pair")
    assert result.exit_code == 2
    assert "leave --scenario and --seed out" in result.stderr


def test_a_check_that_cannot_be_made_is_an_error_of_use() -> None:
    """The command line tells it in one line, like every other misuse."""
    assert issubclass(CheckError, MockserverError)
