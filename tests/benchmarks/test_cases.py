"""What is asked of the servers: answers are the emulator's, and another one is noticed."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from comparison import prism_document
from comparison.account import Account
from comparison.batches import BAD, FACIAL, SMALL_BATCH, VALID, new_batch_cases
from comparison.cases import BATCH, DEMO, LARGE, LARGE_EVENTS, LARGE_SYNC, NEW, SMALL, Case, WrongAnswer
from comparison.first_page import time_all
from comparison.long_csv import digest_of, read_all
from comparison.new_pages import EVENTS, RATINGS, SYNC, List, first_page, new_page_at, new_page_cases
from comparison.project import fresh, project_server
from comparison.repeated import repeated_cases
from comparison.sandboxes import DELETE, MAKE, RESET, rounds
from comparison.variations import CSV, JSON, head_and_records

REPOSITORY = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends servers by process group")


@pytest.fixture(scope="module")
def server():
    """A server as the benchmark starts it, and its account."""
    with fresh(project_server(sys.executable, REPOSITORY), DEMO) as server:
        yield server


@pytest.fixture(scope="module")
def account(server) -> Account:
    """How it is reached."""
    return server[1]


@pytest.fixture(scope="module")
def cases(account: Account) -> dict[str, Case]:
    """All that is asked of the default world, by name."""
    every = [*repeated_cases(account), *new_page_cases(account), *new_batch_cases(account)]
    return {case.name: case for case in every}


def test_the_emulator_answers_its_own_cases(account, cases):
    for case in cases.values():
        case.check(account.url)


def test_the_cases_are_of_the_sizes_that_are_compared(cases):
    assert len(json.loads(cases[SMALL].answer)["data"]) == 10
    for name in (LARGE, LARGE_EVENTS, LARGE_SYNC):
        assert len(json.loads(cases[name].answer)["data"]) == 1000
    for name in (BATCH, FACIAL):
        assert json.loads(cases[name].answer)["data"]["accepted"] == 100
    assert 15_000 < len(cases[BATCH].body) < 17_000


@pytest.mark.parametrize(("name", "data_type"), [(LARGE, RATINGS), (LARGE_EVENTS, EVENTS), (LARGE_SYNC, SYNC)])
def test_canned_pages_are_of_the_same_list_and_bytes_as_new_ones(cases, name, data_type):
    new = cases[List(DEMO, data_type, JSON).name]
    assert new.target == cases[name].target
    assert new.answer == cases[name].answer


def test_a_server_that_refuses_is_noticed(account, cases):
    with pytest.raises(WrongAnswer, match="401"):
        replace(cases[SMALL], credential=("X-API-Key", "nobody's")).check(account.url)


def test_prism_gets_one_operation_and_only_what_it_refers_to(cases):
    document = prism_document.excerpt(cases[BATCH])
    operation = document["paths"]["/api/data/events"]["post"]
    assert operation["responses"]["200"]["content"]["application/json"]["example"] == json.loads(cases[BATCH].answer)
    assert "InteractionEvent" in document["components"]["schemas"]
    assert "FacialFrame" not in document["components"]["schemas"]


def test_prism_tuned_has_the_example_alone(cases):
    (item,) = prism_document.without_response_schema(cases[SMALL])["paths"].values()
    content = item["get"]["responses"]["200"]["content"]["application/json"]
    assert content == {"example": json.loads(cases[SMALL].answer)}


def test_pages_never_asked_before_are_held_against_their_own_records(account, cases):
    page = cases[NEW].ask(account.url)
    cases[NEW].verify(page, number=0)
    with pytest.raises(WrongAnswer):
        cases[NEW].verify(page, number=1)


@pytest.mark.parametrize("form", [JSON, CSV])
def test_a_new_page_is_what_the_emulator_answers_at_its_place(account, cases, form):
    """Windows take turns, so the fourth page of the second window is three turns after its first."""
    case = cases[List(DEMO, RATINGS, form).name]
    windows = case.variation.windows
    number = 1 + 3 * len(windows)
    offset = windows[1].offset + 3
    page = replace(case, query=f"{case.query}&offset={offset}").ask(account.url)
    case.verify(page, number)
    assert len(head_and_records(page, form)[1]) == 1000
    with pytest.raises(WrongAnswer):
        case.verify(page, number + len(windows))


def test_a_csv_with_other_columns_is_noticed(account, cases):
    case = cases[List(DEMO, EVENTS, CSV).name]
    page = case.ask(account.url)
    case.verify(page)
    with pytest.raises(WrongAnswer):
        case.verify(page.replace("eventType", "kind", 1))


def test_a_far_page_is_told_by_a_larger_one(account):
    case = new_page_at(account, "far", 17_000)
    answer = replace(case, query="limit=1000&offset=17000").ask(account.url)
    assert case.variation.windows[0].offset == 17_000
    case.verify(answer)
    with pytest.raises(WrongAnswer):
        case.verify(replace(case, query="limit=1000&offset=16999").ask(account.url))


@pytest.mark.parametrize("kind", ["events", "facial", "voice"])
def test_half_of_a_bad_batch_is_refused_for_documented_reasons(cases, kind):
    verdict = json.loads(cases[BAD[kind]].answer)["data"]
    assert (verdict["accepted"], verdict["rejected"]) == (50, 50)
    assert [rejection["index"] for rejection in verdict["rejections"]] == list(range(1, 100, 2))
    assert verdict["rejections"][0]["reason"].startswith("Missing required field: ")
    assert len({rejection["reason"] for rejection in verdict["rejections"]}) == 3


def test_batches_are_of_the_sizes_that_their_names_tell(cases):
    sizes = {name: len(json.loads(cases[name].body)["batch"]) for name in (SMALL_BATCH, *VALID.values(), *BAD.values())}
    assert sizes.pop(SMALL_BATCH) == 10
    assert set(sizes.values()) == {100}


def test_a_verdict_of_another_session_is_noticed(account, cases):
    case = cases[VALID["voice"]]
    with pytest.raises(WrongAnswer):
        case.verify(case.ask(account.url), number=7)


def test_new_batches_are_not_suspicious_and_repeated_ones_are(account, cases):
    """What the lint has to tell would be work that nobody compares."""
    cases[BATCH].check(account.url)
    for name in (*VALID.values(), *BAD.values(), SMALL_BATCH):
        replace(cases[name], body=cases[name].body.replace(b"sess_0", name.encode())).ask(account.url)
    warnings = json.loads(Case("lint", "GET", "/_mock/lint").ask(account.url))["warnings"]
    assert {warning["sessionId"] for warning in warnings} & {"sess_001", *cases} == {"sess_001"}


def test_clients_who_ask_at_once_all_have_to_get_the_page(account):
    case = first_page(account, SYNC)
    assert time_all(account.url, case, 3) > 0
    with pytest.raises(WrongAnswer, match="another body"):
        time_all(account.url, replace(case, answer="{}"), 3)
    with pytest.raises(WrongAnswer, match="status 401"):
        time_all(account.url, replace(case, credential=("X-API-Key", "nobody's")), 3)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_long_csv_is_the_same_in_larger_pages(server):
    started, account = server
    case, records = first_page(account, RATINGS), 10_000
    digest = digest_of(account.url, case, records)
    reading = read_all(account.url, started.pid, case, digest, records)
    assert 1000 < reading.records_per_core_s <= 1_000_000
    with pytest.raises(WrongAnswer, match="10,000 records of CSV are not the same"):
        read_all(account.url, started.pid, case, digest_of(account.url, case, 5_000), records)
    with pytest.raises(WrongAnswer, match="not a page of 10,000 records"):
        read_all(account.url, started.pid, first_page(account, SYNC), digest, records)


def test_sandboxes_are_made_reset_and_deleted_in_turn(account):
    steps = list(rounds(account.url, account.token, 2))
    assert [step for step, _ in steps] == [MAKE, RESET, DELETE] * 2
    assert all(took_ms > 0 for _, took_ms in steps)


def test_a_sandbox_that_is_there_already_is_noticed(account):
    steps = rounds(account.url, account.token, 1)
    next(steps)
    with pytest.raises(WrongAnswer, match="status 200"):
        next(rounds(account.url, account.token, 1))
    assert [step for step, _ in steps] == [RESET, DELETE]


def test_an_indented_answer_is_the_same_value_and_half_of_one_is_not():
    case = Case("case", "GET", "/", answer='{"a":[1,2]}')
    case.verify('{\n  "a": [1, 2]\n}')
    for wrong in ('{"a":[1]}', '{"a":[1,', ""):
        with pytest.raises(WrongAnswer):
            case.verify(wrong)
