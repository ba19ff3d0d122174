"""The Flask application behind the door: a rule and a view for each row, and nothing else.

Everything that a request meets before and after its view is the door's (`mockserver/door/door.py`).
"""

import io
import logging
from collections.abc import Collection, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from mockserver.door.apis import Api
from mockserver.door.asked import Asked
from mockserver.door.refusals import Refusal
from mockserver.door.replies import Reply, encoded, refusal_reply
from mockserver.web.requests import ASKED, DECLARED, ViewRequest, declared_headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["FlaskViews", "make_flask"]

_log = logging.getLogger("mockserver")


class _Application(Flask):
    request_class = ViewRequest

    def create_url_adapter(self, request: Any) -> None:
        """None: the door has found the operation, so Flask need not look for it again."""


def make_flask(apis: Sequence[Api]) -> Flask:
    """An application that has a rule for each operation, named by its id."""
    app = _Application("mockserver", static_folder=None)
    # A redirect to a tidier path would be an HTML page; an odd path is an unknown route instead.
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    app.extensions["mockserver_apis"] = apis
    for api in apis:
        for row in api.operations:
            app.add_url_rule(api.base_path + row.path, row.id, api.serve(row), methods=[row.method])
    return app


class FlaskViews:
    """Runs the view of a request in a Flask application (`mockserver.door.door.Views`)."""

    def __init__(self, app: Flask, apis: Sequence[Api]) -> None:
        self._app = app
        self._declared = {row.id: declared_headers(api, row) for api in apis for row in api.operations}
        self._rules = {rule.endpoint: rule for rule in app.url_map.iter_rules()}

    def __call__(self, asked: Asked) -> Reply:
        """The view's answer; an error that it did not expect is a refusal, and logged if it is our bug."""
        assert asked.operation is not None, "the door asks for a view only where there is one"
        operation_id = asked.operation.id
        environ = _environ(asked, self._declared[operation_id])
        try:
            with self._app.request_context(environ) as context:
                context.request.url_rule = self._rules[operation_id]
                context.request.view_args = dict(asked.names)
                # Nothing is hooked in around views, so Flask need not look for it.
                answer: Any = self._app.view_functions[operation_id](**asked.names)
                return _reply(self._app.make_response(answer), environ)
        except HTTPException as error:
            return _refused(asked, error.code or 500, "http_error")
        except Exception:
            method, path = asked.request.method, asked.path
            _log.exception("bug in mockserver while answering %s %s", method, path)
            asked.remarks.internal = True
            return _refused(asked, 500, "crash")


def _refused(asked: Asked, status: int, cause: Any) -> Reply:
    asked.remarks.cause = cause
    most, least = asked.sandbox.settings.max_body_bytes, asked.sandbox.settings.least_fidelity
    method, path = asked.request.method, asked.path
    refusal = Refusal(status, cause, method, path, most_bytes=most, least_fidelity=least)
    return refusal_reply(refusal, asked.api)


def _reply(response: Response, environ: "WSGIEnvironment") -> Reply:
    bare = response.status_code in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
    # Views redirect nowhere, so nothing else is to be made of a response's headers.
    told = response.get_wsgi_headers(environ) if bare else response.headers
    headers = [encoded(name, value) for name, value in told]
    if bare or environ["REQUEST_METHOD"] == "HEAD":
        return Reply(response.status_code, headers, b"")
    if response.is_streamed:
        return Reply(response.status_code, headers, response.iter_encoded())
    return Reply(response.status_code, headers, response.get_data())


def _environ(asked: Asked, declared: Collection[str] | None) -> "WSGIEnvironment":
    """The request as WSGI tells it, below the sandbox's prefix."""
    request = asked.request
    raw_path = request.path[len(asked.prefix) :] if asked.prefix else request.path
    server = request.server or ("localhost", 80)
    environ: WSGIEnvironment = {
        ASKED: asked,
        DECLARED: declared,
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": asked.prefix,
        "PATH_INFO": unquote_to_bytes(raw_path).decode("latin-1"),
        "QUERY_STRING": request.query.decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "SERVER_PROTOCOL": f"HTTP/{request.http_version}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.scheme,
        # Views read the body from what the door found out.
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if request.client:
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = request.client[0], str(request.client[1])
    for name, value in asked.fields.items():
        if not _is_told(name) or (declared is not None and name.decode("latin-1") not in declared):
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        named = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        environ[named] = value.decode("latin-1")
    return environ


def _is_told(name: bytes) -> bool:
    """May a view hear of a header? In WSGI `X_Key` cannot be told from `X-Key`, and an upgrade is none of ours."""
    return b"_" not in name and name not in (b"connection", b"upgrade")
