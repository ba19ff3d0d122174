"""What is put into wrk, and what is read from it."""

import pytest

from comparison.cases import Case
from comparison.wrk import Load, WrkError, counted, script

BATCH = Case("batch", "POST", "/batch", credential=("Authorization", "Bearer t"), body=b'{"a": "[[]]"}')


def test_requests_and_time_are_read_from_the_exact_line():
    assert counted("Running 3s test\n  1.2k requests\ncounted 1234 3000100 0 0\n") == Load(1234, 3.0001)


@pytest.mark.parametrize("line", ["counted 10 3000000 1 0", "counted 10 3000000 0 1", "counted 0 3000000 0 0", ""])
def test_a_load_with_failures_is_none(line):
    with pytest.raises(WrkError):
        counted(line)


def test_a_script_carries_method_credential_and_body_as_they_are():
    lua = script(BATCH)
    assert 'wrk.method = "POST"' in lua
    assert 'wrk.headers["Authorization"] = "Bearer t"' in lua
    assert 'wrk.body = [========[{"a": "[[]]"}]========]' in lua


def test_only_a_case_with_records_asks_something_new_each_time():
    page = Case("page", "GET", "/events", "limit=10", records=range(228))
    assert '"/events?limit=10&offset=" .. number % 218 ..' in script(page)
    assert "function request()" not in script(BATCH)
