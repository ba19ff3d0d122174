"""What the banner shows works as pasted."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mockserver import Settings, create_app
from mockserver.command.banner import Announcement, banner

ROOT = Path(__file__).parents[2]


def lines(**changed: Any) -> list[str]:
    told: dict[str, Any] = {
        "url": "http://localhost:4747",
        "port": 4747,
        "pid": 1,
        "scenario": "pair",
        "seed": 7,
        "digest": "d",
        "now": "2024-10-21T00:00:00.000Z",
        "token": "t",
        "token_secret": None,
        "ids": {"experiment": "e", "room": "r", "participant": "p", "session": "sess_001"},
        "keys": {"full": "hst_live_your_key_here"},
    }
    return banner(Announcement(**(told | changed)), styled=False)


def help_command() -> str:
    return lines()[-1].partition("More: ")[2]


def shell_lines(**changed: Any) -> list[str]:
    """What is to be pasted into a shell: the indented lines but the one for Python, and the help."""
    told = lines(**changed)
    pasted = [line.strip() for line in told if line.startswith("  curl")]
    help_line = told[-1].partition("More: ")[2]
    return pasted if help_line.startswith("http") else [*pasted, help_line]


def test_the_batch_in_it_is_accepted() -> None:
    """An item, so that the answer shows what the API does."""
    (command,) = [line for line in lines() if "/api/data/events" in line]
    path = command.partition('-d "@')[2].partition('"')[0]
    body = json.loads(Path(path).read_text(encoding="utf-8"))
    client = create_app(Settings(scenario="pair", strict_sessions=True)).test_client()
    token = client.post("/_mock/tokens").get_json()["token"]
    answer = client.post("/api/data/events", json=body, headers={"Authorization": f"Bearer {token}"})
    assert answer.get_json()["data"] == {"sessionId": "sess_001", "accepted": 1, "rejected": 0, "rejections": []}


# What a shell would read otherwise than it stands there: between double quotes, and outside of them.
SPECIAL_IN_QUOTES = {"sh": '$`\\!"', "cmd": '%!"', "PowerShell": '$`"\u201c\u201d\u201e'}
SPECIAL_OUTSIDE = {
    "sh": "$`\\!\"'*?[]{}()<>|&;#~=%",
    "cmd": "%!^&|<>()@\"',;=",
    "PowerShell": "$`\"'@#(){}[]|&<>;,%*?\u2018\u2019\u201c\u201d",
}
ODD = {
    "room": {"ids": {"room": 'room "$(x)" %PATH% `y` !z'}},
    "key": {"keys": {"full": 'a"$b', "plain": "hst_live_plain"}},
    "no_key": {"keys": {"full": "100%"}},
    "ipv6": {"url": "http://[::1]:4747"},
}


@pytest.mark.parametrize("changed", [{}, *ODD.values()], ids=["plain", *ODD])
@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_no_shell_reads_anything_else_in_it(
    changed: dict[str, Any], platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """cmd, PowerShell and sh take each line for the same words, whatever the world's names are."""
    monkeypatch.setattr(sys, "platform", platform)
    shown = shell_lines(**changed)
    assert len(shown) >= 2
    for line in shown:
        outside, inside = line.split('"')[::2], line.split('"')[1::2]
        assert line.count('"') % 2 == 0
        assert all(set(text).isdisjoint(special) for special in SPECIAL_IN_QUOTES.values() for text in inside)
        assert all(set(text).isdisjoint(special) for special in SPECIAL_OUTSIDE.values() for text in outside)
        assert shlex.split(line) == [word.strip('"') for word in re.findall(r'"[^"]*"|[^ "]+', line)]
        assert line.isascii()


@pytest.mark.parametrize(("platform", "curl"), [("linux", "curl"), ("darwin", "curl"), ("win32", "curl.exe")])
def test_curl_is_called_by_the_name_that_it_has(platform: str, curl: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In Windows PowerShell `curl` is something else; elsewhere there is no `curl.exe`."""
    monkeypatch.setattr(sys, "platform", platform)
    assert {line.split(" ")[0] for line in shell_lines() if "curl" in line} == {curl}


def test_where_no_path_can_be_pasted_a_page_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page writes too."""
    monkeypatch.setattr("mockserver.command.banner.files", lambda package: Path("/home/100%/$me"))
    (line,) = [line for line in lines() if line.startswith("Write")]
    assert line.endswith(" http://localhost:4747/api/v3/docs?api=ingestion")
    assert not any("-d" in line for line in lines())


def test_the_help_command_works() -> None:
    """From the folder in which the emulator was started."""
    done = subprocess.run(
        help_command(), shell=True, capture_output=True, text=True, timeout=60, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout.startswith("Usage: mockserver")


def test_the_help_command_is_a_name_where_that_is_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own where the environment is active, else the interpreter's, if it is the same one."""
    for name in ("python3", "mockserver"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(sys, "executable", str(tmp_path / "python3"))
        assert help_command() == {"python3": "python3 -m mockserver", "mockserver": "mockserver"}[name] + " --help"


@pytest.mark.parametrize(
    ("python", "shown"),
    [
        (".venv/bin/python", ".venv/bin/python -m mockserver --help"),
        ("my env/bin/python", "http://localhost:4747"),
        ("env\\python.exe", "http://localhost:4747"),
        ("../elsewhere/python", "{above}/elsewhere/python -m mockserver --help"),
    ],
)
def test_the_help_command_is_short_below_the_folder(
    python: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the whole path elsewhere; nothing but a folder that is there is needed."""
    here = tmp_path / "work"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr(sys, "executable", os.path.normpath(here / python))
    assert help_command() == shown.format(above=tmp_path)


def test_an_unknown_interpreter_or_folder_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Python is embedded, and where the folder was removed meanwhile."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert help_command() == f"{sys.executable} -m mockserver --help"
    monkeypatch.setattr(sys, "executable", "")
    assert help_command() == "python -m mockserver --help"
