"""The reference page: Swagger UI over our documents, from this server alone.

Swagger UI is not copied into this project: its files come with the package `flask-swagger-ui`, of which nothing
else is used. Ours are a frame, a style and a script, in `page_files`.
"""

import json
from dataclasses import dataclass
from importlib.resources import files
from string import Template

from mockserver.openapi.notes import demo_key
from mockserver.sandbox.sandbox import Sandbox

__all__ = ["PageFile", "page_file", "page_html"]

# File name to package, folder and media type; nothing else of them is served.
_FILES = {
    "swagger-ui-bundle.js": ("flask_swagger_ui", "dist", "text/javascript; charset=utf-8"),
    "swagger-ui.css": ("flask_swagger_ui", "dist", "text/css; charset=utf-8"),
    "favicon-32x32.png": ("flask_swagger_ui", "dist", "image/png"),
    "page.js": ("mockserver.openapi", "page_files", "text/javascript; charset=utf-8"),
    "page.css": ("mockserver.openapi", "page_files", "text/css; charset=utf-8"),
}


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file that the page needs."""

    content: bytes
    content_type: str


def page_file(name: str) -> PageFile | None:
    """One of the page's files; None where it has none of that name."""
    if name not in _FILES:
        return None
    package, folder, content_type = _FILES[name]
    return PageFile(files(package).joinpath(folder, name).read_bytes(), content_type)


def page_html(sandbox: Sandbox) -> str:
    """The page: the same bytes for the same world, with a key to try things with, which is public here.

    A token has the time in it, so the page orders one when it is shown. The control API needs nothing of callers on
    this machine. Every address in it is relative, so that it works wherever the server is mounted, and below the
    prefix of a sandbox.
    """
    setup = {
        "hyperstudy": {"url": "openapi.json", "scheme": "ApiKey", "secret": demo_key(sandbox)},
        "ingestion": {"url": "../openapi.json", "scheme": "Bearer", "tokens": "../../_mock/tokens"},
        "control": {"url": "../../_mock/openapi.json"},
    }
    frame = files("mockserver.openapi").joinpath("page_files", "page.html").read_text(encoding="utf-8")
    # The setup stands in a script element, which only "</" could end early.
    return Template(frame).substitute(setup=json.dumps(setup).replace("<", "\\u003c"))
