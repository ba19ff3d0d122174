"""Print a fingerprint of many answers of the installed emulator, a line each, for comparing machines.

    python .ci/print_answers.py ORDER

ORDER is `forwards` or `backwards`: what was asked before must not matter. The lines are sorted.
"""

import hashlib
import sys

from mockserver import Settings, create_app
from mockserver.hyperstudy.catalogue import CATALOGUE

KEY = {"X-API-Key": "hst_live_your_key_here"}
WORLDS = ("demo", "edge", "technical")


def paths(ids: dict[str, str]) -> list[str]:
    """Every data type at every scope in every format, and what stands beside them."""
    data = [
        f"/api/v3/data/{row.name}/{scope}/{ids[scope]}?limit=300&order={order}&format={format_}"
        + (f"&roomId={ids['room']}" if scope == "participant" else "")
        for row in CATALOGUE
        for scope in row.levels
        for order, format_ in (("asc", "json"), ("desc", "csv"), ("asc", "ndjson"))
    ]
    experiment, room = ids["experiment"], ids["room"]
    return [
        *data,
        "/api/v3/health",
        "/api/v3/experiments",
        f"/api/v3/experiments/{experiment}/export",
        "/api/v3/deployments",
        "/api/v3/personas",
        f"/api/v3/data/variables/room/{room}",
        f"/api/v3/data/agent-decisions/experiment/{experiment}",
        f"/_mock/truth/experiments/{experiment}",
        f"/_mock/truth/rooms/{room}",
        "/_mock/world",
        "/api/v3/openapi.json",
        "/api/v3/docs",
        "/api/openapi.yaml",
        "/api/v3/data/events/room/nowhere",
    ]


def fingerprints(scenario: str, order: str) -> list[str]:
    """What the world answers to all of them, asked in that order."""
    app = create_app(Settings(scenario=scenario))
    client = app.test_client()
    ids = app.extensions["mockserver"].default.world.sample_ids()
    found = []
    for path in paths(ids)[:: 1 if order == "forwards" else -1]:
        answer = client.get(path, headers=KEY)
        content = repr(sorted(answer.headers)).encode() + answer.data
        found.append(f"{scenario} {answer.status_code} {hashlib.sha256(content).hexdigest()} {path}")
    return found


if __name__ == "__main__":
    print("\n".join(sorted(line for world in WORLDS for line in fingerprints(world, sys.argv[1]))))
