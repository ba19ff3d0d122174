"""A request as a view sees it: Flask's, with what the door found out, and no header that its row does not declare."""

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flask import Request, current_app, request
from werkzeug.datastructures import EnvironHeaders

from mockserver.door.apis import Api
from mockserver.door.asked import Asked, Notes
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.sandboxes import Sandboxes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = [
    "ASKED",
    "ViewRequest",
    "current_asked",
    "current_notes",
    "current_apis",
    "current_sandbox",
    "current_sandboxes",
]

# Where the door's own view of a request lies in the environment.
ASKED = "mockserver.asked"


class _DeclaredHeaders(EnvironHeaders):
    """Headers of which only some may be read: those that an answer to be kept is known to depend on."""

    def __init__(self, environ: "WSGIEnvironment", declared: Collection[str]) -> None:
        super().__init__(environ)
        self._declared = declared

    def __getitem__(self, key: Any, _get_mode: bool = False) -> Any:
        if isinstance(key, str) and key.lower() not in self._declared:
            raise RuntimeError(f"the header {key} is read and the operation's row does not declare it")
        return super().__getitem__(key)


class ViewRequest(Request):
    """The request that Flask hands to views."""

    @cached_property
    def headers(self) -> EnvironHeaders:  # type: ignore[override]
        """Those that were sent; of an operation whose answers are kept, those alone that it declares."""
        asked: Asked = self.environ[ASKED]
        api, operation = asked.api, asked.operation
        if api is None or operation is None or not operation.kept:
            return EnvironHeaders(self.environ)
        declared = {name.lower() for name in api.headers} | {header.name.lower() for header in operation.headers}
        return _DeclaredHeaders(self.environ, declared | {"host"})


def current_asked() -> Asked:
    """What the door found out about this request."""
    asked: Asked = request.environ[ASKED]
    return asked


def current_sandbox() -> Sandbox:
    """The sandbox that this request is for."""
    return current_asked().sandbox


def current_notes() -> Notes:
    """What is to be told beside the answer."""
    return current_asked().notes


def current_sandboxes() -> Sandboxes:
    """All sandboxes of the application that answers this request."""
    sandboxes: Sandboxes = current_app.extensions["mockserver"]
    return sandboxes


def current_apis() -> Sequence[Api]:
    """All that the application serves."""
    apis: Sequence[Api] = current_app.extensions["mockserver_apis"]
    return apis
