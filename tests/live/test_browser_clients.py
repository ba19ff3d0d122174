"""Pages, workers and beacons in a real browser, whose origin is not the emulator's."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from browser_site import site
from conftest import CHROMIUM, FLAGS
from emulator import Emulator, sandbox_of, serving_app
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright

from mockserver import Settings, create_app

# A browser takes its time to start; the thorough run has it.
pytestmark = pytest.mark.thorough

DOCUMENT = (Path(__file__).parents[2] / "docs" / "browsers.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```js\n(.*?)```", DOCUMENT, re.DOTALL)
TIMEOUT_MS = 20_000
ITEM = {"eventType": "click", "targetSelector": "#buy", "timestamp": "2026-03-16T10:14:32.120Z"}
BATCH = {"sessionId": "sess_001", "batch": [ITEM]}

# Each says what came of a request: a status and what a page may read of it, or that it may read nothing.
CALL = """
async function call(url, options = {}) {
  try {
    const answer = await fetch(url, options);
    const text = await answer.text();
    return { status: answer.status, type: answer.type, text, total: answer.headers.get("X-Total-Count") };
  } catch (error) {
    return { failed: error.name };
  }
}
"""
FILES = {
    "worker.js": CALL + "self.onmessage = async ({ data }) => self.postMessage(await call(...data));",
    "service_worker.js": CALL
    + """
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", async ({ data, ports }) => ports[0].postMessage(await call(...data)));
self.addEventListener("fetch", (event) => {
  if (event.request.url.includes("/api/")) event.respondWith(fetch(event.request));
});
""",
}
FETCH = f"async ([url, options]) => {{ {CALL} return call(url, options); }}"
XHR = """
([url, { method = "GET", headers = {}, body = null, credentials = "same-origin" } = {}]) => new Promise((resolve) => {
  const request = new XMLHttpRequest();
  request.open(method, url);
  request.withCredentials = credentials === "include";
  Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
  request.onload = () => resolve({
    status: request.status, type: "cors", text: request.responseText,
    total: request.getResponseHeader("X-Total-Count"),
  });
  request.onerror = () => resolve({ failed: "TypeError" });
  request.send(body);
})
"""
WORKER = """
(asked) => new Promise((resolve) => {
  const worker = new Worker("/worker.js");
  worker.onmessage = ({ data }) => resolve(data);
  worker.postMessage(asked);
})
"""
SERVICE_WORKER = """
async (asked) => {
  await navigator.serviceWorker.register("/service_worker.js");
  const { active } = await navigator.serviceWorker.ready;
  const channel = new MessageChannel();
  const answer = new Promise((resolve) => { channel.port1.onmessage = ({ data }) => resolve(data); });
  active.postMessage(asked, [channel.port2]);
  return answer;
}
"""
# A page whose requests go through its service worker.
CONTROLLED = f"""
async ([url, options]) => {{
  {CALL}
  await navigator.serviceWorker.register("/service_worker.js");
  await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) {{
    await new Promise((resolve) => {{ navigator.serviceWorker.oncontrollerchange = resolve; }});
  }}
  return call(url, options);
}}
"""
WAYS = {"fetch": FETCH, "xhr": XHR, "worker": WORKER, "service worker": SERVICE_WORKER, "controlled page": CONTROLLED}


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with site(FILES) as url:
        yield url


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    yield from served(Settings(scenario="pair"))


@pytest.fixture(scope="module")
def closed() -> Iterator[Emulator]:
    """An emulator that lets no page of this machine call."""
    yield from served(Settings(scenario="pair", allowed_origins=("https://app.example",)))


def served(settings: Settings) -> Iterator[Emulator]:
    app = create_app(settings)
    with serving_app(app) as running:
        yield Emulator(running.url, sandbox_of(app))


@pytest.fixture
def page(browser: Browser, origin: str) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    page.goto(origin)
    yield page
    context.close()


def token_of(emulator: Emulator) -> str:
    token: str = requests.post(f"{emulator.url}/_mock/tokens", timeout=30).json()["token"]
    return token


def posted(emulator: Emulator, **options: Any) -> dict[str, Any]:
    """What posts a batch, with a token."""
    headers = {"Authorization": f"Bearer {token_of(emulator)}", "Content-Type": "application/json"}
    return {"method": "POST", "headers": headers, "body": json.dumps(BATCH), **options}


def journal(emulator: Emulator, query: str = "") -> list[dict[str, Any]]:
    answer = requests.get(f"{emulator.url}/_mock/journal{query}", timeout=30)
    entries: list[dict[str, Any]] = answer.json()["entries"]
    return entries


@pytest.mark.parametrize("credentials", ["omit", "same-origin", "include"])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_data_can_be_read(page: Page, server: Emulator, way: str, credentials: str) -> None:
    """With a key, which makes the browser ask first, and with the headers that count the records."""
    url = f"{server.api_url}/data/events/room/{server.ids['room']}?limit=1&format=csv"
    options = {"headers": {"X-API-Key": server.keys["full"]}, "credentials": credentials}
    answer = page.evaluate(way, [url, options])
    assert (answer["status"], answer["type"]) == (200, "cors")
    assert answer["text"].startswith("id,timestamp,onset")
    assert int(answer["total"]) > 1


@pytest.mark.parametrize("credentials", ["omit", "include"])
@pytest.mark.parametrize("keepalive", [False, True])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_batch_can_be_sent(page: Page, server: Emulator, way: str, keepalive: bool, credentials: str) -> None:
    """With a token; `keepalive` is for `fetch`, and nobody else's business."""
    options = posted(server, credentials=credentials, keepalive=keepalive)
    answer = page.evaluate(way, [f"{server.url}/api/data/events", options])
    assert answer["status"] == 200
    assert '"accepted":1' in answer["text"]


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("POST", "/api/data/event", 404, "batches are posted to /api/data/events"),
        ("GET", "/api/v3/data/evnts/room/room_pair", 404, "NOT_FOUND"),
        ("DELETE", "/api/data/events", 405, "POST"),
        ("PUT", "/_mock/s/nope/api/v3/health", 404, "There is no sandbox 'nope'"),
        ("POST", "/elsewhere", 404, "Nothing is served at /elsewhere"),
        ("patch", "/api/v3/health", 400, ""),
    ],
)
@pytest.mark.parametrize("credentials", ["omit", "include"])
@pytest.mark.parametrize("way", [FETCH, XHR], ids=["fetch", "xhr"])
def test_a_page_can_read_what_is_wrong(
    page: Page, server: Emulator, way: str, credentials: str, method: str, path: str, status: int, said: str
) -> None:
    """A mistyped path, a wrong method, and what the server refuses by itself: no network error, but a sentence."""
    options = {"method": method, "headers": {"X-API-Key": "x"}, "credentials": credentials}
    answer = page.evaluate(way, [server.url + path, options])
    assert answer["status"] == status
    assert said in answer["text"]


@pytest.mark.parametrize("options", [{}, {"credentials": "include"}, {"headers": {"X-Long": "x" * 300_000}}])
@pytest.mark.parametrize("target", ["/api/v3/health", "/api/v3/health?" + "x" * 300_000])
@pytest.mark.parametrize("way", [FETCH, XHR], ids=["fetch", "xhr"])
def test_a_page_can_read_that_its_request_is_too_large(
    page: Page, server: Emulator, way: str, target: str, options: dict[str, Any]
) -> None:
    """By its target or by its headers. A preflight has that target too, and then the browser says nothing more."""
    is_long_preflight = len(target) > 1000 and "headers" in options
    answer = page.evaluate(way, [server.url + target, options])
    if is_long_preflight:
        assert answer == {"failed": "TypeError"}
    elif len(target) > 1000 or "headers" in options:
        assert answer["status"] == 431
        assert "The request's head is too large" in answer["text"]
    else:
        assert answer["status"] == 200


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_page_that_may_not_call_reads_nothing(
    page: Page, closed: Emulator, way: str, origin: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor does it steer the emulator, in any way that a browser has."""
    before = requests.get(f"{closed.url}/_mock/clock", timeout=30).json()["now"]
    for path, options in (
        ("/api/v3/health", {}),
        ("/_mock/world", {}),
        ("/_mock/clock", {"method": "POST", "body": '{"advanceMs": 60000}'}),
        ("/_mock/clock", {"method": "POST", "body": "{}", "headers": {"Content-Type": "application/json"}}),
        ("/_mock/sandboxes/mine", {"method": "PUT", "credentials": "include"}),
    ):
        assert page.evaluate(way, [closed.url + path, options]) == {"failed": "TypeError"}
    assert requests.get(f"{closed.url}/_mock/clock", timeout=30).json()["now"] == before
    assert requests.get(f"{closed.url}/_mock/sandboxes", timeout=30).json()["total"] == 1


def test_a_refused_page_is_told_in_the_log(browser: Browser, origin: str, caplog: pytest.LogCaptureFixture) -> None:
    """Once, with the flag; and with that it may call."""
    for emulator in served(Settings(scenario="pair", allowed_origins=("https://app.example",))):
        context = browser.new_context()
        page = context.new_page()
        page.goto(origin)
        for _ in range(2):
            assert page.evaluate(FETCH, [f"{emulator.api_url}/health", {}]) == {"failed": "TypeError"}
        context.close()
    (line,) = [record.getMessage() for record in caplog.records]
    flag = line.partition("--allowed-origins ")[2]
    assert flag == f"https://app.example,{origin}"
    for emulator in served(Settings(scenario="pair", allowed_origins=tuple(flag.split(",")))):
        context = browser.new_context()
        page = context.new_page()
        page.goto(origin)
        assert page.evaluate(FETCH, [f"{emulator.api_url}/health", {}])["status"] == 200
        context.close()


@pytest.mark.parametrize("kind", ["text/plain", "application/json"])
def test_a_beacon_is_answered_with_401_and_the_journal_says_why(page: Page, origin: str, kind: str) -> None:
    """The page cannot know: it is told that the beacon is on its way, and no more."""
    send = "([url, body, kind]) => navigator.sendBeacon(url, new Blob([body], { type: kind }))"
    for emulator in served(Settings(scenario="pair")):
        url = f"{emulator.url}/api/data/events"
        with page.expect_event("requestfinished", lambda request: request.method == "POST") as sent:
            assert page.evaluate(send, [url, "{}", kind]) is True
        response = sent.value.response()
        assert response is not None
        assert response.status == 401
        entry = next(entry for entry in journal(emulator) if entry["request"]["method"] == "POST")
        assert entry["refusal"]["message"].startswith("Missing Authorization header")
        assert "navigator.sendBeacon cannot send one" in entry["refusal"]["nearest"]["advice"]
        headers = {header["name"]: header["value"] for header in entry["request"]["headers"]}
        assert (headers["origin"], headers["content-type"]) == (origin, kind)


def test_keepalive_goes_on_after_its_page(browser: Browser, server: Emulator, origin: str) -> None:
    """It is sent while the page is left, with the token."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(origin)
    options = posted(server, keepalive=True)
    options["headers"]["X-Mock-Test"] = "left"
    page.evaluate(
        "([url, options]) => addEventListener('pagehide', () => { fetch(url, options); })",
        [f"{server.url}/api/data/events", options],
    )
    page.goto(f"{origin}/another")
    entries: list[dict[str, Any]] = []
    until_s = time.monotonic() + TIMEOUT_MS / 1000
    # The browser tells nobody any more how it goes; asking again takes no longer than that.
    while not entries and time.monotonic() < until_s:
        entries = [entry for entry in journal(server, "?test=left") if entry["outcome"] != "open"]
    context.close()
    assert [entry["response"]["status"] for entry in entries] == [200]


@pytest.mark.parametrize(("size", "status"), [(64 * 1024, 200), (64 * 1024 + 1, None)])
def test_keepalive_takes_64_kib(page: Page, server: Emulator, size: int, status: int | None) -> None:
    """A byte more is not sent at all."""
    options = posted(server, keepalive=True)
    options["body"] += " " * (size - len(options["body"]))
    answer = page.evaluate(FETCH, [f"{server.url}/api/data/events", options])
    assert answer.get("status") == status
    assert (answer == {"failed": "TypeError"}) == (status is None)


def test_the_page_s_files_are_asked_for_once(browser: Browser, server: Emulator) -> None:
    """The next time, the browser is told that it has them."""
    context = browser.new_context()
    page = context.new_page()
    for _ in range(2):
        page.goto(f"{server.api_url}/docs")
        page.locator("body[data-ready=hyperstudy]").wait_for()
    context.close()
    entries = [e for e in journal(server) if e["operation"] == "getReferenceFile"]
    scripts = [e["response"]["status"] for e in entries if e["request"]["target"].endswith("/page.js")]
    assert scripts == [200, 304]


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_the_pieces_of_the_page_for_browsers_work(
    browser: Browser, demo_server: Emulator, origin: str, number: int
) -> None:
    """As they stand there, but for the port."""
    expected = [
        "404 Nothing is served at /api/data/event: batches are posted to",
        "200 228 2",
        "200 1",
    ]
    assert len(BLOCKS) == len(expected)
    context = browser.new_context()
    page = context.new_page()
    page.goto(origin)
    said: list[ConsoleMessage] = []
    page.on("console", lambda message: said.append(message))
    page.evaluate("async () => {" + BLOCKS[number].replace("http://localhost:4747", demo_server.url) + "}")
    context.close()
    (line,) = [message.text for message in said if message.type == "log"]
    assert line.startswith(expected[number])


def test_a_public_site_needs_the_permission(playwright: Playwright, server: Emulator, origin: str) -> None:
    """Of its user, and not of the emulator; the browser is told here that the site's address is a public one."""
    as_public = f"--ip-address-space-overrides=127.0.0.1:{origin.rpartition(':')[2]}=public"
    chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, as_public])
    answers = []
    for permissions in ([], ["local-network-access"]):
        context = chromium.new_context()
        context.grant_permissions(permissions, origin=origin)
        page = context.new_page()
        page.goto(origin)
        answers.append(page.evaluate(FETCH, [f"{server.api_url}/health", {}]))
        context.close()
    chromium.close()
    assert answers[0] == {"failed": "TypeError"}
    assert answers[1]["status"] == 200


EXTENSION = {
    "manifest.json": """
{
  "manifest_version": 3, "name": "A tracker", "version": "1.0",
  "background": { "service_worker": "background.js" },
  "content_scripts": [{ "matches": ["http://localhost/*"], "js": ["content.js"] }]
}
""",
    "background.js": CALL
    + "chrome.runtime.onMessage.addListener((asked, _, say) => { call(...asked).then(say); return true; });",
    "content.js": CALL
    + """
addEventListener("message", async ({ data }) => {
  if (!data.ask) return;
  const answers = [await call(...data.ask), await chrome.runtime.sendMessage(data.ask)];
  postMessage({ told: answers });
});
document.documentElement.dataset.ready = "yes";
""",
}
ASK_EXTENSION = """
(ask) => new Promise((resolve) => {
  addEventListener("message", ({ data }) => { if (data.told) resolve(data.told); });
  postMessage({ ask });
})
"""


@pytest.mark.parametrize(
    ("allowed", "statuses"),
    [(("default",), [200, 200]), (("chrome-extension://*",), [None, 200])],
)
def test_a_content_script_calls_for_its_page_and_the_service_worker_for_the_extension(
    playwright: Playwright, origin: str, tmp_path: Path, allowed: tuple[str, ...], statuses: list[int | None]
) -> None:
    """Each is let in by its own origin, with a token, which makes the browser ask first."""
    folder = tmp_path / "extension"
    folder.mkdir()
    for name, text in EXTENSION.items():
        (folder / name).write_text(text, encoding="utf-8")
    arguments = [*FLAGS, f"--disable-extensions-except={folder}", f"--load-extension={folder}"]
    for emulator in served(Settings(scenario="pair", allowed_origins=allowed)):
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=CHROMIUM, args=arguments,
            ignore_default_args=["--disable-extensions"],
        )  # fmt: skip
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.goto(origin)
        page.locator("html[data-ready=yes]").wait_for(state="attached")
        answers = page.evaluate(ASK_EXTENSION, [f"{emulator.url}/api/data/events", posted(emulator)])
        context.close()
        assert [answer.get("status") for answer in answers] == statuses
