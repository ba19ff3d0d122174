"""The README is tested: every block of it runs, and what it lists is what there is."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from emulator import serving_app

from comparison.report import around_summary
from mockserver import Settings, create_app
from mockserver.check.invariants import INVARIANTS
from mockserver.command.cli import cli
from mockserver.hyperstudy.catalogue import CATALOGUE
from mockserver.simulation.library import load_scenario, scenario_names

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:<!-- command: (?P<name>\w+) -->\n)?```(?P<language>\w+)\n(?P<code>.*?)```", re.DOTALL)
BLOCKS = [match.groupdict() for match in BLOCK.finditer(README)]


def blocks(language: str) -> list[str]:
    """The blocks of a language, without the two commands that `.ci/run` runs word for word."""
    return [b["code"] for b in BLOCKS if b["language"] == language and b["name"] is None]


@pytest.fixture(scope="module")
def url():
    """A server as the README's first command starts it, on a port of its own."""
    with serving_app(create_app(Settings())) as server:
        yield server.url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A work folder in which the README's relative paths lead where they do in a checkout."""
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return tmp_path


def run(command: list[str], code: str, url: str, folder: Path) -> str:
    code = code.replace("http://localhost:4747", url)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    answer = subprocess.run([*command, code], cwd=folder, capture_output=True, text=True, env=environment, timeout=60)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@pytest.mark.parametrize("code", blocks("sh"))
def test_shell_blocks_run(code: str, url: str, folder: Path) -> None:
    """Pasted into a shell as they stand, they succeed, and no answer in them is an error."""
    output = run(["bash", "-euo", "pipefail", "-c"], code, url, folder)
    assert output.strip()
    assert '"error":{' not in output


@pytest.mark.parametrize("code", blocks("python"))
def test_python_blocks_run(code: str, url: str, folder: Path) -> None:
    """With the official client, unmodified."""
    assert "user_xyz789" in run([sys.executable, "-c"], code, url, folder)


@pytest.mark.parametrize("code", blocks("js"))
def test_javascript_blocks_run(code: str, url: str, folder: Path) -> None:
    """In Node, whose `fetch` is the browser's."""
    node = shutil.which("node")
    if node is None:
        assert not os.environ.get("CI"), "node is not installed"
        pytest.skip("node is not installed")
    output = run([node, "--input-type=module", "-e"], code, url, folder)
    assert "Participant A: Hello, everyone!" in output


@pytest.mark.parametrize("code", blocks("toml"))
def test_scenario_blocks_are_valid(code: str, folder: Path) -> None:
    """A person can write a scenario in ten lines, and it is what they said."""
    path = folder / "own.toml"
    path.write_text(code, encoding="utf-8")
    scenario = load_scenario(str(path))
    assert len(code.splitlines()) <= 12
    assert scenario.about == tomllib.loads(code)["about"]


def test_the_ingestion_answer_is_the_one_shown(url: str, folder: Path) -> None:
    """The JSON block below the batch is what the batch answers."""
    shown = next(b["code"] for b in BLOCKS if b["language"] == "json")
    sent = next(code for code in blocks("sh") if "api/data/events" in code)
    assert json.loads(run(["bash", "-euc"], sent, url, folder)) == json.loads(shown)


def test_the_polling_recipe_sees_every_record_of_a_running_study_once() -> None:
    """In the live scenario, asked again and again while time passes: nothing is left out, nothing comes twice."""
    (recipe,) = [code for code in blocks("python") if "def events_from" in code]
    found: list[dict[str, Any]] = []
    offset, rounds_with_news = 0, 0
    with serving_app(create_app(Settings(scenario="live"))) as server:
        experiment = ask(f"{server.url}/_mock/world")["experiments"][0]["id"]
        ask(f"{server.url}/_mock/clock", {"speed": 0})
        code = recipe.replace("http://localhost:4747", server.url).replace("exp_research_001", experiment)
        names: dict[str, Any] = {}
        # The loop below it has no end where it is wrong.
        exec(code.partition("\nevents, offset = ")[0], names)  # noqa: S102
        for _ in range(12):
            ask(f"{server.url}/_mock/clock", {"advanceMs": 300_000})
            for _ in range(100):
                events, offset = names["events_from"](offset)
                found += events
                rounds_with_news += bool(events)
                if not events:
                    break
        listed = ask(f"{names['EVENTS']}?limit=10000", key="hst_live_your_key_here")
    assert listed["metadata"]["pagination"]["hasMore"] is False
    assert [event["id"] for event in found] == [event["id"] for event in listed["data"]]
    assert rounds_with_news > 3


def ask(url: str, body: Any = None, key: str = "") -> Any:
    """An answer as JSON."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json", "X-API-Key": key})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def test_a_csv_of_one_page_is_a_third_of_the_ratings_and_its_headers_say_so(url: str, folder: Path) -> None:
    """As the README claims of the documentation's script, which asks for no limit."""
    (code,) = [code for code in blocks("sh") if "ratings.csv" in code]
    told = dict(line.lower().split(": ") for line in run(["bash", "-euc"], code, url, folder).splitlines() if line)
    total, following = int(told["x-total-count"]), int(told["x-next-offset"])
    saved = (folder / "ratings.csv").read_bytes()
    assert saved.count(b"\n") - 1 == following == 1000
    assert 0.3 < following / total < 0.37
    assert b"\r" not in saved
    assert not saved.startswith(b"\xef\xbb\xbf")


def test_every_block_is_of_a_language_that_is_run() -> None:
    """A block that nobody runs would rot."""
    assert {b["language"] for b in BLOCKS} <= {"sh", "python", "js", "toml", "json"}
    assert [b["name"] for b in BLOCKS if b["name"]] == ["run", "test"]


def test_every_flag_and_its_twin_is_in_the_readme() -> None:
    """What the command line understands, the README explains."""
    for parameter in cli.params:
        for flag in parameter.opts:
            if flag.startswith("--") and flag not in ("--help", "--version"):
                assert f"`{flag}`" in README, flag
                assert "`MOCKSERVER_" + flag[2:].upper().replace("-", "_") + "`" in README, flag


def test_every_command_and_scenario_is_in_the_readme() -> None:
    """Subcommands by their line, scenarios by their name."""
    for command in cli.commands:
        assert f"`mockserver {command}" in README, command
    for name in scenario_names():
        assert f"`{name}`" in README, name


def test_the_table_of_data_types_is_the_catalogue() -> None:
    """Scope, sort fields and filters of every row."""
    for row in CATALOGUE:
        line = next(line for line in README.splitlines() if line.startswith(f"| `{row.name}` |"))
        cells = [re.findall(r"`([^`]+)`", cell) for cell in line.strip("|").split("|")]
        assert cells == [[row.name], [row.scope], list(row.sorts), [f.parameter for f in row.filters]], row.name


def test_every_invariant_is_told_in_a_sentence() -> None:
    """The numbered list is the table that `mockserver check` goes through."""
    told = re.findall(r"^(\d+)\. (.+)\.$", README, re.MULTILINE)
    assert told == [(str(invariant.number), invariant.title) for invariant in INVARIANTS]


def test_the_benchmark_finds_the_place_of_its_table() -> None:
    """Between two marks, with prose on both sides."""
    before, after = around_summary(README)
    assert before.rstrip().endswith("what misses its target is bold.")
    assert after.lstrip().startswith("## Development")
