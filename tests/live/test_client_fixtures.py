"""What the official client's own tests hold to be answers, structure by structure, against what is served.

The fixtures are in the client's source distribution, which is fetched and never kept here. Every difference is in
`client_fixtures.toml` with its reason, whichever of the two has more; one that is new, and one that is gone, fail.
"""

import json
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
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


def limited_deployment(api: DataApi) -> Any:
    """A deployment that takes only so many people; the world's own take anybody."""
    body = {"experimentId": EXPERIMENT, "config": {"maxParticipants": 100}}
    headers = {"X-API-Key": api.keys["full"]}
    made = api.app.test_client().post("/api/v3/deployments", json=body, headers=headers).get_json()
    return api.ask(f"/deployments/{made['data']['id']}").get_json()


SERVED: dict[str, Callable[[DataApi], Any]] = {
    "agent_decision_detail_response": decision,
    "agent_decisions_response": of_agents("/data/agent-decisions/experiment/{}"),
    "agent_decisions_truncated_response": of_agents("/data/agent-decisions/experiment/{}", limit=1),
    "agent_runs_response": of_agents("/data/agent-runs/experiment/{}"),
    "deployment_sessions_response": first("/deployments", "/deployments/{}/sessions"),
    "deployment_single_response": limited_deployment,
    "deployments_list_response": page("/deployments"),
    "error_401": lambda api: api.ask("/experiments", key=None).get_json(),
    "error_403": lambda api: api.ask(f"/data/events/room/{ROOM}", key="other_scopes").get_json(),
    "experiment.schema": lambda api: api.ask("/openapi.json").get_json(),
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

# Objects whose names are data: videos, and people.
BY_NAME = ("previousRatings", "peerModelSnapshot", "roles")
# What a JSON Schema says of a value, beside its type.
RULES = ("enum", "minimum", "maximum", "minLength", "pattern", "required")


@pytest.fixture(scope="module")
def fixtures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The client's fixtures by name."""
    folder = tmp_path_factory.mktemp("client")
    fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", CLIENT]
    subprocess.run([*fetch, "--dest", str(folder)], check=True, timeout=280)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as members:
        members.extractall(folder, filter="data")
    return {path.stem: json.loads(path.read_text()) for path in folder.glob("*/tests/fixtures/*.json")}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> DataApi:
    """The demo world in the client's reading, with a key of other scopes and a warning."""
    more = 'extends = "demo"\nwarnings = ["A warning."]\n[keys.other_scopes]\nvalue = "hst_test_other"\n'
    more += 'owner = "a@example.com"\norganisation = "org_main"\nscopes = ["read:recordings"]\n'
    path = tmp_path_factory.mktemp("scenario") / "warned.toml"
    path.write_text(more)
    return DataApi(create_app(Settings(scenario=str(path), reading="observed")))


def kind_of(value: Any) -> str:
    """JSON's types, with whole numbers told from others: a data frame does."""
    if value is None:
        return "null"
    types = {bool: "boolean", int: "whole number", float: "number", str: "text", list: "list", dict: "object"}
    return types[type(value)]


def walked(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every place in a value with the type that is there; all members of a list are one place."""
    yield path, kind_of(value)
    if isinstance(value, dict):
        for name, inner in value.items():
            shown = "*" if path.endswith(BY_NAME) else name
            yield from walked(inner, f"{path}.{shown}" if path else shown)
    for inner in value if isinstance(value, list) else ():
        yield from walked(inner, f"{path}[]")


def ruled(schema: Mapping[str, Any], components: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Every place in what a schema describes, with each of its rules."""
    while "$ref" in schema:
        schema = components[schema["$ref"].rsplit("/", 1)[1]]
    if "type" in schema:
        yield path, str(schema["type"])
    for rule in RULES:
        if schema.get(rule):
            said = schema[rule]
            yield path, f"{rule} {sorted(said) if isinstance(said, list) else said}"
    if "propertyNames" in schema:
        yield path, f"named {sorted(schema['propertyNames']['enum'])}"
    inside = {f"{path}.{name}": inner for name, inner in schema.get("properties", {}).items()}
    inside |= {f"{path}[]": schema["items"]} if "items" in schema else {}
    if isinstance(schema.get("additionalProperties"), dict):
        inside[f"{path}.*"] = schema["additionalProperties"]
    for place, inner in inside.items():
        yield from ruled(inner, components, place.removeprefix("."))


def structure(name: str, value: Any) -> Kinds:
    """The places in an answer, or in what the schema of experiments describes, and what may be there."""
    if name == "experiment.schema":
        components = value.get("components", {}).get("schemas", {})
        places = ruled(components.get("ExperimentDefinition", value), components)
    else:
        places = walked(value)
    found: Kinds = {}
    for path, kind in places:
        found.setdefault(path, set()).add(kind)
    return found


def differences(seen: Kinds, served: Kinds) -> dict[str, str]:
    """The outermost places that only one of the two has, or that are of other types, and which of the three.

    That something may be null as well is no other type: a record has every field, whether it applies or not. But what
    is never anything else is as good as not there.
    """
    found: dict[str, str] = {}
    for path in sorted({*seen, *served}, key=lambda path: (path.count(".") + path.count("[]"), path)):
        inside = any(path.startswith((f"{outer}.", f"{outer}[")) for outer, what in found.items() if what != "other")
        if inside or seen.get(path) == served.get(path):
            continue
        if path not in seen or path not in served:
            found[path] = "more" if path in served else "missing"
        elif seen[path] - {"null"} != served[path] - {"null"} and seen[path] != {"null"}:
            found[path] = "other"
    return found


def explained(name: str) -> dict[str, str]:
    """The differences of a fixture that are known, each with what it is; its reason stands in the table, too."""
    table = tomllib.loads((Path(__file__).parent / "client_fixtures.toml").read_text(encoding="utf-8"))
    reasons = table.pop("reasons")
    entries = [(path, key.partition("-")) for key, paths in table[name].items() for path in paths]
    assert all(reason in reasons for _, (_, _, reason) in entries)
    assert len({path for path, _ in entries}) == len(entries)
    return {path: what for path, (what, _, _) in entries}


def test_every_fixture_is_asked_for(fixtures: dict[str, Any]) -> None:
    assert set(fixtures) == set(SERVED)


@pytest.mark.parametrize("name", sorted(SERVED))
def test_what_the_client_has_seen_is_served(api: DataApi, fixtures: dict[str, Any], name: str) -> None:
    """Each structure, but for the differences that the table explains."""
    found = differences(structure(name, fixtures[name]), structure(name, SERVED[name](api)))
    assert found == explained(name)


def test_a_difference_is_seen(fixtures: dict[str, Any]) -> None:
    """Whatever is taken out of an answer, added to it or made another type: each place of each fixture."""
    for name, expected in fixtures.items():
        seen = structure(name, expected)
        for path, types in seen.items():
            less = {other: kind for other, kind in seen.items() if other != path}
            assert differences(seen, less)[path] == "missing"
            assert differences(less, seen)[path] == "more"
            if types != {"null"}:
                assert differences(seen, {**seen, path: {"changed"}}) == {path: "other"}
                assert differences(seen, {**seen, path: {"null"}}) == {path: "other"}


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
