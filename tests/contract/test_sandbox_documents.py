"""Documents are made of the sandbox that is asked: its world, its settings, and the prefix that names it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from document_support import (
    APIS,
    ROWS,
    ask_example,
    described,
    error_named,
    examples_of,
    prefix_of,
    sandbox_named,
    served,
)
from flask import Flask

from mockserver import Settings, create_app
from mockserver.door.apis import ApiName
from mockserver.openapi.example import Example
from mockserver.openapi.notes import ORIGIN
from mockserver.sandbox.sandboxes import Order, Sandboxes

# Sandbox to its settings; links of the second are signed with a secret of its own.
WORLDS = {
    "small": Settings(scenario="pair"),
    "other": Settings(scenario="technical", reading="observed", link_secret="another secret", max_body_bytes=5000),
}


# A minute after the small scenario's room has begun.
EARLY_MS = 1_729_434_660_000
# What agents did and cost; where the world has none, the examples of createExperiment and createDeployment make them.
OF_AGENTS = {
    "createDeployment", "runMoreRooms", "stopRoom", "retryRoom", "getAgentDecisionsByExperiment",
    "getAgentDecisionsByRoom", "getAgentDecision", "getAgentRuns", "getAgentSpend",
}  # fmt: skip


@pytest.fixture(scope="module")
def app() -> Flask:
    """Two worlds beside the default one, which nothing is written to."""
    return make_app()


def make_app() -> Flask:
    made = create_app(Settings(scenario="demo"))
    for name, settings in WORLDS.items():
        sandboxes_of(made).create(name, Order(settings))
    sandboxes_of(made).create("early", Order(Settings(scenario="pair"), now_ms=EARLY_MS))
    return made


def sandboxes_of(app: Flask) -> Sandboxes:
    found: Sandboxes = app.extensions["mockserver"]
    return found


@pytest.mark.parametrize("api", APIS)
def test_documents_need_no_scenario_file_once_it_is_read(tmp_path: Path, api: ApiName) -> None:
    """What is served is described, whatever happened to the file since."""
    scenario = tmp_path / "mine.toml"
    scenario.write_text('extends = "pair"\nabout = "A file that will be gone"\n', encoding="utf-8")
    app = create_app(Settings(scenario=str(scenario)))
    scenario.unlink()
    assert served(app, api)["paths"].keys() == served(create_app(Settings(scenario="pair")), api)["paths"].keys()


@pytest.mark.parametrize("name", WORLDS)
def test_every_example_request_works_in_its_sandbox(name: str) -> None:
    """Sent alone to the sandbox whose document shows it; those on agents once agents are launched as shown."""
    app = make_app()
    examples = {id_: example for api in APIS for id_, example in examples_of(app, api, name).items()}
    assert {"getEventsByRoom", "getRecordingFile", "createPersona", "ingestFacial", "changeClock"} <= examples.keys()
    for id_, example in examples.items():
        if ROWS[id_].method != "GET":
            sandboxes_of(app).reset(name)
        answer = ask_example(app, ROWS[id_], example, name)
        if answer.status_code == 404 and id_ in OF_AGENTS:
            launch(app, examples, name)
            answer = ask_example(app, ROWS[id_], example, name)
        before = {"deleteSandbox": "createSandbox", "removeFault": "setFault"}.get(id_)
        if before is not None:
            ask_example(app, ROWS[before], examples[before], name)
            answer = ask_example(app, ROWS[id_], example, name)
        assert answer.status_code in (ROWS[id_].status, *ROWS[id_].also), (id_, answer.text)


def launch(app: Flask, examples: dict[str, Example], name: str) -> None:
    """Send the examples that make agents, in a sandbox that is as it was, and let them decide something."""
    sandboxes_of(app).reset(name)
    ask_example(app, ROWS["createExperiment"], examples["createExperiment"], name)
    assert ask_example(app, ROWS["createDeployment"], examples["createDeployment"], name).status_code == 201
    sandbox_named(app, name).clock.advance(5_000)


@pytest.mark.parametrize("name", [*WORLDS, "early"])
def test_the_answers_shown_are_those_of_the_sandbox(app: Flask, name: str) -> None:
    """Value by value, links included, as its clock said first, where nothing had to be created before."""
    told = served(app, "hyperstudy", name)
    examples = examples_of(app, "hyperstudy", name)
    shown = {operation["operationId"]: operation["responses"] for _, _, operation in described(told)}
    for id_ in ("getEventsByRoom", "getRecordingsByRoom", "getSyncByParticipant", "checkAccess", "getCounts"):
        answer = ask_example(app, ROWS[id_], examples[id_], name)
        assert answer.status_code == 200
        assert answer.get_json() == shown[id_]["200"]["content"]["application/json"]["example"], id_


def test_worlds_do_not_mix(app: Flask) -> None:
    """Each document names the ids of its own world, in whatever order they are asked for."""
    told = {name: str(served(app, "hyperstudy", name)) for name in ("default", *WORLDS, "small", "default")}
    rooms = {name: sandbox_named(app, name).world.sample_ids()["room"] for name in told}
    assert len(set(rooms.values())) == 3
    for name, text in told.items():
        assert {other for other, room in rooms.items() if f"'{room}'" in text} == {name}


def test_settings_of_the_sandbox_are_in_its_document(app: Flask) -> None:
    """The reading and the largest body."""
    for name, code, most in (("small", "UNAUTHORIZED", "10485760"), ("other", "AUTHENTICATION_ERROR", "5000")):
        found = served(app, "hyperstudy", name)
        assert error_named(found, "Unauthorized")["error"]["code"] == code
        assert most in error_named(found, "TooLarge")["error"]["message"]


# --- the prefix -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["default", *WORLDS])
@pytest.mark.parametrize("api", APIS)
def test_requests_go_where_the_document_came_from(app: Flask, api: ApiName, name: str) -> None:
    """The base of all paths has the prefix, in JSON and in YAML."""
    base = prefix_of(name) + APIS[api].base_path
    assert [server["url"] for server in served(app, api, name)["servers"]] == [base]
    assert f"\n- url: {base}\n" in app.test_client().get(f"{base}/openapi.yaml").text


def test_however_the_sandbox_was_named_its_document_leads_back_to_it(app: Flask) -> None:
    """Who asks with a header gets the prefix, since those who read the document send no header."""
    answer = app.test_client().get("/api/v3/openapi.json", headers={"X-Mock-Sandbox": "small"})
    assert answer.get_json() == served(app, "hyperstudy", "small")


@pytest.mark.parametrize("name", WORLDS)
def test_links_in_examples_keep_the_prefix_and_work(app: Flask, name: str) -> None:
    """A recording's link, copied from the document, opens the file in that sandbox."""
    links = list(links_in(served(app, "hyperstudy", name)))
    assert links
    for link in links:
        assert link.path.startswith(f"/_mock/s/{name}/api/v3/files/recordings/")
        answer = app.test_client().get(f"{link.path}?{link.query}", headers={"Range": "bytes=0-9"})
        assert (answer.status_code, len(answer.data)) == (206, 10)


def links_in(value: Any) -> Iterator[Any]:
    """Every link to a file in a document, those within texts too."""
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from links_in(part)
    elif isinstance(value, str) and value.startswith(ORIGIN):
        yield urlsplit(value)
    elif isinstance(value, str):
        yield from map(urlsplit, re.findall(re.escape(ORIGIN) + r"""/[^\s"',]+""", value))
