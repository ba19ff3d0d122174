"""The reference page in a real browser: it renders, lists everything, tries things, and stays on this machine."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import requests
from emulator import Emulator, app_of, make_sandbox, serving_app
from playwright.sync_api import Browser, Page, ViewportSize

from mockserver import Settings, create_app
from mockserver.control import routes as control
from mockserver.hyperstudy.routes import operations
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.sandboxes import Order

# A browser takes its time to start; the thorough run has it.
pytestmark = pytest.mark.thorough

TIMEOUT_MS = 20_000
PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=720)


class Visit:
    """A page of its own, with everything that it asked for and complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.set_default_timeout(TIMEOUT_MS)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self._listen(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def open(self, url: str, api: str) -> Page:
        self.page.goto(url)
        return self.shown(api)

    def shown(self, api: str) -> Page:
        """The page, once it shows an API."""
        self.page.locator(f"body[data-ready={api}]").wait_for()
        self.page.locator(".opblock").first.wait_for()
        return self.page

    def hosts(self) -> set[str | None]:
        """Where requests went, but for pictures that stand in the stylesheet itself."""
        return {urlsplit(url).hostname for url in self.asked if not url.startswith("data:")}


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    context = browser.new_context()
    yield Visit(context.new_page())
    context.close()


@pytest.fixture(scope="module")
def events_visit(browser: Browser, demo_server: Emulator) -> Iterator[Visit]:
    """The page as a link to one operation opens it: all operations, that one unfolded."""
    context = browser.new_context()
    visit = Visit(context.new_page())
    visit.open(f"{demo_server.api_url}/docs#/events/getEventsByRoom", "hyperstudy")
    yield visit
    context.close()


def test_it_lists_every_operation_with_its_label(events_visit: Visit) -> None:
    """As many as the table has rows, each with the label of its row; nothing is complained about."""
    page = events_visit.page
    rows = operations()
    assert page.locator(".opblock").count() == len(rows)
    for row in rows:
        block = page.locator(f"[id='operations-{row.tag}-{row.id}']")
        assert block.locator(".opblock-summary-method").inner_text() == row.method
        assert block.locator(".fidelity").inner_text().lower() == row.fidelity
    assert events_visit.complaints == []
    assert events_visit.hosts() == {"localhost"}


def test_a_request_from_the_page_succeeds(events_visit: Visit) -> None:
    """Press the button of the unfolded operation: the key and the ids are filled in, and records come back."""
    page = events_visit.page
    block = page.locator("#operations-events-getEventsByRoom")
    with page.expect_response(lambda response: "/data/events/room/" in response.url) as caught:
        block.get_by_role("button", name="Execute").click()
    assert caught.value.status == 200
    shown = block.locator(".live-responses-table tbody .response-col_description").first
    shown.wait_for()
    assert "consent.accepted" in shown.inner_text()
    assert "room_abc123" in caught.value.url
    assert events_visit.complaints == []
    assert events_visit.hosts() == {"localhost"}


def test_a_batch_from_the_page_is_accepted(visit: Visit, demo_server: Emulator) -> None:
    """The ingestion API is on the same page, with a token that is filled in."""
    page = visit.open(f"{demo_server.api_url}/docs?api=ingestion", "ingestion")
    block = page.locator("#operations-ingestion-ingestEvents")
    block.locator(".opblock-summary-control").click()
    with page.expect_response(lambda response: response.url.endswith("/api/data/events")) as caught:
        block.get_by_role("button", name="Execute").click()
    assert (caught.value.status, caught.value.json()["data"]["accepted"]) == (200, 1)
    assert visit.complaints == []
    assert visit.hosts() == {"localhost"}


def test_the_control_api_is_a_choice_beside_the_others(visit: Visit, demo_server: Emulator) -> None:
    """Follow the link from the page's bar: all its operations, each with its label, and the clock can be read."""
    visit.open(f"{demo_server.api_url}/docs", "hyperstudy")
    visit.page.get_by_role("link", name="Control of the emulator").click()
    page = visit.shown("control")
    assert page.get_by_role("navigation", name="APIs").locator("[aria-current]").all_inner_texts() == [
        "Control of the emulator"
    ]
    rows = control.operations()
    assert page.locator(".opblock").count() == len(rows)
    for row in rows:
        block = page.locator(f"[id='operations-{row.tag}-{row.id}']")
        assert block.locator(".fidelity").inner_text().lower() == row.fidelity
    block = page.locator("#operations-clock-getClock")
    block.locator(".opblock-summary-control").click()
    with page.expect_response(lambda response: response.url.endswith("/_mock/clock")) as caught:
        block.get_by_role("button", name="Execute").click()
    assert (caught.value.status, caught.value.json()["speed"]) == (200, 0)
    assert [link.get_attribute("href") for link in page.locator("[data-form]").all()] == [
        "../../_mock/openapi.yaml",
        "../../_mock/openapi.json",
    ]
    assert visit.complaints == []
    assert visit.hosts() == {"localhost"}


@pytest.mark.parametrize(
    ("api", "operation", "path"),
    [
        ("hyperstudy", "events-getEventsByRoom", "/api/v3/data/events/room/room_pair"),
        ("ingestion", "ingestion-ingestEvents", "/api/data/events"),
        ("control", "clock-getClock", "/_mock/clock"),
    ],
)
def test_a_sandbox_has_a_page_of_its_own(visit: Visit, api: str, operation: str, path: str) -> None:
    """Below its prefix: its world's ids, and every request goes to it."""
    app = create_app(Settings(scenario="demo"))
    app.extensions["mockserver"].create("one", Order(Settings(scenario="pair")))
    with serving_app(app) as server:
        page = visit.open(f"{server.url}/_mock/s/one/api/v3/docs?api={api}", api)
        block = page.locator(f"#operations-{operation}")
        block.locator(".opblock-summary-control").click()
        with page.expect_response(lambda response: urlsplit(response.url).path == "/_mock/s/one" + path) as caught:
            block.get_by_role("button", name="Execute").click()
        assert caught.value.status == 200
        asked = {urlsplit(url).path for url in visit.asked if not url.startswith("data:")}
    assert {path for path in asked if not path.startswith("/_mock/s/one/")} <= {"/favicon.ico"}
    assert visit.complaints == []


def test_it_can_be_used_without_a_mouse_and_on_a_phone(events_visit: Visit) -> None:
    """The keyboard reaches and opens an operation, and nothing is wider than a phone."""
    page = events_visit.page
    page.set_viewport_size(PHONE)
    block = page.locator("#operations-experiments-createExperiment")
    block.locator(".opblock-summary-control").focus()
    page.keyboard.press("Enter")
    block.locator(".responses-table").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    # Others look at the same page.
    page.keyboard.press("Enter")
    page.set_viewport_size(DESK)


def test_it_wears_dark_where_the_system_does(visit: Visit, demo_server: Emulator) -> None:
    """And light where it does not."""
    visit.page.emulate_media(color_scheme="dark")
    page = visit.open(f"{demo_server.api_url}/docs?api=ingestion", "ingestion")
    page.locator("html.dark-mode").wait_for(state="attached")
    page.emulate_media(color_scheme="light")
    page.locator("html:not(.dark-mode)").wait_for(state="attached")


def test_the_page_is_the_same_bytes_whenever_it_is_asked_for() -> None:
    """There is no token in it, which would tell the time."""
    sandbox = make_sandbox(Settings(scenario="pair"))
    pages = []
    for wall_ms in (1_773_656_072_000, 1_899_999_999_999):
        clock = Clock(sandbox.clock.now_ms(), wall=lambda wall_ms=wall_ms: wall_ms)
        client = app_of(replace(sandbox, clock=clock)).test_client()
        pages.append(client.get("/api/v3/docs").data)
    assert pages[0] == pages[1]
    assert b"eyJ" not in pages[0]


def test_the_page_may_load_nothing_from_elsewhere(demo_server: Emulator) -> None:
    """The browser is told so too, and every file that the page names is served."""
    answer = requests.get(f"{demo_server.api_url}/docs", timeout=30)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "http://" not in answer.text
    assert "https://" not in answer.text
