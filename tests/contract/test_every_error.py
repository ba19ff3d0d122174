"""One rule for every error on every operation: the table says that it can happen, and here it does.

Operations and their errors are read from the tables that serve and describe them; a new row is held to the
rule without being listed here, and an error that nobody can provoke fails.
"""

import dataclasses
import itertools
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from emulator import error_of
from jsonschema_rs import Draft202012Validator
from study_support import WALL_MS, Record, StudyApi, definition
from werkzeug.test import TestResponse

from mockserver.door.operations import Operation, Parameter
from mockserver.hyperstudy import routes
from mockserver.hyperstudy.files import recording_path
from mockserver.hyperstudy.links import sign
from mockserver.hyperstudy.routes import BASE_PATH, operations
from mockserver.openapi.description import ErrorKind
from mockserver.openapi.hyperstudy.errors import ERRORS, errors_of
from mockserver.words.json_schema import ISO_8601_FORMAT, TEXT, Schema

OPERATIONS = {operation.id: operation for operation in operations()}
CASES = [
    (operation.id, part.name)
    for operation in OPERATIONS.values()
    for kind in errors_of(operation)
    for part in kind.parts or (kind,)
]
SCOPES = sorted({operation.scope for operation in OPERATIONS.values() if operation.scope})

SCENARIO = """
extends = "pair"
about = "A person and an agent, and keys that may do exactly one thing, or nothing"

[experiments.exp_pair]
agents = 1
"""


def key_text(name: str, scopes: list[str]) -> str:
    owner = 'owner = "researcher@example.com"\norganisation = "org_main"'
    return f'\n[keys.{name}]\nvalue = "{name}"\n{owner}\nscopes = {scopes}\n'


def only(scope: str | None) -> str:
    """Name of the key that has this scope and no other."""
    return "nothing" if scope is None else "only_" + scope.replace(":", "_")


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("scenarios") / "keys.toml"
    keys = key_text("nothing", []) + "".join(key_text(only(scope), [scope]) for scope in SCOPES)
    path.write_text(SCENARIO + keys, encoding="utf-8")
    return str(path)


@dataclass(frozen=True)
class Target:
    """An application with something behind every address."""

    api: StudyApi
    names: dict[str, str]
    failed_room: str

    def request(self, operation: Operation) -> tuple[str, dict[str, str], Any]:
        """Path, query and body of a request that works."""
        names = {**self.names, "scope_id": self._scope_id(operation)}
        if "/data/" in operation.path or "/files/" in operation.path:
            names["room_id"] = "room_pair"
        if operation.id == "retryRoom":
            names["room_id"] = self.failed_room
        query = {p.name: "room_pair" for p in operation.parameters if p.name == "roomId" and p.required}
        if operation.id == "deleteExperiment":
            query = {"skipDataCheck": "true"}
        if operation.id == "getRecordingFile":
            query = self.link(filled(operation, names))
        return filled(operation, names), query, BODIES.get(operation.id)

    def _scope_id(self, operation: Operation) -> str:
        ids = {"experiment": "exp_pair", "room": "room_pair", "participant": "user_one"}
        return next((id_ for scope, id_ in ids.items() if f"/{scope}/" in operation.path), "")

    def link(self, path: str) -> dict[str, str]:
        """The query that opens a file."""
        secret, now_ms = self.api.sandbox.settings.link_secret, self.api.sandbox.clock.now_ms()
        signed = sign(BASE_PATH + path, now_ms + 60_000, secret)
        return dict(part.split("=") for part in signed.partition("?")[2].split("&"))

    def ask(self, operation: Operation, **changes: Any) -> TestResponse:
        """Send the request that works, but for some changes: to `path`, `query`, `body`, `key`, `headers`, `raw`."""
        path, query, body = self.request(operation)
        path, query = changes.pop("path", path), changes.pop("query", query)
        if "raw" not in changes:
            changes["body"] = changes.get("body", body)
        return self.api.ask(operation.method, path, **changes, **query)


BODIES: dict[str, Any] = {
    "recordEvents": {"events": []},
    "createExperiment": definition(),
    "validateExperiment": definition(),
    "updateExperiment": {"description": "New"},
    "createDeployment": {"experimentId": "exp_pair", "config": {}},
    "runMoreRooms": {"rooms": 1, "budgetUsd": 1},
    "createPersona": {"name": "P"},
    "updatePersona": {"description": "New"},
}


def filled(operation: Operation, names: dict[str, str]) -> str:
    """The operation's path with names in it."""
    return re.sub("<(.+?)>", lambda found: names[found[1]], operation.path)


def names_in(operation: Operation) -> list[str]:
    return re.findall("<(.+?)>", operation.path)


def target_of(scenario: str, **settings: Any) -> Target:
    """Something behind every address: data, agents, a running room and one that could not be spawned."""
    api = StudyApi(scenario, **settings)
    deployment = api.deploy("exp_pair", rooms=2, budget_usd=0.0001)
    running, failed = [session["id"] for session in api.sessions(deployment)]
    api.advance(5000)
    recording = api.get("/data/recordings/room/room_pair", format="json")[0]
    decision = api.get("/data/agent-decisions/room/room_pair")[0]
    names = {
        "experiment_id": "exp_pair",
        "room_id": running,
        "participant_id": "user_one",
        "deployment_id": deployment,
        "persona_id": "persona_skeptic",
        "recording_id": recording["recordingId"],
        "format": recording["format"],
        "decision_id": decision["id"],
        "name": "page.js",
    }
    page = api.ask("GET", "/docs", key=None).text
    names["name"] = re.findall(r'files/([^"\'?]+)', page)[0]
    return Target(api, names, failed)


@pytest.fixture(scope="module")
def target(scenario: str) -> Target:
    """What is asked of it fails, so it may be shared."""
    return target_of(scenario)


@pytest.fixture(scope="module")
def limited(scenario: str) -> Target:
    """The same with limits; the machine's clock stands still."""
    return target_of(scenario, rate_limits=True)


@pytest.fixture(scope="module")
def narrow(scenario: str) -> Target:
    """The same, for bodies of a hundred bytes at the most."""
    made = target_of(scenario)
    sandbox = made.api.sandbox
    small = dataclasses.replace(sandbox, settings=dataclasses.replace(sandbox.settings, max_body_bytes=100))
    made.api.serve(small)
    return made


SECRET = "a secret of the inside"


@pytest.fixture(scope="module")
def crashing(scenario: str) -> Target:
    """The same, with a bug in every view."""

    def crash(*call: Any, **names: str) -> None:
        raise RuntimeError(SECRET)

    whole = target_of(scenario)
    broken = [dataclasses.replace(operation, view=crash) for operation in operations()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(routes, "operations", lambda: broken)
        return dataclasses.replace(whole, api=StudyApi(scenario))


# --- how each is provoked -------------------------------------------------------------------------

Provoke = Callable[[pytest.FixtureRequest, Operation, ErrorKind], None]
PROVOKED: dict[str, Provoke] = {}


def provokes(name: str) -> Callable[[Provoke], Provoke]:
    def enter(provoke: Provoke) -> Provoke:
        PROVOKED[name] = provoke
        return provoke

    return enter


def target_for(request: pytest.FixtureRequest, name: str = "target") -> Target:
    found: Target = request.getfixturevalue(name)
    return found


def details_of(answer: TestResponse, kind: ErrorKind, code: str | None = None) -> Record:
    """The details of an error of that kind; envelope, code and details are as they are described."""
    error = error_of(answer, kind.status, code or kind.codes[0])
    assert error["code"] in kind.codes
    assert [problem.message for problem in Draft202012Validator(kind.details).iter_errors(error["details"])] == []
    details: Record = error["details"]
    return details


def bad_values(parameter: Parameter) -> list[str]:
    """What a parameter cannot be, by its schema."""
    schema = parameter.schema
    if "enum" in schema:
        return ["", "nonsense", schema["enum"][0].upper() + "x"]
    if schema["type"] == "integer":
        least, most = schema["minimum"], schema.get("maximum")
        beyond = [] if most is None else [str(most + 1), "9" * 30]
        return ["", "x", "1.5", "-1", " 5", "1e2", "0x1", "\u0663", str(least - 1), *beyond]
    if schema.get("format") == ISO_8601_FORMAT:
        return ["", "yesterday", "2024-13-01", "2024-10-20T25:00:00Z", "1729434600000", "2024-10-20T14:30:00+99:00"]
    return [""]


@provokes("InvalidParameter")
def _parameter(request: pytest.FixtureRequest, operation: Operation, kind: ErrorKind) -> None:
    """Every declared parameter, given twice; and those that are checked, with everything that their schema excludes."""
    target = target_for(request)
    _, query, _ = target.request(operation)
    for parameter in operation.parameters:
        details = details_of(target.ask(operation, query={**query, parameter.name: ["a", "b"]}), kind)
        assert details == {
            "parameter": parameter.name,
            "value": "a,b",
            "expected": f"one {parameter.name}, without brackets",
        }
        if parameter.schema == TEXT:
            # Any text will do.
            continue
        for value in bad_values(parameter):
            details = details_of(target.ask(operation, query={**query, parameter.name: value}), kind)
            assert (details["parameter"], details["value"]) == (parameter.name, value)
            assert details["expected"]
        if parameter.required:
            rest = {name: value for name, value in query.items() if name != parameter.name}
            details = details_of(target.ask(operation, query=rest), kind)
            assert (details["parameter"], details["value"]) == (parameter.name, None)


@provokes("InvalidBody")
def _body(request: pytest.FixtureRequest, operation: Operation, kind: ErrorKind) -> None:
    """No JSON, no object, or an object that breaks the operation's own schema: with a path, where there is one."""
    target = target_for(request)
    for raw in (b"", b"{", b"nonsense", b'{"a": NaN}', b"[", b"\xff", b"\xef\xbb\xbf{}"):
        (problem,) = details_of(target.ask(operation, raw=raw), kind)["errors"]
        assert problem["path"] == ("a" if b"NaN" in raw else "")
    for body in ([], "x", None, 5, True):
        (problem,) = details_of(target.ask(operation, body=body), kind)["errors"]
        assert problem["path"] == ""
    if operation.id == "validateExperiment":
        # What is wrong with a definition is this one's answer, not its error.
        return
    assert operation.body is not None
    _, _, good = target.request(operation)
    broken = list(breaches(operation.body, good))
    if operation.id == "recordEvents":
        # Each event is judged alone: a bad one is no bad request.
        broken = [(path, body) for path, body in broken if "/" not in path]
    assert broken
    for path, body in broken:
        found = details_of(target.ask(operation, body=body), kind)["errors"]
        assert path in [problem["path"] for problem in found], (path, body, found)
        assert all(problem["message"] for problem in found)


# A value of each JSON type.
OF_TYPE: dict[str, Any] = {
    "string": "x", "integer": 7, "number": 0.5, "boolean": True, "array": [], "object": {}, "null": None,
}  # fmt: skip
# What is allowed where another type is: a whole number is a number.
ALSO = {"number": {"integer"}}


def breaches(schema: Schema, good: Any) -> Iterator[tuple[str, Any]]:
    """Objects that break a schema in one place, with the path of that place, made from one that does not.

    Every named property in turn has another type, a value that is none of its choices, or one beyond its bounds;
    every required one is missing. What is in it, in lists and under free names is gone through as well.
    """
    for name in schema.get("required", ()):
        yield name, {other: value for other, value in good.items() if other != name}
    for name, inner in schema.get("properties", {}).items():
        for wrong in wrong_values(inner):
            yield name, {**good, name: wrong}
        for place, part in parts_of(inner):
            there = good.get(name) if place == "" else None
            for path, broken in breaches(part, {**required_values(part), **(there or {})}):
                yield f"{name}/{place}{path}", {**good, name: WRAPPED[place](broken)}


# What lies within a property, by what leads to it.
WRAPPED: dict[str, Callable[[Any], Any]] = {
    "": lambda value: value,
    "0/": lambda value: [value],
    "any/": lambda value: {"any": value},
}


def parts_of(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """The schemas of objects within a property: its own, that of its items, and that of what has a free name."""
    inner = {"": schema, "0/": schema.get("items"), "any/": schema.get("additionalProperties")}
    for place, part in inner.items():
        if isinstance(part, dict) and part.get("properties"):
            yield place, part


def required_values(schema: Schema) -> Record:
    """An object with what has to be in it, as simple as it may be."""
    return {name: value_of(schema["properties"][name]) for name in schema.get("required", ())}


def value_of(schema: Schema) -> Any:
    """A value that a schema allows."""
    if "enum" in schema:
        return schema["enum"][0]
    if "minimum" in schema or "exclusiveMinimum" in schema:
        return max(schema.get("minimum", 1), 1)
    return OF_TYPE[schema["type"]]


def wrong_values(schema: Schema) -> Iterator[Any]:
    """Values that a schema excludes, one for each of its rules; none for one that is made of several."""
    if "type" not in schema:
        return
    types = {schema["type"]} if isinstance(schema["type"], str) else set(schema["type"])
    for type_ in sorted(set(OF_TYPE) - types - {also for name in types for also in ALSO.get(name, ())}):
        yield OF_TYPE[type_]
    if "enum" in schema:
        yield "none of them"
    if "minimum" in schema:
        yield schema["minimum"] - 1
    if "exclusiveMinimum" in schema:
        yield schema["exclusiveMinimum"]
    if "maximum" in schema:
        yield schema["maximum"] + 1
    if "maxItems" in schema:
        yield [{}] * (schema["maxItems"] + 1)
    if "minLength" in schema or "pattern" in schema:
        yield ""


@provokes("Unauthorized")
def _key(request: pytest.FixtureRequest, operation: Operation, kind: ErrorKind) -> None:
    """Four ways, before anything else is looked at."""
    target = target_for(request)
    answers = {reason: target.ask(operation, key=reason) for reason in ("expired", "revoked")}
    answers["missing"] = target.ask(operation, key=None)
    answers["unknown"] = target.ask(operation, key=None, headers={"X-API-Key": "hst_live_nobody"})
    for reason, answer in answers.items():
        assert details_of(answer, kind) == {"reason": reason}
    nowhere = filled(operation, dict.fromkeys(names_in(operation), "nowhere"))
    assert details_of(target.ask(operation, path=nowhere, raw=b"{", key=None), kind) == {"reason": "missing"}


@provokes("MissingScope")
def _scope(request: pytest.FixtureRequest, operation: Operation, kind: ErrorKind) -> None:
    """Whatever else is wrong with the request, or missing."""
    target = target_for(request)
    nowhere = filled(operation, dict.fromkeys(names_in(operation), "nowhere"))
    for path in (target.request(operation)[0], nowhere):
        details = details_of(target.ask(operation, path=path, key="nothing", raw=b"{"), kind)
        assert details == {"required": [operation.scope], "provided": []}


@provokes("OtherOrganisation")
def _organisation(request: pytest.FixtureRequest, operation: Operation, kind: ErrorKind) -> None:
    """For another organisation, and with another organisation's key."""
    target = target_for(request)
    nowhere = filled(operation, dict.fromkeys(names_in(operation), "nowhere"))
    header = {"X-Organization-Id": "org_other"}
    details = details_of(target.ask(operation, path=nowhere, headers=header, raw=b"{"), kind)
    assert details == {"required": ["org_other"], "provided": ["org_main"]}
    if names_in(operation) or operation.id == "createDeployment":
        answer = target.ask(operation, key="other_organisation")
        # What access there is, is no secret (inferred).
        if operation.id == "checkAccess":
            assert answer.get_json()["data"] == {"canView": False, "canExport": False}
        else:
            assert details_of(answer, kind) == {"required": ["org_main"], "provided": ["org_other"]}


@provokes("NotFound")
def _not_found(request: pytest.FixtureRequest, operation: Operation, kind: ErrorKind) -> None:
    """Each name of the path in turn, with the others in their places; and what query or body name."""
    target = target_for(request)
    path, query, body = target.request(operation)
    asked = 0
    known = dict(zip(names_in(operation), re.fullmatch(pattern(operation), path).groups(), strict=True))  # type: ignore[union-attr]
    for name, wrong in itertools.product(known, ("nowhere", "x" * 300)):
        names = {**known, name: wrong}
        there = filled(operation, names)
        opened = target.link(there) if operation.id == "getRecordingFile" else query
        details = details_of(target.ask(operation, path=there, query=opened), kind)
        # A file is one thing, whichever part of its address leads nowhere.
        looked_for = names["recording_id"] if operation.id == "getRecordingFile" else wrong
        assert looked_for.startswith(details["id"])
        assert details["id"]
        assert details["resource"]
        asked += 1
    if "roomId" in query:
        details = details_of(target.ask(operation, query={**query, "roomId": "nowhere"}), kind)
        assert details == {"resource": "room", "id": "nowhere"}
        asked += 1
    if "experimentId" in (body or {}):
        details = details_of(target.ask(operation, body={**body, "experimentId": "nowhere"}), kind)
        assert details == {"resource": "experiment", "id": "nowhere"}
        asked += 1
    assert asked


def pattern(operation: Operation) -> str:
    return re.sub("<.+?>", "([^/]+?)", operation.path.replace(".", r"\."))


@provokes("Conflict")
def _conflict(request: pytest.FixtureRequest, operation: Operation, kind: ErrorKind) -> None:
    """What is not in the state for it, by its own rule of when that is."""
    target = target_for(request)
    dep, running, failed = target.names["deployment_id"], target.names["room_id"], target.failed_room
    wrong: dict[str, list[tuple[str, dict[str, str], str]]] = {
        "deleteExperiment": [
            ("/experiments/exp_pair", {}, "exp_pair"),
            ("/experiments/exp_pair", {"skipDataCheck": "false"}, "exp_pair"),
        ],
        "runMoreRooms": [("/deployments/dep_pair/run-more", {}, "dep_pair")],
        "stopRoom": [
            (f"/deployments/{dep}/rooms/{failed}/stop", {}, failed),
            ("/deployments/dep_pair/rooms/room_pair/stop", {}, "room_pair"),
        ],
        "retryRoom": [
            (f"/deployments/{dep}/rooms/{running}/retry", {}, running),
            ("/deployments/dep_pair/rooms/room_pair/retry", {}, "room_pair"),
        ],
    }
    for path, query, id_ in wrong[operation.id]:
        assert details_of(target.ask(operation, path=path, query=query), kind) == {"id": id_}


@provokes("TooLarge")
def _too_large(request: pytest.FixtureRequest, operation: Operation, kind: ErrorKind) -> None:
    """One byte over the limit, whatever is in the body; at the limit it is read."""
    target = target_for(request, "narrow")
    details = details_of(target.ask(operation, raw=b"{" + b" " * 100), kind)
    assert details == {"method": operation.method, "path": BASE_PATH + target.request(operation)[0]}
    assert target.ask(operation, raw=b"{" + b" " * 99).status_code == 400


@provokes("UnsupportedCoding")
def _unsupported_coding(request: pytest.FixtureRequest, operation: Operation, kind: ErrorKind) -> None:
    """Compressed with what is not read, whatever is in the body."""
    target = target_for(request)
    answer = target.ask(operation, raw=b"\x8b\x00", headers={"Content-Encoding": "br"})
    assert details_of(answer, kind) == {"accepted": ["gzip", "deflate", "identity"]}
    assert answer.headers["Accept-Encoding"] == "gzip, deflate, identity"


@provokes("BadLink")
def _bad_link(request: pytest.FixtureRequest, operation: Operation, kind: ErrorKind) -> None:
    """Without a signature, with another path's, and after its time."""
    target = target_for(request)
    path, query, _ = target.request(operation)
    other = recording_path("", "room_pair", "rec_other", "mp4")
    unsigned = "the link is not signed: it needs expires and signature"
    tampered = "the signature does not belong to this path and expiry"
    for wrong, reason in (
        ({}, unsigned),
        ({"expires": query["expires"]}, unsigned),
        (target.link(other), tampered),
        ({**query, "expires": str(int(query["expires"]) + 1)}, tampered),
        ({**query, "signature": "0"}, tampered),
    ):
        assert details_of(target.ask(operation, query=wrong), kind) == {"reason": reason}
    old = sign(BASE_PATH + path, 1_000_000, target.api.sandbox.settings.link_secret).partition("?")[2]
    expired = dict(part.split("=") for part in old.split("&"))
    assert details_of(target.ask(operation, query=expired), kind) == {"reason": "the link has expired"}


@provokes("RangeNotSatisfiable")
def _range(request: pytest.FixtureRequest, operation: Operation, kind: ErrorKind) -> None:
    """Bytes behind the end of the file; the answer says how many it has."""
    target = target_for(request)
    size = len(target.ask(operation).data)
    answer = target.ask(operation, headers={"Range": f"bytes={size}-"})
    assert details_of(answer, kind) == {"range": f"bytes={size}-", "size": size}
    assert answer.headers["Content-Range"] == f"bytes */{size}"


@provokes("RateLimited")
def _limit(request: pytest.FixtureRequest, operation: Operation, kind: ErrorKind) -> None:
    """The 101st request of a key to an operation within a minute, whatever became of the others."""
    target = target_for(request, "limited")
    # Another hour: what other operations were asked counts no more.
    target.api.advance(3_600_000)
    reset_s = -(-(target.api.sandbox.clock.token_now_ms() + 60_000) // 1000)
    for number in range(100):
        answer = target.ask(operation, key="nothing")
        assert answer.status_code != 429
        assert limit_headers(answer) == ("100", str(99 - number), str(reset_s))
    for passed_ms, wait_s in ((0, 60), (29_001, 31), (30_998, 1)):
        target.api.advance(passed_ms)
        answer = target.ask(operation, key="nothing")
        assert details_of(answer, kind) == {"limit": 100, "window": 60}
        assert answer.headers["Retry-After"] == str(wait_s)
        assert limit_headers(answer) == ("100", "0", str(reset_s))
    target.api.advance(1)
    answer = target.ask(operation, key="nothing")
    assert answer.status_code != 429
    assert limit_headers(answer) == ("100", "99", str(reset_s + 60))


def limit_headers(answer: TestResponse) -> tuple[str | None, ...]:
    return tuple(answer.headers.get(f"X-RateLimit-{name}") for name in ("Limit", "Remaining", "Reset"))


@provokes("InternalServerError")
def _crash(request: pytest.FixtureRequest, operation: Operation, kind: ErrorKind) -> None:
    """A bug in the view: the client learns that it is not to blame, the developer where it is."""
    target = target_for(request, "crashing")
    caplog: pytest.LogCaptureFixture = request.getfixturevalue("caplog")
    with caplog.at_level(logging.ERROR, "mockserver"):
        answer = target.ask(operation)
    details = details_of(answer, kind)
    assert details == {"method": operation.method, "path": BASE_PATH + target.request(operation)[0]}
    assert SECRET not in answer.text
    (record,) = caplog.records
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], RuntimeError)
    assert "Traceback" in caplog.text
    assert SECRET in caplog.text


# --- the rule -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("operation", "kind"), CASES)
def test_every_error_of_every_operation_is_as_described(
    request: pytest.FixtureRequest, operation: str, kind: str
) -> None:
    """Whatever may go wrong does when it should, with its status, its code, and the details that are promised."""
    assert kind in PROVOKED, f"nobody has provoked a {kind} yet"
    PROVOKED[kind](request, OPERATIONS[operation], ERRORS[kind])


def test_every_kind_of_error_happens_somewhere() -> None:
    """The table of errors has no row that no operation answers with; this table has none that it lacks."""
    single = {name for name, kind in ERRORS.items() if not kind.parts}
    assert {kind for _, kind in CASES} == single == set(PROVOKED)


def test_the_requests_behind_the_rule_work(scenario: str) -> None:
    """With nothing wrong each is answered as it should be, by a key with exactly the scope that it needs."""
    target = target_of(scenario)
    order = ["GET", "PUT", "POST", "DELETE"]
    late = ("deletePersona", "deleteExperiment")
    for operation in sorted(OPERATIONS.values(), key=lambda one: (one.id in late, order.index(one.method))):
        answer = target.ask(operation, key=None if operation.public else only(operation.scope))
        assert (operation.id, answer.status_code) == (operation.id, operation.status), answer.text


@pytest.mark.parametrize("path", sorted({operation.path for operation in OPERATIONS.values()}))
def test_other_methods_are_405_with_those_that_there_are(target: Target, path: str) -> None:
    """With or without a key; header and message name the methods of the path, whatever it could be read as."""
    where = next(target.request(operation)[0] for operation in OPERATIONS.values() if operation.path == path)
    methods = {op.method for op in OPERATIONS.values() if re.fullmatch(pattern(op), where)} | {"OPTIONS"}
    methods |= {"HEAD"} if "GET" in methods else set()
    for method, key in itertools.product({"GET", "POST", "PUT", "PATCH", "DELETE"} - methods, ("full", None)):
        answer = target.api.ask(method, where, key=key)
        error = error_of(answer, 405, "METHOD_NOT_ALLOWED")
        assert answer.headers["Allow"] == ", ".join(sorted(methods))
        assert answer.headers["Allow"] in error["message"]
        assert error["details"] == {"method": method, "path": BASE_PATH + where}


# --- limits ---------------------------------------------------------------------------------------


@pytest.fixture
def counting(scenario: str) -> StudyApi:
    """A fresh application with limits."""
    return StudyApi(scenario, rate_limits=True)


def test_a_key_has_a_thousand_requests_an_hour(counting: StudyApi) -> None:
    """Over all its endpoints; the thousand and first waits for the end of the hour that began with the first."""
    paths = [f"/experiments/{name}" for name in ("exp_pair", "nowhere")]
    for minute in range(10):
        for number in range(100):
            assert counting.ask("GET", paths[number % 2]).status_code in (200, 404)
        counting.advance(60_000 if minute < 9 else 30_000)
    for path in ("/experiments", "/personas", "/data/events/room/room_pair"):
        answer = counting.ask("GET", path)
        error = error_of(answer, 429, "RATE_LIMIT_EXCEEDED")
        assert error["details"] == {"limit": 1000, "window": 3600}
        assert "1000 in 3600 s" in error["message"]
        assert answer.headers["Retry-After"] == str(3600 - 570)
        assert limit_headers(answer) == ("1000", "0", str(WALL_MS // 1000 + 3600))
    assert counting.ask("GET", "/experiments", key="read_only").status_code == 200
    counting.advance((3600 - 570) * 1000)
    assert counting.ask("GET", "/experiments").status_code == 200


def test_endpoints_and_keys_are_counted_apart(counting: StudyApi) -> None:
    """What one has used up, another has not; health and the description count nothing."""
    for _ in range(100):
        assert counting.ask("GET", "/experiments").status_code == 200
    error_of(counting.ask("GET", "/experiments"), 429, "RATE_LIMIT_EXCEEDED")
    assert limit_headers(counting.ask("POST", "/experiments", {"name": "x"}))[1] == "99"
    assert limit_headers(counting.ask("GET", "/experiments/exp_pair"))[1] == "99"
    assert limit_headers(counting.ask("GET", "/experiments", key="read_only"))[1] == "99"
    for _ in range(101):
        answer = counting.ask("GET", "/health")
        assert (answer.status_code, limit_headers(answer)) == (200, (None, None, None))


def test_who_has_no_valid_key_uses_nothing_up(counting: StudyApi) -> None:
    """401 stays 401, and says nothing of limits."""
    for _ in range(101):
        answer = counting.ask("GET", "/experiments", key="expired")
        error_of(answer, 401, "UNAUTHORIZED")
        assert limit_headers(answer) == (None, None, None)


def test_without_limits_nothing_is_counted(target: Target) -> None:
    """Off unless the settings say otherwise: neither a header nor a refusal."""
    for _ in range(101):
        answer = target.api.ask("GET", "/agent-cognition/catalog")
        assert (answer.status_code, limit_headers(answer)) == (200, (None, None, None))


def test_the_observed_reading_has_the_clients_code(scenario: str) -> None:
    """Where the sources disagree, the setting picks: `AUTHENTICATION_ERROR` is what the client's fixtures have."""
    api = StudyApi(scenario, reading="observed")
    for operation in OPERATIONS.values():
        if not operation.public:
            path = filled(operation, dict.fromkeys(names_in(operation), "x"))
            details = details_of(
                api.ask(operation.method, path, key=None), ERRORS["Unauthorized"], "AUTHENTICATION_ERROR"
            )
            assert details == {"reason": "missing"}
