"""What the official client's own tests hold to be answers, structure by structure, against what is served.

The fixtures are in the client's source distribution, which is fetched and never kept here. Every difference is in the
table below with its reason; one that is not, and one that is gone, fail.
"""

import json
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from emulator import DataApi

from mockserver import Settings, create_app

pytestmark = pytest.mark.thorough

CLIENT = "hyperstudy==0.4.1"
Kinds = dict[str, set[str]]

# An experiment and a deployment with agents, and one without.
EXPERIMENT, ROOM, AGENTS = "exp_research_001", "room_abc123", "exp_agents_001"


def page(path: str, **query: Any) -> Callable[[DataApi], Any]:
    return lambda api: api.ask(path, query).get_json()


def first(path: str, below: str) -> Callable[[DataApi], Any]:
    """What a list's first member is when it is asked for alone."""
    return lambda api: api.ask(below.format(api.ask(path).get_json()["data"][0]["id"])).get_json()


def decision(api: DataApi) -> Any:
    found = api.ask(f"/data/agent-decisions/experiment/{agents_of(api)}").get_json()["data"]
    one = next(row for row in found if row["_type"] == "decision")
    return api.ask(f"/data/agent-decisions/room/{one['roomId']}/decision/{one['id']}").get_json()


def agents_of(api: DataApi) -> str:
    """An experiment in which agents took part."""
    listed = api.ask("/experiments").get_json()["data"]
    asked = ((one["id"], api.ask(f"/data/agent-runs/experiment/{one['id']}").get_json()) for one in listed)
    return next(id_ for id_, answer in asked if answer["data"])


def of_agents(path: str, **query: Any) -> Callable[[DataApi], Any]:
    return lambda api: api.ask(path.format(agents_of(api)), query).get_json()


SERVED: dict[str, Callable[[DataApi], Any]] = {
    "agent_decision_detail_response": decision,
    "agent_decisions_response": of_agents("/data/agent-decisions/experiment/{}"),
    "agent_decisions_truncated_response": of_agents("/data/agent-decisions/experiment/{}", limit=1),
    "agent_runs_response": of_agents("/data/agent-runs/experiment/{}"),
    "deployment_sessions_response": first("/deployments", "/deployments/{}/sessions"),
    "deployment_single_response": first("/deployments", "/deployments/{}"),
    "deployments_list_response": page("/deployments"),
    "error_401": lambda api: api.ask("/experiments", key=None).get_json(),
    "error_403": lambda api: api.ask(f"/data/events/room/{ROOM}", key="other_scopes").get_json(),
    "events_response": page(f"/data/events/experiment/{EXPERIMENT}", limit=10_000),
    "experiment_single_response": page(f"/experiments/{EXPERIMENT}"),
    "experiments_list_response": page("/experiments"),
    "paginated_page1": page(f"/data/events/experiment/{EXPERIMENT}", limit=3),
    "paginated_page2": page(f"/data/events/experiment/{EXPERIMENT}", limit=10_000),
    "pre_experiment_response": page(f"/data/events/experiment/{EXPERIMENT}", category="pre_experiment"),
    "recordings_response": page(f"/data/recordings/experiment/{EXPERIMENT}"),
    "sparse_ratings_response": page(f"/data/ratings/sparse/experiment/{EXPERIMENT}", limit=10_000),
    "warnings_response": page(f"/data/events/experiment/{EXPERIMENT}", category="communication"),
}

# Why something of a fixture is not served, or as another type.
TEXT = "of numbers and texts in one column, no data frame can be made: what an agent answered is always text (a choice)"
DIFFERENCES: dict[tuple[str, str], str] = {
    ("agent_decision_detail_response", "data.value"): TEXT,
    ("agent_decisions_response", "data[].value"): TEXT,
}
# Objects whose names are data: videos, and people.
BY_NAME = ("previousRatings", "peerModelSnapshot")


@pytest.fixture(scope="module")
def fixtures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The client's fixtures by name."""
    folder = tmp_path_factory.mktemp("client")
    fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", CLIENT]
    subprocess.run([*fetch, "--dest", str(folder)], check=True, timeout=280)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as members:
        members.extractall(folder, filter="data")
    return {path.stem: json.loads(path.read_text()) for path in folder.glob("*/tests/fixtures/*_response.json")} | {
        path.stem: json.loads(path.read_text())
        for pattern in ("error_*", "paginated_*")
        for path in folder.glob(f"*/tests/fixtures/{pattern}.json")
    }


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> DataApi:
    """The demo world in the client's reading, with a key of other scopes and a warning."""
    more = 'extends = "demo"\nwarnings = ["A warning."]\n[keys.other_scopes]\nvalue = "hst_test_other"\n'
    more += 'owner = "a@example.com"\norganisation = "org_main"\nscopes = ["read:recordings"]\n'
    path = tmp_path_factory.mktemp("scenario") / "warned.toml"
    path.write_text(more)
    return DataApi(create_app(Settings(scenario=str(path), reading="observed")))


def kind_of(value: Any) -> str:
    """JSON's types, but that whole numbers are told from others nowhere: a column of either is of numbers."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return {str: "string", list: "list", dict: "object"}[type(value)]


def walked(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every place in a value with the type that is there; all members of a list are one place."""
    yield path, kind_of(value)
    if isinstance(value, dict):
        for name, inner in value.items():
            shown = "*" if path.endswith(BY_NAME) else name
            yield from walked(inner, f"{path}.{shown}" if path else shown)
    for inner in value if isinstance(value, list) else ():
        yield from walked(inner, f"{path}[]")


def kinds(value: Any) -> Kinds:
    found: Kinds = {}
    for path, kind in walked(value):
        found.setdefault(path, set()).add(kind)
    return found


def differences(name: str, expected: Any, served: Any) -> set[tuple[str, str]]:
    """The outermost places of a fixture that are not served, or with other types."""
    found, has = set[str](), kinds(served)
    for path, wanted in kinds(expected).items():
        if any(path.startswith((f"{outer}.", f"{outer}[")) for outer in found):
            continue
        if path not in has or not (wanted <= has[path] | {"null"} or has[path] == {"null"}):
            found.add(path)
    return {(name, path) for path in found}


def test_every_fixture_is_asked_for(fixtures: dict[str, Any]) -> None:
    assert set(fixtures) == set(SERVED)


def test_what_the_client_has_seen_is_served(api: DataApi, fixtures: dict[str, Any]) -> None:
    """Each structure, but for the differences that the table explains."""
    found = set[tuple[str, str]]()
    for name, expected in fixtures.items():
        found |= differences(name, expected, SERVED[name](api))
    assert found == set(DIFFERENCES)


def test_values_that_stand_for_a_kind_are_served_alike(api: DataApi, fixtures: dict[str, Any]) -> None:
    """Words that programs compare: of types, scopes, codes and statuses."""
    for name in ("sparse_ratings_response", "recordings_response", "error_401", "error_403"):
        expected, served = fixtures[name], SERVED[name](api)
        assert expected.get("error", {}).get("code") == served.get("error", {}).get("code")
        for word in ("dataType", "ratingType", "scope"):
            assert expected.get("metadata", {}).get(word) == served.get("metadata", {}).get(word), (name, word)
    seen, served = fixtures["sparse_ratings_response"]["data"], SERVED["sparse_ratings_response"](api)["data"]
    types = {record["metadata"]["componentType"] for record in served}
    assert {record["metadata"]["componentType"] for record in seen} <= types
    assert all(type_ == type_.lower() for type_ in types)
    for record in (*seen, *served):
        low, high = record["scale"]["min"], record["scale"]["max"]
        assert record["value"] == 100 * (record["rawValue"] - low) / (high - low)
        before = record["sparseRatingData"]["previousRatings"]
        assert before is None or set(map(type, before.values())) <= {int, float}
    for name in ("experiments_list_response", "deployments_list_response"):
        told = SERVED[name](api)["metadata"]
        assert told["scope"] == fixtures[name]["metadata"]["scope"] == "user"
        assert told["scopeId"].startswith("user_")
        assert fixtures[name]["metadata"]["scopeId"].startswith("user_")
