"""The only place that wires things together. A request's way through the house:

    driver -> door -> sandbox -> kept answer, or an operation's view -> world or study -> envelope -> door -> driver

The driver is the server's (`mockserver/server`) or that of WSGI, which the application made here has.
"""

from collections.abc import Callable, Sequence

from flask import Flask
from jwt.exceptions import InvalidKeyError

from mockserver.control.routes import api as control_api
from mockserver.door.apis import Api
from mockserver.door.door import Door
from mockserver.door.entrance import Entrance
from mockserver.door.routes import Routes
from mockserver.door.wsgi import WsgiDriver
from mockserver.hyperstudy.routes import api as hyperstudy_api
from mockserver.ingestion.routes import api as ingestion_api
from mockserver.ingestion.tokens import mint
from mockserver.sandbox.journal import Entry
from mockserver.sandbox.sandboxes import Order, Sandboxes
from mockserver.sandbox.settings import ProcessSettings, Settings
from mockserver.store import open_stores
from mockserver.web.application import FlaskViews, make_flask
from mockserver.web.reference import Reference, register
from mockserver.words.errors import SettingsError

__all__ = ["check_secrets", "create_app", "create_sandboxes", "door_of"]


def create_sandboxes(
    settings: Settings | None = None,
    process: ProcessSettings | None = None,
    announce: Callable[[Entry], None] = lambda entry: None,
) -> Sandboxes:
    """Make the sandboxes of a process: the default one, and room for more.

    Args:
        settings: The default sandbox's; None takes the defaults.
        process: Says where clients' writes are kept.
        announce: Is told of each request that was answered.

    Raises:
        ScenarioError: The scenario is unknown or invalid.
        SettingsError: The store cannot be opened, or a secret signs nothing.
    """
    settings, process = settings or Settings(), process or ProcessSettings()
    check_secrets(settings, process)
    return Sandboxes(Order(settings), open_stores(process.store_url), announce)


def create_app(
    settings: Settings | None = None, process: ProcessSettings | None = None, *, sandboxes: Sandboxes | None = None
) -> Flask:
    """Make an application; every call gives an independent one, with worlds of its own.

    Its `wsgi_app` is the door, so that a test client meets what a client meets at a socket.

    Args:
        settings, process: As for `create_sandboxes`.
        sandboxes: The state to serve, where the caller made it already.

    Raises:
        ScenarioError, SettingsError: As for `create_sandboxes`.
    """
    process = process or ProcessSettings()
    sandboxes = sandboxes or create_sandboxes(settings, process)
    apis = (hyperstudy_api(), ingestion_api(), control_api(process.control_token))
    app = make_flask(apis)
    app.extensions["mockserver"] = sandboxes
    register(app.extensions, lambda: _documents(apis, process))
    routes, views = Routes(app.url_map, apis), FlaskViews(app, apis)
    door = Door(sandboxes, apis, routes, views, Entrance(process), compress=process.compress)
    app.extensions["mockserver_door"] = door
    app.wsgi_app = WsgiDriver(door)  # type: ignore[method-assign]
    return app


def door_of(app: Flask) -> Door:
    """The door of an application, for a driver of one's own such as the server's."""
    door: Door = app.extensions["mockserver_door"]
    return door


def _documents(apis: Sequence[Api], process: ProcessSettings) -> Reference:
    from mockserver.openapi.documents import Documents

    return Documents(apis, lambda private: create_app(process=process, sandboxes=private))


def check_secrets(settings: Settings, process: ProcessSettings) -> None:
    """See that every secret can sign, or be compared.

    Raises:
        SettingsError: One is empty, is not UTF-8, or is a key of another kind.
    """
    secrets = {
        "token_secret": settings.token_secret,
        "link_secret": settings.link_secret,
        "control_token": process.control_token,
    }
    for name, secret in secrets.items():
        if secret == "":
            raise SettingsError(f"{name} is empty: it takes any text, such as 'a secret'")
        if secret is not None and not _is_utf8(secret):
            raise SettingsError(f"{name} is not UTF-8: it takes any text, such as 'a secret'")
    try:
        mint(settings.token_secret, 0)
    except InvalidKeyError as error:
        raise SettingsError(f"token_secret cannot sign with HS256: {error}") from None


def _is_utf8(text: str) -> bool:
    """Bytes of the command line or the environment that are not, reach Python as halves of surrogate pairs."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
