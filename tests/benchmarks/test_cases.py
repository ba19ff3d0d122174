"""What is asked of the servers: answers are the emulator's, and another one is noticed."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from comparison import prism_document
from comparison.cases import BATCH, HEALTH, LARGE, NEW, SMALL, Case, WrongAnswer, cases_of
from comparison.project import project_server, ready
from comparison.servers import running

REPOSITORY = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends servers by process group")


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    """A server as the benchmark starts it: its URL and its cases."""
    folder = tmp_path_factory.mktemp("emulator")
    with running(project_server(sys.executable, REPOSITORY), HEALTH, folder) as started:
        yield started.url, {case.name: case for case in cases_of(**ready(folder))}


def test_the_emulator_answers_its_own_cases(emulator):
    url, cases = emulator
    for case in cases.values():
        case.check(url)


def test_the_cases_are_of_the_sizes_that_are_compared(emulator):
    _, cases = emulator
    assert len(json.loads(cases[SMALL].answer)["data"]) == 10
    assert len(json.loads(cases[LARGE].answer)["data"]) == 1000
    assert json.loads(cases[BATCH].answer)["data"]["accepted"] == 100
    assert 15_000 < len(cases[BATCH].body) < 17_000


def test_a_server_that_refuses_is_noticed(emulator):
    url, cases = emulator
    with pytest.raises(WrongAnswer, match="401"):
        replace(cases[SMALL], credential=("X-API-Key", "nobody's")).check(url)


def test_prism_gets_one_operation_and_only_what_it_refers_to(emulator):
    _, cases = emulator
    document = prism_document.excerpt(cases[BATCH])
    operation = document["paths"]["/api/data/events"]["post"]
    assert operation["responses"]["200"]["content"]["application/json"]["example"] == json.loads(cases[BATCH].answer)
    assert "InteractionEvent" in document["components"]["schemas"]
    assert "FacialFrame" not in document["components"]["schemas"]


def test_prism_tuned_has_the_example_alone(emulator):
    _, cases = emulator
    (item,) = prism_document.without_response_schema(cases[SMALL])["paths"].values()
    content = item["get"]["responses"]["200"]["content"]["application/json"]
    assert content == {"example": json.loads(cases[SMALL].answer)}


def test_pages_never_asked_before_are_held_against_their_own_records(emulator):
    url, cases = emulator
    page = cases[NEW].ask(url)
    cases[NEW].verify(page, number=cases[NEW].offsets)
    with pytest.raises(WrongAnswer):
        cases[NEW].verify(page, number=1)


def test_an_indented_answer_is_the_same_value_and_half_of_one_is_not():
    case = Case("case", "GET", "/", answer='{"a":[1,2]}')
    case.verify('{\n  "a": [1, 2]\n}')
    for wrong in ('{"a":[1]}', '{"a":[1,', ""):
        with pytest.raises(WrongAnswer):
            case.verify(wrong)
