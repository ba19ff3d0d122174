"""The answer at `/`: a short page for a person in a browser, the places to begin as JSON for a program.

Tools that wait for a server (Playwright, wait-on, start-server-and-test) ask for the printed address and want a 200.
"""

from html import escape

import orjson

from mockserver.door.asked import Asked
from mockserver.door.replies import Reply, encoded
from mockserver.words.addresses import DATA_API, INGESTION_API
from mockserver.words.media_types import JSON
from mockserver.words.version import VERSION

__all__ = ["welcome"]

# Key in the JSON, path, and what a person is told.
_PLACES = (
    ("reference", f"{DATA_API}/docs", "every operation of both APIs, to read and to try"),
    ("health", f"{DATA_API}/health", "is it up?"),
    ("dataApi", DATA_API, "base URL of the HyperStudy data API v3"),
    ("ingestionApi", INGESTION_API, "base URL of the OpenScouter ingestion API"),
    ("controlApi", "/_mock", "what steers the emulator itself"),
    ("world", "/_mock/world", "which world is served, and who took part where"),
)
# Of the places, what can be opened: the others are bases.
_OPENED = ("reference", "health", "world")


def welcome(asked: Asked) -> Reply:
    """What the request wants: HTML where it accepts that by name, JSON otherwise."""
    wants_page = "text/html" in asked.header(b"accept").lower()
    body = _page(asked) if wants_page else _places(asked)
    headers = [
        encoded("Content-Type", "text/html; charset=utf-8" if wants_page else JSON),
        encoded("Content-Length", str(len(body))),
        encoded("Vary", "Accept"),
    ]
    return Reply(200, headers, b"" if asked.request.method == "HEAD" else body)


def _places(asked: Asked) -> bytes:
    base = asked.base_url
    places = {name: base + path for name, path, _ in _PLACES}
    return orjson.dumps({"name": "mockserver", "version": VERSION, **places})


def _page(asked: Asked) -> bytes:
    base = asked.base_url
    rows = "".join(_row(name, base + path, said) for name, path, said in _PLACES)
    scenario = escape(asked.sandbox.world.scenario.name)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>mockserver</title>'
        "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:3rem auto;padding:0 1rem}"
        "dt{margin-top:1rem}dd{margin:0;color:#555}</style>"
        f"<h1>mockserver {VERSION}</h1><p>A local emulator of two HTTP APIs; it serves the scenario {scenario}.</p>"
        f"<dl>{rows}</dl></html>"
    ).encode()


def _row(name: str, url: str, said: str) -> str:
    shown = escape(url)
    place = f'<a href="{shown}">{shown}</a>' if name in _OPENED else f"<code>{shown}</code>"
    return f"<dt>{place}</dt><dd>{said}</dd>"
