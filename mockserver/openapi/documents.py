"""The documents of one application: made when first asked for, and kept for as long as the application is."""

import threading
from collections.abc import Callable
from functools import cached_property
from typing import Any

import orjson
from flask import Flask

from mockserver.door.reference import Api, Form
from mockserver.hyperstudy.routes import BASE_PATH as HYPERSTUDY
from mockserver.hyperstudy.routes import operations
from mockserver.ingestion import BASE_PATH as INGESTION
from mockserver.openapi.document import hyperstudy_document
from mockserver.openapi.examples import Examples, record_examples
from mockserver.openapi.ingestion import ingestion_document
from mockserver.openapi.ingestion_examples import ingestion_examples
from mockserver.openapi.page import PageFile, page_file, page_html
from mockserver.openapi.yaml_text import yaml_text
from mockserver.sandbox.sandbox import Sandbox

__all__ = ["Documents"]


class Documents:
    """Implements `mockserver.door.reference.Reference`; safe between threads.

    Args:
        make_app: Makes an application to try the examples with: of the same world, and used by nobody else.
    """

    def __init__(self, make_app: Callable[[], Flask]) -> None:
        self._make_app = make_app
        # An application is asked by several threads, and the examples take a moment.
        self._lock = threading.Lock()
        self._written: dict[tuple[Api, Form], bytes] = {}

    def tree(self, api: Api) -> dict[str, Any]:
        """An API's document as plain values."""
        return self._hyperstudy if api == "hyperstudy" else self._ingestion

    def document(self, api: Api, form: Form) -> bytes:
        """An API's document, as JSON or as YAML."""
        with self._lock:
            if (api, form) not in self._written:
                tree = self.tree(api)
                written = yaml_text(tree).encode() if form == "yaml" else orjson.dumps(tree)
                self._written[api, form] = written
            return self._written[api, form]

    def page(self, sandbox: Sandbox) -> str:
        """The reference page, with what is needed to try things in a sandbox."""
        return page_html(sandbox)

    def asset(self, name: str) -> PageFile | None:
        """A file of the page; None where there is none of that name."""
        return page_file(name)

    @cached_property
    def examples(self) -> Examples:
        """Real requests to API A, with what was answered."""
        return record_examples(self._make_app(), HYPERSTUDY, operations())

    @cached_property
    def _hyperstudy(self) -> dict[str, Any]:
        return hyperstudy_document(operations(), HYPERSTUDY, self.examples)

    @cached_property
    def _ingestion(self) -> dict[str, Any]:
        return ingestion_document(INGESTION, ingestion_examples(self._make_app(), INGESTION))
