"""Generated requests, valid and invalid, alone and in chains, against all served documents.

Schemathesis reads a document and tries to prove it wrong: crashes, statuses, content types, headers and fields
that are not described, keys that are not asked for, things that can be used after they were deleted. It runs as
a program of its own, with a fixed seed, over a real socket; what it finds it prints with a `curl` line.

A short run is one of all tests; the thorough one, of thousands of requests, is a run of its own (`-m thorough`).
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from emulator import sandbox_of, serving_app
from werkzeug.test import Client

from mockserver import Settings, create_app
from mockserver.control import routes as control
from mockserver.hyperstudy import routes as hyperstudy
from mockserver.hyperstudy.catalogue import CATALOGUE
from mockserver.ingestion import routes as ingestion
from mockserver.ingestion.tokens import mint

HERE = Path(__file__).parent
SEED = 20241020
# Far more than it takes: a busy machine must not make it fail.
TIMEOUT_S = 540

# What has to work in chains, as nothing else gets there: what a short run comes to by far, and what a long one does.
OFTEN = (
    "DELETE /experiments/{experimentId} 200", "DELETE /personas/{personaId} 200", "POST /deployments 201",
    "GET /deployments/{deploymentId}/sessions 200", "POST /data/events/batch 201",
)  # fmt: skip
ALWAYS = (
    *OFTEN,
    "POST /deployments/{deploymentId}/run-more 202",
    "POST /deployments/{deploymentId}/rooms/{roomId}/stop 200",
    "POST /deployments/{deploymentId}/rooms/{roomId}/retry 202",
    "GET /deployments/{deploymentId}/agent-spend 200",
    "GET /data/events/room/{scopeId} 200",
    "GET /data/events/participant/{scopeId} 200",
    "GET /data/agent-decisions/room/{roomId}/decision/{decisionId} 200",
    "GET /data/variables/room/{roomId} 200",
)
# What is asked for what was deleted.
AFTER = ("/experiments/{experimentId}", "/personas/{personaId}")


@dataclass(frozen=True)
class Chains:
    """How many requests are sent in chains, and in how many `steps` a chain at the most.

    Attributes:
        reached: What works in these, at least once. after: How many name what was deleted, for each kind of thing.
    """

    requests: int
    steps: int
    reached: tuple[str, ...]
    after: int


SHORT = Chains(requests=600, steps=12, reached=OFTEN, after=1)
LONG = Chains(requests=2500, steps=16, reached=ALWAYS, after=15)
ALONE = """
[phases.fuzzing]
generation.max-examples = 15

[phases.coverage]
unexpected-methods = ["PATCH", "TRACE"]
"""
# How many requests are sent at least, by base path; fewer would mean that something is no longer tried.
LEAST = {"/api/v3": 5000, "/api": 300, "/_mock": 300}
# Only the links that the document has; and a chain breaks off at what is refused, so its requests are good ones.
# Whether keys are asked for, the other requests show.
CHAINS = """
[checks.ignored_auth]
enabled = false

[phases.stateful]
generation.mode = "positive"
inference.algorithms = []
"""
# They are a program of their own.
NO_CHAINS = """
[phases.stateful]
enabled = false
"""
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


@pytest.fixture
def target() -> Iterator[Target]:
    """A small world in which agents have decided something, too; each run has its own, so that none changes another."""
    app = create_app(Settings(scenario="pair"))
    sandbox = sandbox_of(app)
    known = _known_ids(app.test_client(use_cookies=False), sandbox.clock.advance)
    token = mint(sandbox.settings.token_secret, sandbox.clock.token_now_ms())
    with serving_app(app) as server:
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
        "/sandboxes": {"name": "default"},
        "/truth": {"experimentId": "exp_pair", "roomId": "room_pair"},
    }


def _send(client: Client, method: str, path: str, body: Any = None) -> Any:
    answer = client.open(f"/api/v3/{path}", method=method, json=body, headers={"X-API-Key": "hst_live_your_key_here"})
    assert answer.status_code < 300, answer.text
    return answer.get_json()["data"]


APIS = {api.base_path: len(api.operations) for api in (hyperstudy.api(), ingestion.api(), control.api(None))}


@pytest.mark.thorough
@pytest.mark.timeout(600)
@pytest.mark.parametrize("base_path", APIS)
def test_no_generated_request_proves_the_document_wrong(target: Target, base_path: str, tmp_path: Path) -> None:
    """No crash, nothing undescribed, no key forgotten; and enough was tried for that to mean something."""
    files = written(target, base_path, ALONE + NO_CHAINS, tmp_path)
    report = tmp_path / "report.json"
    execute(
        [
            *("-m", "schemathesis.cli", "--config-file", files.config, "run", files.document),
            *("--url", target.url + base_path, "--seed", SEED, "--no-color"),
            *("--report", "json", "--report-json-path", report),
        ],
        target,
        files,
    )
    told = json.loads(report.read_bytes())
    assert told["operations"]["tested"] == told["operations"]["total"] == APIS[base_path]
    assert told["test_cases"]["generated"] >= LEAST[base_path]
    assert told["failures"] == told["errors"] == []
    # Alone, there is nothing to delete; in chains there is.
    unreached = told["warnings"]["missing_test_data"]
    assert [name for name in unreached if not name.startswith("DELETE ")] == []
    phases = {name: phase["status"] for name, phase in told["phases"].items()}
    assert phases == {"examples": "success", "coverage": "success", "fuzzing": "success", "stateful": "skip"}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("run", [SHORT, pytest.param(LONG, marks=pytest.mark.thorough)], ids=["short", "long"])
def test_no_chain_of_requests_proves_the_document_wrong(target: Target, run: Chains, tmp_path: Path) -> None:
    """What is created can be used, what is deleted is gone; and the chains get to all that only chains get to."""
    files = written(target, "/api/v3", CHAINS, tmp_path)
    program = str(HERE / "schemathesis_chains.py")
    execute(
        [program, files.config, files.document, f"{target.url}/api/v3", SEED, run.requests, run.steps], target, files
    )
    told = json.loads(files.calls.read_bytes())
    sent = told["calls"]["stateful"]
    assert sum(sent.values()) >= run.requests
    assert [call for call in run.reached if call not in sent] == []
    assert all(told["after_deletion"].get(path, 0) >= run.after for path in AFTER), told["after_deletion"]


@dataclass(frozen=True)
class Files:
    """What a run reads, and where it says what it has called."""

    config: Path
    document: Path
    calls: Path


def written(target: Target, base_path: str, more: str, folder: Path) -> Files:
    """The files of a run: its configuration, and the document as it is served, but for a format that is no bound.

    From a file: of a document that it loads itself, schemathesis leaves out the operation that served it.
    """
    files = Files(folder / "run.toml", folder / "served.json", folder / "calls.json")
    files.config.write_text((HERE / "schemathesis.toml").read_text(encoding="utf-8") + more, encoding="utf-8")
    document = requests.get(f"{target.url}{base_path}/openapi.json", timeout=60).json()
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                # It takes a format for a bound, and a parameter that has none (the limit of rooms) takes any number.
                schema = parameter.get("schema", {})
                if schema.get("type") == "integer" and "maximum" not in schema:
                    schema.pop("format", None)
    files.document.write_text(json.dumps(document), encoding="utf-8")
    return files


def execute(arguments: Sequence[object], target: Target, files: Files) -> None:
    """Run a Python program that has to succeed."""
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=files.config.parent, capture_output=True, text=True, timeout=TIMEOUT_S, check=False,
        env={
            **os.environ, "URL": target.url, "TOKEN": target.token, "KNOWN_IDS": json.dumps(target.known),
            "AGENTS": json.dumps(AGENTS), "CALLS_FILE": str(files.calls),
            "PYTHONPATH": os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]),
            "PYTHONWARNINGS": "ignore",
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
