"""Which answer is right to which of endless requests."""

import pytest

from comparison.new_pages import window_offsets
from comparison.variations import CSV, JSON, NUMBER, NewPages, NewSessions, Window, head_and_records

PAGES = NewPages(2, [Window(0, "abcd"), Window(50, "wxyz"), Window(98, "no")])


@pytest.mark.parametrize(
    ("number", "page"), [(0, "ab"), (1, "wx"), (2, "no"), (3, "bc"), (4, "xy"), (5, "no"), (6, "ab"), (7, "wx")]
)
def test_windows_take_turns_and_pages_move_on_within_them(number, page):
    assert PAGES.records(number) == list(page)


def test_a_list_smaller_than_a_page_is_one_page():
    assert NewPages(1000, [Window(0, "abc")]).records(17) == ["a", "b", "c"]


def test_a_page_in_json_has_the_records_of_its_number():
    assert PAGES.is_right('{"data": ["b", "c"]}', 3)
    for wrong in ('{"data": ["a", "b"]}', '{"data": ["b"]}', '["b", "c"]', '{"data": 1}', '{"data": ["b", "c"', ""):
        assert not PAGES.is_right(wrong, 3)


def test_a_page_in_csv_has_its_columns_and_records():
    pages = NewPages(1, [Window(0, [["1", "a,b"], ["2", "c\nd"]])], CSV, ("id", "text"))
    assert pages.is_right('id,text\n1,"a,b"\n', 0)
    assert not pages.is_right('id,text\n2,"c\nd"\n', 0)
    assert not pages.is_right('id,words\n1,"a,b"\n', 0)
    assert not pages.is_right("", 0)


def test_columns_stand_in_csv_alone():
    assert head_and_records("a,b\n1,2\n", CSV) == (("a", "b"), [["1", "2"]])
    assert head_and_records('{"data": [{"a": 1}]}', JSON) == ((), [{"a": 1}])


def test_a_verdict_is_of_the_session_that_was_sent():
    batch = NewSessions(f'{{"sessionId":"s{NUMBER}"}}', f'{{"sessionId":"s{NUMBER}","accepted":1}}')
    assert batch.is_right('{"accepted": 1, "sessionId": "s12"}', 12)
    for wrong in ('{"accepted": 1, "sessionId": "s13"}', '{"accepted": 2, "sessionId": "s12"}', "{"):
        assert not batch.is_right(wrong, 12)


@pytest.mark.parametrize(
    ("total", "offsets"),
    [(0, [0]), (1352, [0]), (4030, [0, 2030]), (6000, [0, 2000, 4000])],
)
def test_windows_lie_from_the_first_record_to_the_last(total, offsets):
    assert window_offsets(total) == offsets


def test_a_large_list_has_twenty_windows_over_all_of_it():
    offsets = window_offsets(100_000_000)
    assert (len(offsets), offsets[0], offsets[-1]) == (20, 0, 99_998_000)
