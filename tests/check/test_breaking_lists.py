"""Breaking totals, pages, formats or what people share makes exactly that invariant's line red."""

from typing import Any

import pytest
from check_support import Record, broken, change_written, results_of
from flask import Response, request

from mockserver.check.transport import InProcessTransport, Received
from mockserver.hyperstudy import data, sending
from mockserver.hyperstudy.pages import Page


def test_a_wrong_total_breaks_invariant_11(monkeypatch: pytest.MonkeyPatch) -> None:
    """A participant's messages are counted twice."""
    count = Page.as_pagination

    def miscounted(page: Page) -> dict[str, Any]:
        return {**count(page), "total": page.total + ("/chat/participant/" in request.path)}

    monkeypatch.setattr(Page, "as_pagination", miscounted)
    results = results_of()
    assert broken(results) == [11]
    assert "sum up to" in str(results[11].broken)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("path", "name"),
    [("/data/counts/participant/", b'"chat":'), ("/api/v3/experiments?", b'"participantCount":')],
)
def test_another_count_breaks_invariant_11(path: str, name: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts rooms, people or records elsewhere has to count the same."""
    ask = InProcessTransport.ask

    def miscounting(transport: InProcessTransport, method: str, target: str, headers: Any) -> Received:
        answer = ask(transport, method, target, headers)
        body = answer.body.replace(name, name + b"1", 1) if path in target else answer.body
        return Received(answer.status, answer.headers, body)

    monkeypatch.setattr(InProcessTransport, "ask", miscounting)
    assert broken(results_of()) == [11]


@pytest.mark.thorough
def test_pages_that_skip_a_record_break_invariant_12(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next page begins one record too late."""
    count = Page.as_pagination

    def skipping(page: Page) -> dict[str, Any]:
        block = count(page)
        return {**block, "nextOffset": block["nextOffset"] + 1} if "nextOffset" in block else block

    monkeypatch.setattr(Page, "as_pagination", skipping)
    results = results_of()
    assert broken(results) == [12]
    assert "in small pages" in str(results[12].broken)


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_a_format_with_another_value_breaks_invariant_12(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One format writes a text that the others do not."""
    write = sending.as_file

    def wrong(found: Any, page: Page, rows: Any, format_: str, name: str) -> Response:
        answer = write(found, page, rows, format_, name)
        if format_ == form:
            answer.set_data(answer.get_data().replace(b"user_one", b"user_eno"))
        return answer

    monkeypatch.setattr(data, "as_file", wrong)
    results = results_of()
    assert broken(results) == [12]
    assert f"in {form.upper()}" in str(results[12].broken)


@pytest.mark.thorough
def test_an_order_that_is_none_breaks_invariant_12(monkeypatch: pytest.MonkeyPatch) -> None:
    """Descending order is answered with the ascending one."""
    read = data.read_parameters

    def ascending(arguments: Any, *others: Any) -> Any:
        return read({**arguments, "order": "asc"}, *others)

    monkeypatch.setattr(data, "read_parameters", ascending)
    results = results_of()
    assert broken(results) == [12]
    assert "descending order" in str(results[12].broken)


@pytest.mark.thorough
def test_ratings_that_are_not_shared_break_invariant_13(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the two feels the opposite of what the other feels."""

    def opposite(row: Record) -> None:
        if "normalizedValue" in row and row["participantId"] == "user_two":
            row["value"] = round(1 - row["value"], 6)

    change_written(monkeypatch, opposite)
    results = results_of()
    assert broken(results) == [13]
    assert "the mean pairwise correlation in exp_pair is -" in str(results[13].broken)
