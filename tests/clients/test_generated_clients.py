"""Clients that code generators make of the served document: they compile, and call everything that reads.

Each is made of the document as the demo world serves it, type-checked in the strictest way that its language has, and
sent to every `GET` that answers JSON, over a socket. The generators come from PyPI and npm, so this is a part of the
thorough run; what the machine itself lacks (Java, Node, Go) is said where it is looked for.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from client_programs import go_program, hey_api_program, openapi_fetch_program, typescript_fetch_program
from emulator import Emulator

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(900)]

HERE = Path(__file__).parent
KEY = "hst_live_your_key_here"
TIMEOUT_S = 600
# Strict, and for Node as it is.
TSC = ("--strict", "--target", "es2022", "--module", "commonjs", "--moduleResolution", "node10", "--skipLibCheck")
GO_MODULE = "example.com/client"

Call = dict[str, Any]


def run(*command: object, cwd: Path, **environment: str) -> str:
    """What a program prints; it has to succeed."""
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True,
        timeout=TIMEOUT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, (command, done.stdout[-5000:], done.stderr[-5000:])
    return done.stdout


def program(name: str, package: str) -> str:
    """A program of the machine's own."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} on this machine: Debian has it in {package}")
    return found


@dataclass(frozen=True)
class Task:
    """What a client is made of, and what it has to call.

    Attributes:
        document: The file with the served document.
        calls: Every `GET` that answers JSON, with the parameters of its example.
        folder: For what is made.
    """

    url: str
    document: Path
    calls: Sequence[Call]
    folder: Path

    @property
    def call_file(self) -> Path:
        path = self.folder / "calls.json"
        path.write_text(json.dumps(self.calls), encoding="utf-8")
        return path

    def check(self, printed: str) -> None:
        """All of it was called, and nothing twice."""
        assert printed.split() == [call["id"] for call in self.calls]


@pytest.fixture
def task(demo_server: Emulator, tmp_path: Path) -> Task:
    document = requests.get(f"{demo_server.api_url}/openapi.json", timeout=60).json()
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return Task(demo_server.api_url, path, list(calls_of(document)), tmp_path)


def calls_of(document: Any) -> Iterator[Call]:
    """The operations that read, with the parameters of their examples."""
    for template, methods in document["paths"].items():
        operation = methods.get("get")
        content = operation and operation["responses"]["200"]["content"].get("application/json")
        if content:
            parameters = [_resolved(document, one) for one in operation.get("parameters", [])]
            shown = {
                place: {one["name"]: one["example"] for one in parameters if one["in"] == place and "example" in one}
                for place in ("path", "query")
            }
            url = template
            for name, value in shown["path"].items():
                url = url.replace("{" + name + "}", str(value))
            schema = content["schema"]["$ref"].rpartition("/")[2]
            yield {
                "id": operation["operationId"], "tag": operation["tags"][0], "template": template, "url": url,
                "schema": schema, **shown,
            }  # fmt: skip


def _resolved(document: Any, value: Any) -> Any:
    if "$ref" not in value:
        return value
    return document["components"]["parameters"][value["$ref"].rpartition("/")[2]]


def test_everything_that_reads_is_called(task: Task) -> None:
    """The list is not short by mistake, and each of its requests works."""
    assert len(task.calls) > 50
    for call in task.calls:
        answer = requests.get(task.url + call["url"], call["query"], headers={"X-API-Key": KEY}, timeout=60)
        assert answer.status_code == 200, call


# --- Python -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that has the generators."""
    folder = tmp_path_factory.mktemp("generators") / "python"
    run(sys.executable, "-m", "venv", folder, cwd=HERE)
    run(folder / "bin" / "pip", "install", "--quiet", "--requirement", "requirements.txt", cwd=HERE)
    return folder / "bin"


def call_with_python(task: Task, python: Path, driver: str, made: Path) -> None:
    """Run a driver with the client that lies in a folder."""
    command = (python / "python", HERE / "drivers" / driver, task.url, KEY, task.call_file)
    task.check(run(*command, cwd=task.folder, PYTHONPATH=str(made)))


def test_openapi_python_client(task: Task, python: Path) -> None:
    """Every answer is read as what the document says it is."""
    made = task.folder / "client"
    run(python / "openapi-python-client", "generate", "--path", task.document, "--meta", "none",
        "--output-path", made, cwd=task.folder)  # fmt: skip
    call_with_python(task, python, "with_openapi_python_client.py", task.folder)


def test_pydantic(task: Task, python: Path) -> None:
    """The models of datamodel-code-generator read every answer."""
    run(python / "datamodel-codegen", "--input", task.document, "--input-file-type", "openapi", "--output", "models.py",
        "--output-model-type", "pydantic_v2.BaseModel", "--target-python-version", "3.11", cwd=task.folder)  # fmt: skip
    call_with_python(task, python, "with_pydantic.py", task.folder)


# --- openapi-generator ------------------------------------------------------------------------------


@pytest.fixture
def generate(task: Task, python: Path) -> Callable[..., Path]:
    """Makes a client with openapi-generator's jar, and says where it is."""
    java = program("java", "default-jre-headless")
    (jar,) = python.parent.glob("lib/python*/site-packages/openapi_generator_cli/openapi-generator.jar")

    def made(name: str, *options: str) -> Path:
        folder = task.folder / "made"
        tests = "apiTests=false,modelTests=false,apiDocs=false,modelDocs=false"
        run(java, "-jar", jar, "generate", "-g", name, "-i", task.document, "-o", folder, "--global-property", tests,
            *options, cwd=task.folder)  # fmt: skip
        return folder

    return made


def test_openapi_generator_for_python(task: Task, python: Path, generate: Callable[..., Path]) -> None:
    """Every answer is read as what the document says it is."""
    made = generate("python")
    call_with_python(task, python, "with_openapi_generator.py", made)


def test_openapi_generator_for_go(task: Task, generate: Callable[..., Path]) -> None:
    """It is vetted, which finds what is declared twice, and needs no module but Go's own."""
    go = program("go", "golang-go")
    owner, repository = GO_MODULE.rsplit("/", 1)
    made = generate("go", "--additional-properties", "packageName=client,generateInterfaces=false",
                    "--git-host", owner, "--git-user-id", "", "--git-repo-id", repository)  # fmt: skip
    module = f"module {GO_MODULE}\n\ngo 1.19\n"
    (made / "go.mod").write_text(module, encoding="utf-8")
    (made / "go.sum").unlink(missing_ok=True)
    (made / "call").mkdir()
    (made / "call" / "main.go").write_text(go_program(task.calls, GO_MODULE), encoding="utf-8")
    offline = {"GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOCACHE": str(task.folder / "cache")}
    run(go, "vet", "./...", cwd=made, **offline)
    task.check(run(go, "run", "./call", task.url, KEY, cwd=made, **offline))


# --- TypeScript -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where npm has installed the generators."""
    program("node", "nodejs")
    npm = program("npm", "npm")
    folder = tmp_path_factory.mktemp("node")
    shutil.copy(HERE / "package.json", folder)
    run(npm, "install", "--no-audit", "--no-fund", "--no-package-lock", cwd=folder)
    return folder / "node_modules"


def call_with_typescript(task: Task, node_modules: Path, source: str) -> None:
    """Type-check a program together with the client that it imports, and run it."""
    (task.folder / "node_modules").symlink_to(node_modules)
    (task.folder / "main.ts").write_text(source, encoding="utf-8")
    run(node_modules / ".bin" / "tsc", *TSC, "--outDir", "out", "main.ts", cwd=task.folder)
    (main,) = (task.folder / "out").rglob("main.js")
    task.check(run("node", main, task.url, KEY, cwd=task.folder))


def test_openapi_typescript(task: Task, node_modules: Path) -> None:
    """The types of openapi-typescript, with openapi-fetch as their client."""
    run(node_modules / ".bin" / "openapi-typescript", task.document, "-o", task.folder / "schema.ts", cwd=task.folder)
    call_with_typescript(task, node_modules, openapi_fetch_program(task.calls))


def test_hey_api_with_zod(task: Task, node_modules: Path) -> None:
    """Every answer is what its zod schema wants."""
    run(node_modules / ".bin" / "openapi-ts", "-i", task.document, "-o", task.folder / "made", "-p",
        "@hey-api/typescript", "@hey-api/sdk", "@hey-api/client-fetch", "zod", cwd=task.folder)  # fmt: skip
    call_with_typescript(task, node_modules, hey_api_program(task.calls))


def test_openapi_generator_for_typescript(task: Task, node_modules: Path, generate: Callable[..., Path]) -> None:
    """The classes of typescript-fetch."""
    generate("typescript-fetch")
    call_with_typescript(task, node_modules, typescript_fetch_program(task.calls))
