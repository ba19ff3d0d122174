"""Every answer with data says what it is about and when it was given: the data page has it of all responses."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from document_support import examples_of
from flask import Flask

from mockserver import Settings, create_app
from mockserver.door.operations import Operation
from mockserver.hyperstudy.catalogue import CATALOGUE
from mockserver.hyperstudy.routes import BASE_PATH, operations
from mockserver.openapi.example import Example

NAMES = ["dataType", "scope", "scopeId", "timestamp"]
OPERATIONS = [one for one in operations() if one.path.startswith("/data/") and one.method == "GET"]
# In the words of the client's fixtures where they have it; the rest is inferred.
DATA_TYPES = {
    "mintRecordingLink": "recordings",
    "getAgentDecisionsByExperiment": "agentDecisions",
    "getAgentDecisionsByRoom": "agentDecisions",
    "getAgentDecision": "agentDecisions",
    "getAgentRuns": "agentRuns",
    "checkAccess": "access",
    "getCounts": "counts",
    "getVariables": "variables",
    **{
        one.id: row.name.partition("/")[0]
        for row in CATALOGUE
        for one in OPERATIONS
        if one.path.startswith(f"/data/{row.name}/") and one.id != "mintRecordingLink"
    },
}


@pytest.fixture(scope="module")
def examples(demo_app: Flask) -> dict[str, Example]:
    """Real requests and what was answered."""
    return examples_of(demo_app)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_every_answer_with_data_says_what_it_is_about(examples: dict[str, Example], operation: Operation) -> None:
    """Type, scope and id as in the path, and the clock's time; and the document promises all four."""
    example = examples[operation.id]
    metadata = example.answers["application/json"]["metadata"]
    for told in (list(operation.answer.metadata), list(metadata)):
        assert [name for name in told if name != "ratingType"][:4] == NAMES
    rated = re.match(r"/data/ratings/(\w+)/", operation.path)
    assert metadata.get("ratingType") == (rated[1] if rated else None)
    scope, id_ = place_of(operation, example)
    assert (metadata["dataType"], metadata["scope"], metadata["scopeId"]) == (DATA_TYPES[operation.id], scope, id_)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", metadata["timestamp"])


def place_of(operation: Operation, example: Example) -> tuple[str, str]:
    """Scope and id that an operation's path names first."""
    found = re.search(r"/(experiment|room|participant|download)/<(\w+)>", operation.path)
    assert found is not None
    return {"download": "room"}.get(found[1], found[1]), example.path[found[2]]


def test_the_timestamp_is_the_clocks() -> None:
    """Also after it was moved."""
    client = create_app(Settings(scenario="pair")).test_client()
    key = {"X-API-Key": "hst_live_your_key_here"}

    def told() -> Iterator[Any]:
        for path in ("check-access/experiment/exp_pair", "variables/room/room_pair", "events/room/room_pair"):
            yield client.get(f"{BASE_PATH}/data/{path}", headers=key).get_json()["metadata"]["timestamp"]

    before = client.get("/_mock/clock").get_json()["now"]
    assert set(told()) == {before}
    client.post("/_mock/clock", json={"advanceMs": 1234})
    after = client.get("/_mock/clock").get_json()["now"]
    assert set(told()) == {after} != {before}
