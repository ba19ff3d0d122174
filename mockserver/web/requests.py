"""A request as a view sees it: Flask's, with what the door found out, and no header that its row does not declare."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from flask import Request, current_app, request
from werkzeug.datastructures import EnvironHeaders

from mockserver.door.apis import Api
from mockserver.door.asked import Asked, Remarks
from mockserver.door.operations import Operation
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.sandboxes import Sandboxes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = [
    "ASKED",
    "DECLARED",
    "declared_headers",
    "ViewRequest",
    "current_asked",
    "current_remarks",
    "current_apis",
    "current_sandbox",
    "current_sandboxes",
]

# Where the door's own view of a request lies in the environment.
ASKED = "mockserver.asked"
# And the headers that its view may read (`declared_headers`).
DECLARED = "mockserver.declared"


class _DeclaredHeaders(EnvironHeaders):
    """Headers of which only some may be read: those that an answer to be kept is known to depend on."""

    def __init__(self, environ: "WSGIEnvironment", declared: Collection[str]) -> None:
        super().__init__(environ)
        self._declared = declared

    def __getitem__(self, key: Any) -> Any:
        self._check(key)
        return super().__getitem__(key)

    def get(self, key: str, *more: Any, **named: Any) -> Any:
        """The value; a default where it was not sent."""
        self._check(key)
        return super().get(key, *more, **named)

    def getlist(self, key: str, *more: Any, **named: Any) -> Any:
        """The values as a list."""
        self._check(key)
        return super().getlist(key, *more, **named)

    def __contains__(self, key: str) -> bool:
        self._check(key)
        return super().__contains__(key)

    def _check(self, key: Any) -> None:
        if isinstance(key, str) and key.lower() not in self._declared:
            raise RuntimeError(f"the header {key} is read and the operation's row does not declare it")


class ViewRequest(Request):
    """The request that Flask hands to views."""

    def __init__(self, environ: "WSGIEnvironment", *more: Any, **named: Any) -> None:
        super().__init__(environ, *more, **named)
        declared = environ[DECLARED]
        if declared is not None:
            self.headers = _DeclaredHeaders(environ, declared)


def declared_headers(api: Api, operation: Operation) -> Collection[str] | None:
    """The headers that an operation's view may read, in lower case; None where it may read all.

    An answer that is kept depends on no other header, because its view sees none.
    """
    if not operation.kept:
        return None
    # Links begin with the host.
    own = {header.name.lower() for header in operation.headers}
    return frozenset({"host"} | {name.lower() for name in api.headers} | own)


def current_asked() -> Asked:
    """What the door found out about this request."""
    asked: Asked = request.environ[ASKED]
    return asked


def current_sandbox() -> Sandbox:
    """The sandbox that this request is for."""
    return current_asked().sandbox


def current_remarks() -> Remarks:
    """What is to be told beside the answer."""
    return current_asked().remarks


def current_sandboxes() -> Sandboxes:
    """All sandboxes of the application that answers this request."""
    sandboxes: Sandboxes = current_app.extensions["mockserver"]
    return sandboxes


def current_apis() -> Sequence[Api]:
    """All that the application serves."""
    apis: Sequence[Api] = current_app.extensions["mockserver_apis"]
    return apis
