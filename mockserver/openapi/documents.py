"""The documents of an application: made when first asked for of a world, and kept for the worlds asked for last."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import orjson
from flask import Flask

from mockserver.door.apis import Api, ApiName
from mockserver.door.asked import Asked
from mockserver.openapi.control import control_document
from mockserver.openapi.document import hyperstudy_document
from mockserver.openapi.examples import Examples, record_examples
from mockserver.openapi.ingestion import ingestion_document
from mockserver.openapi.ingestion_examples import ingestion_examples
from mockserver.openapi.page import PageFile, page_file, page_html
from mockserver.openapi.yaml_text import yaml_text
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.sandboxes import Order, Sandboxes
from mockserver.sandbox.settings import Settings
from mockserver.sandbox.worlds import OneWorld, PlacedWorld
from mockserver.store import open_stores
from mockserver.web.reference import Form

__all__ = ["Documents", "WorldDocuments"]

# Worlds whose documents are kept.
_MOST_WORLDS = 8


class Documents:
    """Implements `mockserver.web.reference.Reference`; safe between threads.

    Args:
        apis: What is described.
        make_app: Makes an application of sandboxes that nobody else uses, to try the examples with.
    """

    def __init__(self, apis: Sequence[Api], make_app: Callable[[Sandboxes], Flask]) -> None:
        self._apis = {api.name: api for api in apis}
        self._make_app = make_app
        # An application is asked by several threads, and the examples take a moment.
        self._lock = threading.Lock()
        self._worlds: OrderedDict[tuple[str, str], WorldDocuments] = OrderedDict()

    def of(self, sandbox: Sandbox) -> "WorldDocuments":
        """The documents of a sandbox's world, as its settings have it answer."""
        key = (sandbox.identity, sandbox.settings.reading)
        with self._lock:
            if key not in self._worlds:
                self._worlds[key] = WorldDocuments(self._apis, self._make_app, sandbox)
                if len(self._worlds) > _MOST_WORLDS:
                    self._worlds.popitem(last=False)
            self._worlds.move_to_end(key)
            return self._worlds[key]

    def document(self, api: ApiName, form: Form, asked: Asked) -> bytes:
        """An API's document, as JSON or as YAML."""
        tree = self.of(asked.sandbox).tree(api)
        path = asked.prefix + self._apis[api].base_path
        urls = asked.entrance.server_urls(asked.request, asked.fields, path)
        served = {**tree, "servers": [{"url": url, "description": "This emulator"} for url in urls]}
        return yaml_text(served).encode() if form == "yaml" else orjson.dumps(served)

    def page(self, sandbox: Sandbox) -> str:
        """The reference page, with what is needed to try things in a sandbox."""
        return page_html(sandbox)

    def asset(self, name: str) -> PageFile | None:
        """A file of the page; None where there is none of that name."""
        return page_file(name)


class WorldDocuments:
    """The documents of one world. Their examples are real answers to somebody who is alone in it."""

    def __init__(self, apis: dict[ApiName, Api], make_app: Callable[[Sandboxes], Flask], sandbox: Sandbox) -> None:
        self._apis = apis
        self._make_app = make_app
        self._sandbox = sandbox
        self._lock = threading.RLock()

    def tree(self, api: ApiName) -> dict[str, Any]:
        """An API's document as plain values."""
        with self._lock:
            if api == "hyperstudy":
                return self._hyperstudy
            return self._ingestion if api == "ingestion" else self._control

    @cached_property
    def examples(self) -> Examples:
        """Real requests to API A, with what was answered."""
        api = self._apis["hyperstudy"]
        return record_examples(self._private_app(), api.base_path, api.operations)

    @cached_property
    def _hyperstudy(self) -> dict[str, Any]:
        api = self._apis["hyperstudy"]
        return hyperstudy_document(api.operations, api.base_path, self.examples)

    @cached_property
    def _ingestion(self) -> dict[str, Any]:
        base_path = self._apis["ingestion"].base_path
        return ingestion_document(base_path, ingestion_examples(self._private_app(), base_path))

    @cached_property
    def _control(self) -> dict[str, Any]:
        api = self._apis["control"]
        return control_document(api.operations, api.base_path)

    def _private_app(self) -> Flask:
        """An application of the same world that nobody has used, with a clock that stands still."""
        served = self._sandbox
        settings = Settings(reading=served.settings.reading)
        world = OneWorld(PlacedWorld(served.study.base, served.identity))
        now_ms = served.study.base.scenario.clock.now_ms
        order = Order(settings, now_ms=served.clock.now_ms() if now_ms is None else now_ms, speed=0)
        return self._make_app(Sandboxes(order, open_stores(None), worlds=world))
