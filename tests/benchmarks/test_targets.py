"""Ratios between this project and its peers, and what becomes of the targets."""

import pytest

from comparison.cases import BATCH, CASES, LARGE, NEW, SMALL
from comparison.measuring import Plan, Reading, Results
from comparison.project import NAME
from comparison.report import Setting, report
from comparison.servers import Server
from comparison.targets import verdicts

PLAN = Plan(seconds=3, warm_up_s=2, starts=1)
SETTING = Setting("2026-01-01", "a processor", "wrk 4", {NAME: "1"})


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


def test_the_report_shows_figures_verdicts_and_failures():
    results = results_of(**{NAME: 3000, "apimock-rs": 1000})
    del results.readings["apimock-rs", SMALL, 1]
    results.failures.append("Prism, start: it does not answer")
    page = report(results, SERVERS[:2], [], PLAN, SETTING)
    assert "| apimock-rs | – | 1,000 | 500 | 1,000 |" in page
    assert "| small page, requests/s: apimock-rs | ≥ 1.5 × | 3.00 × | met |" in page
    assert "- Prism, start: it does not answer" in page
