"""How each peer is set up for one case and started: once as its users do, and tuned where it can be.

A peer gets the answer of the emulator and serves it at the same path. It checks the credential where it can;
only Prism reads the body of a batch.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comparison import prism_document
from comparison.batches import FACIAL, VOICE
from comparison.cases import BATCH, LARGE, LARGE_EVENTS, LARGE_SYNC, SMALL, Case
from comparison.servers import Launch, Server, free_port

__all__ = ["ABSENT", "installed"]

ABSENT = "absent"
JSON = "application/json"
REPEATED = (SMALL, LARGE, BATCH)
# Where this project's new pages of other lists are held against canned ones.
CANNED = (*REPEATED, LARGE_EVENTS, LARGE_SYNC)
# Where its new batches are held against a check of the whole body.
CHECKED = (*REPEATED, FACIAL, VOICE)
# The package that npm's `apimock-rs` starts through Node: the program itself, for Linux.
APIMOCK = "@apimock-rs/bin-linux-x64-gnu"


@dataclass(frozen=True)
class Place:
    """Where a peer is set up.

    Attributes:
        modules: The folder `node_modules` that holds it.
        folder: An empty folder for its files, where it is started too.
        port: A free port of 127.0.0.1.
    """

    modules: Path
    folder: Path
    port: int

    def write(self, name: str, content: Any) -> str:
        """Write one of its files, text or a value for JSON, and return the path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    def node(self, script: str, *arguments: str) -> list[str]:
        """The command of a script inside `modules`."""
        return ["node", str(self.modules / script), *arguments]


Recipe = Callable[[Case, Place], Sequence[str]]


def apimock(case: Case, place: Place) -> Sequence[str]:
    """Files lie as their URL paths do. Neither key nor method nor body is looked at."""
    place.write(f"files{case.path}.json", case.answer)
    binary = place.modules / APIMOCK / "apimock"
    return [str(binary), "-p", str(place.port), "-d", str(place.folder / "files")]


def prism(case: Case, place: Place) -> Sequence[str]:
    """As it starts: it validates request and response, and logs."""
    return _prism(place, prism_document.excerpt(case))


def prism_tuned(case: Case, place: Place) -> Sequence[str]:
    """It has the example alone, so no response is validated, and logs nothing."""
    return [*_prism(place, prism_document.without_response_schema(case)), "-v", "silent"]


def _prism(place: Place, document: dict[str, Any]) -> list[str]:
    path = place.write("openapi.json", document)
    return place.node("@stoplight/prism-cli/dist/index.js", "mock", "-h", "127.0.0.1", "-p", str(place.port), path)


def mockoon(case: Case, place: Place) -> Sequence[str]:
    """One log line a request cannot be switched off; it goes to /dev/null."""
    header, credential = case.credential
    rule = {"target": "header", "modifier": header, "value": credential, "operator": "equals", "invert": False}
    answers = [
        _mockoon_response("answer", 200, case.answer, [rule], default=False),
        _mockoon_response("refusal", 401, "{}", [], default=True),
    ]
    route = {
        "uuid": "route",
        "type": "http",
        "documentation": "",
        "method": case.method.lower(),
        "endpoint": case.path.lstrip("/"),
        "responses": answers,
        "responseMode": None,
    }
    environment = {
        "uuid": "environment",
        "lastMigration": 33,
        "name": "benchmark",
        "port": place.port,
        "hostname": "127.0.0.1",
        "routes": [route],
        "rootChildren": [{"type": "route", "uuid": "route"}],
    }
    path = place.write("environment.json", environment)
    return place.node(
        "@mockoon/cli/bin/run.js",
        *("start", "-d", path, "-p", str(place.port), "-l", "127.0.0.1", "-r", "-X", "--disable-admin-api"),
    )


def _mockoon_response(
    name: str, status: int, body: str, rules: list[dict[str, Any]], *, default: bool
) -> dict[str, Any]:
    return {
        "uuid": name,
        "label": name,
        "statusCode": status,
        "body": body,
        "bodyType": "INLINE",
        "headers": [{"key": "Content-Type", "value": JSON}],
        "latency": 0,
        "filePath": "",
        "sendFileAsBody": False,
        "rules": rules,
        "rulesOperator": "AND",
        "disableTemplating": True,
        "fallbackTo404": False,
        "default": default,
    }


def wiremock(case: Case, place: Place) -> Sequence[str]:
    """As it starts: every request goes into its journal, which grows without end."""
    header, credential = case.credential
    request = {"method": case.method, "urlPath": case.path, "headers": {header: {"equalTo": credential}}}
    response = {"status": 200, "headers": {"Content-Type": JSON}, "body": case.answer}
    place.write("mappings/case.json", {"request": request, "response": response})
    (jar,) = place.modules.glob("wiremock/build/wiremock-standalone-*.jar")
    where = ["--port", str(place.port), "--bind-address", "127.0.0.1", "--root-dir", str(place.folder)]
    return ["java", "-jar", str(jar), *where, "--disable-banner"]


def wiremock_tuned(case: Case, place: Place) -> Sequence[str]:
    """Without journal, log, compression and chunks."""
    flags = ["--no-request-journal", "--disable-request-logging", "--disable-gzip"]
    return [*wiremock(case, place), *flags, "--use-chunked-encoding", "never"]


def json_server(case: Case, place: Place) -> Sequence[str]:
    """A route leads to its resource; the middleware checks the key, as its users write it.

    The middleware also turns POST into GET: the batch is read and its verdict sent, but not kept as a new resource.
    """
    header, credential = case.credential
    answer = place.write("data.json", f'{{"answer": {case.answer}}}')
    routes = place.write("routes.json", {f"{case.path}*": "/answer"})
    known = f"request.get({json.dumps(header)}) === {json.dumps(credential)}"
    middleware = place.write(
        "middleware.js",
        f"""module.exports = (request, response, next) => {{
          if (!({known})) return response.status(401).json({{}});
          request.method = "GET";
          next();
        }};""",
    )
    return place.node(
        "json-server/lib/cli/bin.js",
        *(answer, "-p", str(place.port), "-H", "127.0.0.1", "-r", routes, "-m", middleware),
    )


def mountebank(case: Case, place: Place) -> Sequence[str]:
    """It closes each connection unless the stub says otherwise."""
    header, credential = case.credential
    asked = {"method": case.method, "path": case.path, "headers": {header: credential}}
    headers = {"Content-Type": JSON, "Connection": "keep-alive"}
    answer = {"statusCode": 200, "headers": headers, "body": case.answer}
    stub = {"predicates": [{"equals": asked}], "responses": [{"is": answer}]}
    imposter = {"port": place.port, "host": "127.0.0.1", "protocol": "http", "stubs": [stub]}
    path = place.write("imposters.json", {"imposters": [imposter]})
    return place.node(
        "mountebank/bin/mb",
        *("start", "--configfile", path, "--noParse", "--nologfile", "--loglevel", "error"),
        *("--host", "127.0.0.1", "--port", str(free_port())),
    )


@dataclass(frozen=True)
class Peer:
    """A mock server from npm.

    Attributes:
        name: What the tables call it.
        package: What has to be installed.
        runtime: What it runs on: Node, Java or Rust.
        program: What else has to be on the machine, if anything.
        recipes: The ways to start it, each with the cases that it answers. The tables name those that are not its
            users'.
    """

    name: str
    package: str
    runtime: str
    program: str | None
    recipes: dict[str, tuple[Recipe, Sequence[str]]]

    def version(self, modules: Path) -> str | None:
        """The version in a folder `node_modules`; None if it cannot be started from there."""
        description = modules / self.package / "package.json"
        if not description.exists() or (self.program and shutil.which(self.program) is None):
            return None
        version: str = json.loads(description.read_text())["version"]
        return version

    def servers(self, modules: Path) -> Iterator[Server]:
        """All its forms."""
        for form, (recipe, cases) in self.recipes.items():
            name = f"{self.name}, {form}" if form else self.name
            yield Server(name, self.runtime, _prepare(recipe, modules), cases)


def _prepare(recipe: Recipe, modules: Path) -> Callable[[Case, Path], Launch]:
    def prepare(case: Case, folder: Path) -> Launch:
        place = Place(modules, folder, free_port())
        return Launch(recipe(case, place), folder, lambda: f"http://127.0.0.1:{place.port}")

    return prepare


PEERS = [
    Peer("apimock-rs", APIMOCK, "Rust", None, {"": (apimock, REPEATED)}),
    Peer("Prism", "@stoplight/prism-cli", "Node", "node", {"": (prism, CHECKED), "tuned": (prism_tuned, CHECKED)}),
    Peer("Mockoon", "@mockoon/cli", "Node", "node", {"": (mockoon, CANNED)}),
    Peer("WireMock", "wiremock", "Java", "java", {"": (wiremock, CANNED), "tuned": (wiremock_tuned, REPEATED)}),
    Peer("json-server", "json-server", "Node", "node", {"": (json_server, REPEATED)}),
    Peer("mountebank", "mountebank", "Node", "node", {"": (mountebank, REPEATED)}),
]


def installed(modules: Path) -> tuple[list[Server], dict[str, str]]:
    """The servers in a folder `node_modules`, and the version of each peer, which may be "absent"."""
    versions = {peer.name: peer.version(modules) or ABSENT for peer in PEERS}
    servers = [server for peer in PEERS if versions[peer.name] != ABSENT for server in peer.servers(modules)]
    return servers, versions
