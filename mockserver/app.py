"""The only place that wires things together. A request's way through the house:

    request -> sandbox -> route of its API -> key -> scope -> parameters -> world or store -> envelope

Which API a request belongs to is a matter of its path; each has its own envelope, so each renders its
own errors, also those that no route of its saw (unknown routes, wrong methods, crashes).
"""

import logging
from dataclasses import replace
from types import ModuleType

from flask import Flask, Response, g, request
from jwt.exceptions import InvalidKeyError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from mockserver import control, hyperstudy
from mockserver.door import reference
from mockserver.door.http import add_limit_headers, allow_origin, json_response, preflight
from mockserver.door.routing import APIS, api_of
from mockserver.ingestion.tokens import mint
from mockserver.openapi.documents import Documents
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.settings import Settings
from mockserver.sandbox.study import Study
from mockserver.simulation.library import load_scenario
from mockserver.simulation.world import World
from mockserver.store import open_stores
from mockserver.words.errors import SettingsError
from mockserver.words.version import VERSION

__all__ = ["create_app", "create_sandbox"]

# Where somebody who called the bare address finds their way.
_BEGIN_AT = (f"{hyperstudy.BASE_PATH}/docs", f"{hyperstudy.BASE_PATH}/health", f"{control.BASE_PATH}/world")
_SANDBOX = "default"
_log = logging.getLogger("mockserver")


def create_sandbox(settings: Settings) -> Sandbox:
    """Make the world that the settings name, with its clock and an empty store.

    Raises:
        ScenarioError: The scenario is unknown or invalid.
        SettingsError: The store cannot be opened, or a secret signs nothing.
    """
    _refuse_useless_secrets(settings)
    scenario = load_scenario(settings.scenario)
    world = World(scenario, scenario.seed if settings.seed is None else settings.seed)
    clock = Clock(scenario.clock.now_ms, speed=scenario.clock.speed)
    study = Study(world, open_stores(settings.store_url).store(_SANDBOX))
    return Sandbox(settings=settings, study=study, clock=clock)


def _refuse_useless_secrets(settings: Settings) -> None:
    for name in ("token_secret", "link_secret"):
        if not getattr(settings, name):
            raise SettingsError(f"{name} is empty: it takes any text, such as 'a secret'")
    try:
        mint(settings.token_secret, 0)
    except InvalidKeyError as error:
        raise SettingsError(f"token_secret cannot sign with HS256: {error}") from None


def create_app(settings: Settings | None = None, *, sandbox: Sandbox | None = None) -> Flask:
    """Make an application; every call gives an independent one, with a world of its own.

    Args:
        settings: How it is set up; None takes the defaults.
        sandbox: The state to serve, where the caller made it already: then its settings count.

    Raises:
        ScenarioError, SettingsError: As for `create_sandbox`.
    """
    served = sandbox or create_sandbox(settings or Settings())
    settings = served.settings
    app = Flask("mockserver", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    # A redirect to a tidier path would be an HTML page; an odd path is an unknown route instead.
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    app.extensions["mockserver"] = served
    reference.register(app.extensions, Documents(lambda: _private_app(settings)))

    @app.before_request
    def hand_over_sandbox() -> None:
        g.sandbox = served

    app.before_request(preflight)
    for api in APIS:
        app.register_blueprint(api.blueprint(), url_prefix=api.BASE_PATH)
    app.register_error_handler(HTTPException, _render_http_error)
    app.register_error_handler(Exception, _render_crash)

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers["X-Mock-Version"] = VERSION
        add_limit_headers(response)
        return allow_origin(response, settings.allowed_origins)

    return app


def _private_app(settings: Settings) -> Flask:
    """An application of the same world that nobody has used; the documents' examples are made with it."""
    plain = Settings(scenario=settings.scenario, seed=settings.seed, reading=settings.reading)
    sandbox = create_sandbox(plain)
    # A frozen clock, so that the examples are the same each time.
    return create_app(sandbox=replace(sandbox, clock=Clock(sandbox.clock.now_ms())))


def _render_http_error(error: HTTPException) -> AnyResponse:
    """An error that Flask or Werkzeug raised before or beside a route, in the envelope of its path."""
    status = error.code or 500
    allow = getattr(error, "valid_methods", None)
    headers = {"Allow": ", ".join(sorted(allow))} if allow else {}
    api = api_of(request.path)
    if api is not None:
        return _error_of(api, status, headers)
    said = {"error": f"Nothing is served at {request.path[:200]}.", "try": list(_BEGIN_AT)}
    return json_response(said, status, headers)


def _render_crash(error: Exception) -> AnyResponse:
    """A bug of ours: the client gets the enveloped 500, the developer a traceback in the log."""
    _log.error("bug in mockserver while answering %s %s", request.method, request.path, exc_info=error)
    api = api_of(request.path)
    if api is not None:
        return _error_of(api, 500, {})
    return json_response({"error": "Internal error of the emulator; see its log."}, 500)


def _error_of(api: ModuleType, status: int, headers: dict[str, str]) -> Response:
    answer: Response = api.render_http_error(status, headers)
    return answer
