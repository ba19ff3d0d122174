"""The documents of an application: made when first asked for of a world, and kept for the worlds asked for last."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import orjson
from flask import Flask

from mockserver.door.apis import Api, ApiName
from mockserver.door.asked import Asked
from mockserver.openapi.control.description import CONTROL
from mockserver.openapi.description import Description
from mockserver.openapi.document import document
from mockserver.openapi.example import Examples
from mockserver.openapi.hyperstudy.description import HYPERSTUDY
from mockserver.openapi.ingestion.description import INGESTION
from mockserver.openapi.notes import ORIGIN
from mockserver.openapi.page import PageFile, page_file, page_html
from mockserver.openapi.yaml_text import yaml_text
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.sandboxes import Order, Sandboxes, private_sandboxes
from mockserver.sandbox.settings import Settings
from mockserver.sandbox.worlds import PlacedWorld
from mockserver.web.reference import Form

__all__ = ["Documents", "WorldDocuments"]

_DESCRIPTIONS: Mapping[ApiName, Description] = MappingProxyType(
    {"hyperstudy": HYPERSTUDY, "ingestion": INGESTION, "control": CONTROL}
)
# Worlds whose documents are kept.
_MOST_WORLDS = 8
# What the machine's clock says in examples: a day after the documentation's batches were captured.
_WALL_MS = 1_773_742_472_000


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
        self._worlds: OrderedDict[tuple[str, Settings], WorldDocuments] = OrderedDict()

    def of(self, sandbox: Sandbox) -> "WorldDocuments":
        """The documents of a sandbox's world, as its settings have it answer."""
        key = (sandbox.identity, sandbox.settings)
        with self._lock:
            if key not in self._worlds:
                self._worlds[key] = WorldDocuments(self._apis, self._make_app, sandbox)
                if len(self._worlds) > _MOST_WORLDS:
                    self._worlds.popitem(last=False)
            self._worlds.move_to_end(key)
            return self._worlds[key]

    def document(self, api: ApiName, form: Form, asked: Asked) -> bytes:
        """An API's document, as JSON or as YAML."""
        path = asked.link_prefix + self._apis[api].base_path
        urls = asked.entrance.server_urls(asked.request, asked.fields, path)
        servers = [{"url": url, "description": "This emulator"} for url in urls]
        tree = self.of(asked.sandbox).tree(api)
        served = orjson.dumps({"openapi": tree["openapi"], "info": tree["info"], "servers": servers, **tree})
        if asked.link_prefix:
            # The links in examples lead to the server too.
            served = served.replace(ORIGIN.encode(), (ORIGIN + asked.link_prefix).encode())
        return yaml_text(orjson.loads(served)).encode() if form == "yaml" else served

    def page(self, sandbox: Sandbox) -> str:
        """The reference page, with what is needed to try things in a sandbox."""
        return page_html(sandbox)

    def asset(self, name: str) -> PageFile | None:
        """A file of the page; None where there is none of that name."""
        return page_file(name)


class WorldDocuments:
    """The documents of one world. Their examples are real answers to somebody who is alone in it."""

    def __init__(self, apis: Mapping[ApiName, Api], make_app: Callable[[Sandboxes], Flask], sandbox: Sandbox) -> None:
        self._least = sandbox.settings.least_fidelity
        self._apis = {name: api.shown(self._least) for name, api in apis.items()}
        self._make_app = make_app
        self._sandbox = sandbox
        self._lock = threading.RLock()
        self._examples: dict[ApiName, Examples] = {}
        self._trees: dict[ApiName, dict[str, Any]] = {}

    def tree(self, api: ApiName) -> dict[str, Any]:
        """An API's document as plain values."""
        with self._lock:
            if api not in self._trees:
                self._trees[api] = document(self._apis[api], _DESCRIPTIONS[api], self.examples(api), self._least)
            return self._trees[api]

    def examples(self, api: ApiName = "hyperstudy") -> Examples:
        """Real requests to an API, with what was answered."""
        with self._lock:
            if api not in self._examples:
                self._examples[api] = _DESCRIPTIONS[api].examples(self._private_app(), self._apis[api])
            return self._examples[api]

    def _private_app(self) -> Flask:
        """An application of the same world that nobody has used, where no clock goes."""
        served = self._sandbox
        asked = served.settings
        settings = Settings(
            reading=asked.reading,
            least_fidelity=asked.least_fidelity,
            link_secret=asked.link_secret,
            max_body_bytes=asked.max_body_bytes,
        )
        order = Order(settings, now_ms=served.clock.origin_ms, speed=0)
        world = PlacedWorld(served.study.base, served.identity)
        return self._make_app(private_sandboxes(order, world, wall=lambda: _WALL_MS))
