"""What is put into wrk, and what is read from it."""

import http.server
import json
import threading

import pytest

from comparison.cases import Case, WrongAnswer
from comparison.variations import NUMBER, NewPages, NewSessions, Variation, Window
from comparison.wrk import Load, Wrk, WrkError, counted, missing, script

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


def test_only_a_case_with_a_variation_asks_something_new_each_time():
    windows = [Window(0, range(228)), Window(99_000_000, range(10))]
    lua = script(Case("page", "GET", "/events", "limit=10", variation=NewPages(10, windows)))
    assert "local first, count = {0, 99000000}, {218, 1}" in lua
    assert '"/events?limit=10&offset=%d&startTime=%s"' in lua
    assert "function request()" not in script(BATCH)


def test_a_new_batch_is_sent_with_its_number():
    batch = Case("batch", "POST", "/batch", variation=NewSessions(f'{{"s":"{NUMBER}","b":[]}}', "{}"))
    assert """local before, after = [========[{"s":"]========], [========[","b":[]}]========]""" in script(batch)


@pytest.mark.skipif(missing(), reason="wrk is not installed")
def test_requests_are_what_the_variation_says(tmp_path):
    """wrk's own requests, as a server sees them: with another path each time, or another body."""
    seen: list[str] = []

    class Echo(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.answer(self.path)

        def do_POST(self):
            self.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def answer(self, told):
            seen.append(told)
            body = json.dumps({"data": [2, 3]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    def case(variation: Variation) -> Case:
        return Case("case", "POST" if isinstance(variation, NewSessions) else "GET", "/c", "l=2", variation=variation)

    pages = NewPages(2, [Window(0, [1, 2, 3, 4]), Window(50, [8, 9])])
    batch = NewSessions(f'{{"s":"{NUMBER}"}}', f'{{"data":[{NUMBER},3]}}')
    other = NewSessions(f'{{"s":"{NUMBER}"}}', f'{{"data":[{NUMBER},4]}}')
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        # wrk makes one request to look at it and sends the next one, whose number is 2.
        Wrk(url, case(pages), tmp_path).check()
        Wrk(url, case(batch), tmp_path).check()
        with pytest.raises(WrongAnswer):
            Wrk(url, case(other), tmp_path).check()
        server.shutdown()
    assert seen == ["/c?l=2&offset=1&startTime=1970-01-01T00:00:00.002Z", '{"s":"2"}', '{"s":"2"}']
