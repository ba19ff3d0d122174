"""Thousands of generated requests, valid and invalid, alone and in chains, against both served documents.

Schemathesis reads a document and tries to prove it wrong: crashes, statuses, content types, headers and fields
that are not described, keys that are not asked for, things that can be used after they were deleted. It runs as
a program of its own, with a fixed seed, over a real socket; what it finds it prints with a `curl` line.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from emulator import sandbox_of
from werkzeug.test import Client

from mockserver import Settings, create_app
from mockserver.hyperstudy.catalogue import CATALOGUE
from mockserver.ingestion.tokens import mint
from mockserver.server import serving

HERE = Path(__file__).parent
SEED = 20241020
# Far more than it takes: a busy machine must not make it fail.
TIMEOUT_S = 540
# How many requests are sent at least; fewer would mean that something is no longer tried.
LEAST_CASES = {"/api/v3": 3000, "/api": 250}
AGENTS: dict[str, Any] = {
    "name": "Agents for the fuzzer",
    "runtime": "v2",
    "requiredParticipants": 1,
    "states": [
        {"id": id_, "focusComponent": {"type": "multiplechoice", "config": {"options": ["Yes", "No"]}}}
        for id_ in ("one", "two", "three", "four")
    ],
    "roles": {"a": {"mode": "agent", "personaId": "persona_undergrad", "participantCount": 1}},
}


@dataclass(frozen=True)
class Target:
    """A server to write to; `known` says which ids there are, by path and placeholder."""

    url: str
    token: str
    known: dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    """A small world in which agents have decided something, too."""
    app = create_app(Settings(scenario="pair"))
    sandbox = sandbox_of(app)
    known = _known_ids(app.test_client(use_cookies=False), sandbox.clock.advance)
    token = mint(sandbox.settings.token_secret, sandbox.clock.token_now_ms())
    with serving(app) as server:
        yield Target(server.url, token, known)


def _known_ids(client: Client, advance: Callable[[int], None]) -> dict[str, dict[str, str]]:
    """Launch agents in two rooms, of which the budget covers one, and let them come to a first decision."""
    experiment = _send(client, "POST", "experiments", AGENTS)[0]["id"]
    config = {"type": "agent-only", "agentDeployment": {"rooms": 2, "budgetUsd": 0.01}}
    deployment = _send(client, "POST", "deployments", {"experimentId": experiment, "config": config})["id"]
    room, unborn = (session["id"] for session in _send(client, "GET", f"deployments/{deployment}/sessions"))
    advance(6_000)
    rows = _send(client, "GET", f"data/agent-decisions/room/{room}")
    decision = next(row["id"] for row in rows if row["_type"] == "decision")
    recordings = _send(client, "GET", "data/recordings/room/room_pair")
    recording = next(one["recordingId"] for one in recordings if one["downloadUrl"])
    scopes = {"experiment": "exp_pair", "room": "room_pair", "participant": "user_two"}
    types = {
        f"/data/{row.name}/{scope}/": {"scopeId": scopes[scope], "roomId": "room_pair"}
        for row in CATALOGUE
        for scope in row.levels
    }
    return {
        **types,
        "/data/agent-decisions/room/": {"roomId": room, "decisionId": decision},
        "/data/agent": {"experimentId": experiment},
        "/data": {
            "experimentId": "exp_pair",
            "roomId": "room_pair",
            "participantId": "user_two",
            "recordingId": recording,
        },
        "/experiments": {"experimentId": experiment},
        "/deployments/{deploymentId}/rooms/{roomId}/retry": {"deploymentId": deployment, "roomId": unborn},
        "/deployments": {"deploymentId": deployment, "roomId": room},
        "/personas": {"personaId": "persona_skeptic"},
        "/docs": {"name": "page.css"},
    }


def _send(client: Client, method: str, path: str, body: Any = None) -> Any:
    answer = client.open(f"/api/v3/{path}", method=method, json=body, headers={"X-API-Key": "hst_live_your_key_here"})
    assert answer.status_code < 300, answer.text
    return answer.get_json()["data"]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("base_path", LEAST_CASES)
def test_no_generated_request_proves_the_document_wrong(target: Target, base_path: str, tmp_path: Path) -> None:
    """No crash, nothing undescribed, no key forgotten; and enough was tried for that to mean something."""
    report = tmp_path / "report.json"
    done = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"),
            "run", f"{target.url}{base_path}/openapi.json", "--seed", str(SEED),
            "--report", "json", "--report-json-path", str(report), "--no-color",
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=TIMEOUT_S, check=False,
        env={
            **os.environ, "TOKEN": target.token, "KNOWN_IDS": json.dumps(target.known),
            "PYTHONPATH": os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]),
            "PYTHONWARNINGS": "ignore",
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    told = json.loads(report.read_bytes())
    assert told["operations"]["tested"] == told["operations"]["total"]
    assert told["test_cases"]["generated"] >= LEAST_CASES[base_path]
    assert told["failures"] == told["errors"] == []
    # What is deleted is created in the same chain; alone, there is nothing to delete.
    unreached = told["warnings"]["missing_test_data"]
    assert [name for name in unreached if not name.startswith("DELETE ")] == []
    phases = {name: phase["status"] for name, phase in told["phases"].items()}
    stateful = "success" if base_path == "/api/v3" else "skip"
    assert phases == {"examples": "success", "coverage": "success", "fuzzing": "success", "stateful": stateful}
