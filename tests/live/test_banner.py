"""What the banner shows works as pasted."""

import json
import os
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


def test_the_batch_in_it_is_accepted() -> None:
    """An item, so that the answer shows what the API does."""
    (command,) = [line for line in lines() if "/api/data/events" in line]
    body = json.loads(command.partition("-d '")[2].partition("'")[0])
    client = create_app(Settings(scenario="pair")).test_client()
    token = client.post("/_mock/tokens").get_json()["token"]
    answer = client.post("/api/data/events", json=body, headers={"Authorization": f"Bearer {token}"})
    assert answer.get_json()["data"] == {"sessionId": "sess_001", "accepted": 1, "rejected": 0, "rejections": []}


def test_the_help_command_works() -> None:
    """From the folder in which the emulator was started, whatever the path has."""
    done = subprocess.run(
        help_command(), shell=True, capture_output=True, text=True, timeout=60, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout.startswith("Usage: mockserver")


@pytest.mark.parametrize(
    ("python", "shown"),
    [
        (".venv/bin/python", ".venv/bin/python -m mockserver --help"),
        ("my env/bin/python", '"my env/bin/python" -m mockserver --help'),
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
