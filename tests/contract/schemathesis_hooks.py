"""What schemathesis has to be told, because a schema cannot say it: which ids there are, and what leads somewhere.

Without it nearly every request would end with "not found", and nothing behind that would be tried. Chains of
requests get agents to launch, a clock that moves, and a check of their own: what was deleted is gone.
"""

import atexit
import contextlib
import json
import os
import zlib
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import strategies as st

from mockserver.words.json_schema import ISO_8601_FORMAT
from mockserver.words.timestamps import parse_iso_us

# Our own name for a format: with a zone, without one, and a date alone.
MOMENTS = st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2100, 1, 1))  # noqa: DTZ001
schemathesis.openapi.format(
    ISO_8601_FORMAT,
    st.one_of(
        MOMENTS.map(lambda moment: moment.isoformat()),
        MOMENTS.map(lambda moment: moment.isoformat() + "Z"),
        MOMENTS.map(lambda moment: moment.date().isoformat()),
    ),
)

# What a path begins with to placeholder to an id; the first that fits counts.
KNOWN: dict[str, dict[str, str]] = json.loads(os.environ.get("KNOWN_IDS", "{}"))
NEEDED = {id_ for ids in KNOWN.values() for id_ in ids.values()} | {"persona_undergrad"}
GONE = "gone"
# An experiment that agents can play.
AGENTS: dict[str, Any] = json.loads(os.environ.get("AGENTS", "{}"))
EVENT = {"eventType": "component.update", "roomId": "room_pair", "participantId": "user_one", "content": "Changed"}
# Launched rooms end after eight seconds.
STEP_MS = 3_000

# What was done so far: whether this request begins a chain, ids of experiments to launch, the last deployment that was
# with a room that runs and one that failed, ids that were deleted, calls by phase, operation and status.
first_of_chain = False
launchable: list[str] = []
launched: dict[str, str] = {}
deleted: set[str] = set()
calls: defaultdict[str, Counter[str]] = defaultdict(Counter)
after_deletion: Counter[str] = Counter()


def chained(case: schemathesis.Case) -> bool:
    """Is the request part of a chain?"""
    return case.meta is not None and case.meta.phase.name.name == "STATEFUL"


@schemathesis.hook
def before_call(context: Any, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    """Put an id that exists in place of most made-up ones; in chains, links bring the right ones."""
    _make_sendable(case.headers)
    _keep_formats(case.query)
    _order_window(case.query)
    _launch_few(case.body)
    if case.method == "DELETE":
        _spare(case)
        return
    if chained(case):
        _lead_on(case)
        if not first_of_chain:
            return
    known = next((ids for path, ids in KNOWN.items() if case.path.startswith(path)), {})
    if launched and case.path.startswith("/deployments/"):
        room = launched["failed" if case.path.endswith("/retry") else "running"]
        known = {"deploymentId": launched["id"], "roomId": room}
    case.path_parameters = {name: _real(value, known.get(name)) for name, value in case.path_parameters.items()}
    if "roomId" in known and case.query and case.query.get("roomId"):
        case.query["roomId"] = _real(case.query["roomId"], known["roomId"])


@schemathesis.hook
def after_call(context: Any, case: schemathesis.Case, response: Any) -> None:
    """Count, remember what can be launched, and let time pass over what was."""
    label = f"{case.method} {case.path}"
    phase = case.meta.phase.name.name.lower() if case.meta else "none"
    calls[phase][f"{label} {response.status_code}"] += 1
    if not chained(case) or response.status_code >= 300:
        return
    if label == "POST /experiments" and response.json()["data"][0].get("runtime") == "v2":
        launchable.append(response.json()["data"][0]["id"])
    if label == "POST /deployments":
        _remember_launch(response.json()["data"])
    if label in ("POST /deployments", "POST /deployments/{deploymentId}/run-more"):
        _ask("POST", "/_mock/clock", {"advanceMs": STEP_MS})


@schemathesis.check
def deleted_is_gone(context: Any, response: Any, case: schemathesis.Case) -> None:
    """What was deleted is found by nothing whose path names it, not even by another deletion."""
    named = {value for value in (case.path_parameters or {}).values() if value in deleted}
    if named:
        after_deletion[case.path] += 1
        assert response.status_code >= 400, f"{named} was deleted, and {case.method} {case.path} still finds it"
    if case.method == "DELETE" and response.status_code < 300:
        deleted.update(case.path_parameters.values())
        # With its experiment a deployment is gone.
        if launched.get("experiment") in deleted:
            launched.clear()
        launchable[:] = [id_ for id_ in launchable if id_ not in deleted]


@atexit.register
def _tell() -> None:
    if "CALLS_FILE" in os.environ:
        told = {"calls": calls, "after_deletion": after_deletion}
        Path(os.environ["CALLS_FILE"]).write_text(json.dumps(told), encoding="utf-8")


def _spare(case: schemathesis.Case) -> None:
    """Delete nothing that others need, and may have told of; where a chain begins, delete something made for that."""
    case.path_parameters = {name: GONE if v in NEEDED else v for name, v in case.path_parameters.items()}
    if chained(case) and first_of_chain:
        made = _ask("POST", "/api/v3" + case.path.partition("/{")[0], {"name": "To be deleted"})["data"]
        (name,) = case.path_parameters
        case.path_parameters = {name: (made[0] if isinstance(made, list) else made)["id"]}


def _remember_launch(deployment: dict[str, Any]) -> None:
    rooms = _ask("GET", f"/api/v3/deployments/{deployment['id']}/sessions")["data"]
    if len(rooms) > 1:
        launched.update(id=deployment["id"], experiment=deployment["experimentId"])
        launched.update(running=rooms[0]["id"], failed=rooms[-1]["id"])


def _ask(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    key = {"X-API-Key": "hst_live_your_key_here"}
    return requests.request(method, os.environ["URL"] + path, json=body, headers=key, timeout=30).json()


def _lead_on(case: schemathesis.Case) -> None:
    """What makes a chain go on: an experiment that can be launched, a launch of it, an event that is recorded.

    One in four stays as it was made up.
    """
    if not isinstance(case.body, dict) or zlib.crc32(json.dumps(case.body, sort_keys=True).encode()) % 4 == 0:
        return
    match f"{case.method} {case.path}":
        case "POST /experiments":
            case.body = AGENTS
        case "POST /deployments" if launchable:
            agents = {"rooms": 2, "budgetUsd": 0.01}
            case.body = {
                "experimentId": launchable[-1],
                "config": {"type": "agent-only", "agentDeployment": agents},
            }
        case "POST /data/events/batch":
            case.body = {"events": [EVENT, *case.body.get("events", [])[:3]]}


def _real(value: Any, known: str | None) -> Any:
    # One in eight stays, so that what is not there is asked for too.
    replaced = known and isinstance(value, str) and value and zlib.crc32(value.encode()) % 8
    return known if replaced else value


def _launch_few(body: Any) -> None:
    """A hundred rooms, again and again, would leave a world that is slow to write to."""
    if isinstance(body, dict):
        config = body.get("config")
        for launch in (body, config.get("agentDeployment") if isinstance(config, dict) else None):
            if isinstance(launch, dict) and isinstance(launch.get("rooms"), int) and 1 <= launch["rooms"] <= 100:
                launch["rooms"] = 1 + launch["rooms"] % 2


def _make_sendable(headers: Any) -> None:
    """No header may have control characters: a server refuses that before it is a request to anything described."""
    for name, value in list((headers or {}).items()):
        headers[name] = "".join(letter for letter in str(value) if letter >= " " and letter != "\x7f")


def _keep_formats(query: dict[str, Any] | None) -> None:
    """A text that has not our format is left out: JSON Schema judges no format, so it would be taken for a good one."""
    for name in ("startTime", "endTime"):
        if query and isinstance(query.get(name), str):
            try:
                parse_iso_us(query[name])
            except ValueError:
                del query[name]


def _order_window(query: dict[str, Any] | None) -> None:
    """A window begins before it ends; the other way round is a bad request, which other tests look at."""
    if query and "startTime" in query and "endTime" in query:
        with contextlib.suppress(TypeError, ValueError):
            if parse_iso_us(query["startTime"]) > parse_iso_us(query["endTime"]):
                query["startTime"], query["endTime"] = query["endTime"], query["startTime"]
