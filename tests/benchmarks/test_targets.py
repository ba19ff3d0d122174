"""Ratios between this project and its peers, and what becomes of the targets."""

import pytest

from comparison import own
from comparison.batches import BAD, FACIAL, VALID
from comparison.cases import BATCH, CASES, DEMO, HUGE, LARGE, LARGE_EVENTS, LARGE_SYNC, NEW, SMALL
from comparison.measuring import GROUPS, Plan, Reading, Results
from comparison.new_pages import EVENTS, RATINGS, SYNC, List
from comparison.project import NAME
from comparison.report import BEGIN, END, Setting, report, with_summary
from comparison.servers import Server
from comparison.targets import verdicts
from comparison.variations import JSON

PLAN = Plan(seconds=3, warm_up_s=2, starts=1, groups=GROUPS)
SETTING = Setting("2026-01-01", "a processor", "wrk 4", {NAME: "1", "Prism": "5", "Mockoon": "absent"})


def nobody(_case, _folder):
    raise AssertionError("nothing is started here")


SERVERS = [
    Server(NAME, "Python", nobody, CASES),
    Server("apimock-rs", "Rust", nobody, ()),
    Server("Prism", "Node", nobody, ()),
    Server("Prism, tuned", "Node", nobody, ()),
]


def results_of(**speeds: float) -> Results:
    """Every case at so many requests/s on sixteen connections, half of it on one, at 1000 / speed ms each."""
    results = Results()
    for name, speed in speeds.items():
        for case in CASES:
            results.readings[name, case, 16] = Reading(speed, 1000 / speed, resident_mb=100)
            results.readings[name, case, 1] = Reading(speed / 2, 1000 / speed, resident_mb=90)
    return results


def judged(results: Results) -> dict[str, tuple[float | None, bool | None]]:
    return {verdict.claim: (verdict.measured, verdict.met) for verdict in verdicts(results, SERVERS)}


def test_faster_and_cheaper_than_the_rust_one_is_above_one():
    by_claim = judged(results_of(**{NAME: 3000, "apimock-rs": 1000}))
    assert by_claim["small page, processor time: apimock-rs"] == (pytest.approx(3.0), True)
    assert by_claim["page of 1,000, requests/s: apimock-rs"] == (pytest.approx(3.0), True)


def test_slower_than_the_rust_one_misses_the_target():
    by_claim = judged(results_of(**{NAME: 1000, "apimock-rs": 2000}))
    assert by_claim["small page, requests/s: apimock-rs"] == (pytest.approx(0.5), False)
    assert by_claim["small page, processor time: apimock-rs"] == (pytest.approx(0.5), False)


def test_the_best_form_of_a_peer_counts():
    by_claim = judged(results_of(**{NAME: 4000, "Prism": 500, "Prism, tuned": 2000}))
    assert by_claim["small page, requests/s: best of Node and Java"] == (pytest.approx(2.0), False)
    assert by_claim["small page, processor time: best of Node and Java"] == (pytest.approx(2.0), False)


def test_a_page_never_asked_before_is_held_against_the_repeated_one_of_prism():
    results = results_of(**{NAME: 1000, "Prism": 800})
    results.readings[NAME, NEW, 16] = Reading(400, 2.5, 100)
    assert judged(results)["small page, new, requests/s: small page of Prism"] == (pytest.approx(0.5), False)


def test_sixteen_connections_are_held_against_one():
    results = results_of(**{NAME: 1000})
    results.readings[NAME, LARGE, 16] = Reading(400, 1, 100)
    by_claim = judged(results)
    assert by_claim["small page, requests/s: 16 connections to 1"] == (pytest.approx(2.0), True)
    assert by_claim["page of 1,000, requests/s: 16 connections to 1"] == (pytest.approx(0.8), False)


def test_a_start_is_the_median_and_less_is_better():
    results = Results()
    results.starts_s[NAME] += [0.7, 9.0, 0.6]
    results.starts_s["Prism"] += [1.0]
    assert judged(results)["start to first answer: Prism"] == (pytest.approx(0.7), True)


def test_memory_grows_by_pages_and_not_by_batches():
    results = results_of(**{NAME: 1000})
    results.idle_mb[NAME] += [75.0]
    results.readings[NAME, BATCH, 16] = Reading(1000, 1, resident_mb=900)
    by_claim = judged(results)
    assert by_claim["memory idle"] == (75.0, True)
    assert by_claim["growth of memory by pages"] == (25.0, True)


def test_what_is_absent_is_not_judged():
    assert judged(results_of(**{NAME: 1000}))["small page, requests/s: apimock-rs"] == (None, None)


def test_a_new_page_is_held_against_the_canned_one_of_the_same_list_at_one_and_sixteen():
    results = Results()
    for data_type, canned, speed in ((RATINGS, LARGE, 100), (EVENTS, LARGE_EVENTS, 200), (SYNC, LARGE_SYNC, 400)):
        for connections in (1, 16):
            page = List(DEMO, data_type, JSON).name
            results.readings[NAME, page, connections] = Reading(400 * connections, 2 / connections, 100)
            results.readings["Mockoon", canned, connections] = Reading(speed, 3, 100)
    by_claim = judged(results)
    ratings, events, sync = (f"new page, {kind} of demo, json" for kind in (RATINGS, EVENTS, SYNC))
    assert by_claim[f"{ratings}, requests/s, 1 conn.: canned page of Mockoon"] == (4.0, True)
    assert by_claim[f"{events}, requests/s, 16 conn.: canned page of Mockoon"] == (32.0, True)
    assert by_claim[f"{sync}, requests/s, 1 conn.: canned page of Mockoon"] == (1.0, True)
    assert by_claim[f"{sync}, processor time, 16 conn.: canned page of Mockoon"] == (24.0, True)
    assert by_claim[f"new page, {EVENTS} of huge, json, requests/s, 1 conn.: canned page of Mockoon"] == (None, None)


def test_sync_may_be_half_as_fast_as_the_canned_page_and_events_may_not():
    results = Results()
    for data_type, canned in ((EVENTS, LARGE_EVENTS), (SYNC, LARGE_SYNC)):
        results.readings[NAME, List(HUGE, data_type, JSON).name, 16] = Reading(60, 1, 100)
        results.readings["Mockoon", canned, 16] = Reading(100, 1, 100)
    by_claim = judged(results)
    assert by_claim["new page, sync of huge, json, requests/s, 16 conn.: canned page of Mockoon"] == (0.6, True)
    assert by_claim["new page, events of huge, json, requests/s, 16 conn.: canned page of Mockoon"] == (0.6, False)


def test_a_small_new_page_has_to_be_faster_than_prism_as_it_starts():
    results = results_of(**{NAME: 1200, "Prism": 1000, "Prism, tuned": 9000})
    claim = "small page, new, requests/s: small page of Prism as it starts"
    assert judged(results)[claim] == (pytest.approx(1.2), False)


def test_a_new_batch_is_held_against_a_valid_one_of_each_form_of_prism():
    results = Results()
    results.readings[NAME, VALID["facial"], 16] = Reading(500, 0.5, 100)
    results.readings[NAME, BAD["facial"], 16] = Reading(300, 2.0, 100)
    results.readings["Prism", FACIAL, 16] = Reading(100, 3.0, 100)
    results.readings["Prism, tuned", FACIAL, 16] = Reading(250, 1.0, 100)
    by_claim = judged(results)
    valid, bad = VALID["facial"], BAD["facial"]
    assert by_claim[f"{valid}, requests/s: valid batch of Prism"] == (5.0, True)
    assert by_claim[f"{valid}, processor time: valid batch of Prism, tuned"] == (2.0, False)
    assert by_claim[f"{bad}, requests/s: valid batch of Prism, tuned"] == (1.2, True)
    assert by_claim[f"{bad}, processor time: valid batch of Prism, tuned"] == (0.5, False)
    assert by_claim[f"{VALID['events']}, requests/s: valid batch of Prism"] == (None, None)


def test_sixteen_at_once_may_wait_half_as_long_again_as_one():
    results = Results()
    for clients, values in ((1, [100.0, 900.0, 110.0]), (16, [150.0, 154.0, 600.0])):
        for value in values:
            results.add(own.first_figure(EVENTS, clients, own.TIME), value)
            results.add(own.first_figure(SYNC, clients, own.PROCESSOR), value * clients)
    by_claim = judged(results)
    assert by_claim["first page of events of huge, time: 16 clients at once to 1"] == (1.4, True)
    assert by_claim["first page of sync of huge, processor time: 16 clients at once to 1"] == (
        pytest.approx(22.4),
        False,
    )


def test_the_far_page_is_held_against_the_first():
    results = Results()
    for place, value in (("offset 0", 2.0), ("offset 99,999,000", 3.0)):
        results.add(own.page_figure(place, own.TIME), value)
    claim = "new page of ratings of huge at offset 99,999,000, time: offset 0"
    assert judged(results)[claim] == (1.5, False)


def test_csv_and_the_import_have_numbers_to_reach():
    results = Results()
    for figure, value in ((own.CSV_SPEED, 1_200_000.0), (own.CSV_GROWTH, 12.0), (own.IMPORT, 9.5)):
        results.add(figure, value)
    by_claim = judged(results)
    assert by_claim[own.CSV_SPEED.name] == (1_200_000.0, True)
    assert by_claim[own.CSV_GROWTH.name] == (12.0, False)
    assert by_claim[own.IMPORT.name] == (9.5, True)


def test_a_load_too_short_to_be_seen_in_processor_time_is_not_judged():
    results = results_of(**{NAME: 1000, "Prism": 800})
    results.readings[NAME, SMALL, 16] = Reading(100, 0.0, 100)
    assert judged(results)["small page, processor time: best of Node and Java"] == (None, None)


def test_the_report_shows_figures_verdicts_and_failures():
    results = results_of(**{NAME: 3000, "apimock-rs": 1000})
    del results.readings["apimock-rs", SMALL, 1]
    results.failures.append("Prism, start: it does not answer")
    results.readings[NAME, VALID["voice"], 1] = Reading(50, 1.5, 100)
    results.add(own.IMPORT, 8.25)
    page = report(results, SERVERS[:2], [], PLAN, SETTING)
    assert "| apimock-rs | – | 1,000 | 500 | 1,000 |" in page
    assert "| small page, requests/s: apimock-rs | ≥ 1.5 × | 3.00 × | met |" in page
    assert "- Prism, start: it does not answer" in page
    assert "| new batch of 100 voice | – | 50 | – | 1.500 | – |" in page
    assert "| import mockserver, processor time | 8.25 ms | 1 |" in page
    assert (
        "| new page, sync of demo, json, requests/s, 1 conn.: canned page of Mockoon | ≥ 0.5 × | – | not measured |"
        in page
    )
    assert "- Absent: Mockoon." in page


def test_a_part_of_a_run_judges_what_it_measured():
    results = Results()
    results.add(own.IMPORT, 12.0)
    page = report(results, SERVERS, [], Plan(3, 2, 1, ["import"]), SETTING)
    assert page.partition("## Targets")[2].count("\n| ") == 3
    assert "| import mockserver, processor time | ≤ 10 ms | 12.00 ms | **missed** |" in page


def test_the_summary_goes_between_its_marks_with_a_line_for_each_target():
    results = results_of(**{NAME: 3000, "apimock-rs": 2000})
    results.add(own.IMPORT, 8.25)
    text = with_summary(f"before\n{BEGIN}\nold\n{END}\nafter\n", results, SERVERS, SETTING)
    assert text.startswith(f"before\n{BEGIN}\n\n- 2026-01-01. a processor. wrk 4.\n")
    assert text.endswith(f"|\n\n{END}\nafter\n")
    assert "old" not in text
    assert "- Absent: Mockoon.\n" in text
    assert "| small page: apimock-rs | ≥ 2.0 × | processor time **1.50 ×** |" in text
    assert "| page of 1,000: apimock-rs | ≥ 1.5 × | processor time 1.50 ×, requests/s 1.50 × |" in text
    assert "| import mockserver, processor time | ≤ 10 ms | 8.25 ms |" in text
    assert with_summary(text, results, SERVERS, SETTING) == text


def test_a_page_without_the_marks_is_refused():
    with pytest.raises(ValueError, match="there are no lines <!-- speed"):
        with_summary("before", Results(), SERVERS, SETTING)
