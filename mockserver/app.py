"""The only place that wires things together. A request's way through the house:

    driver -> door -> sandbox -> kept answer, or the view of an operation -> world or study -> envelope -> door -> driver

The driver is the server's (`mockserver/server`) or that of WSGI, which the application made here has.
"""

from collections.abc import Callable, Sequence

from flask import Flask
from jwt.exceptions import InvalidKeyError

from mockserver import control, hyperstudy, ingestion
from mockserver.control.routes import api as control_api
from mockserver.door.apis import Api
from mockserver.door.door import Door
from mockserver.door.routes import Routes
from mockserver.door.wsgi import WsgiDriver
from mockserver.hyperstudy.routes import api as hyperstudy_api
from mockserver.ingestion.routes import api as ingestion_api
from mockserver.ingestion.tokens import mint
from mockserver.openapi.documents import Documents
from mockserver.sandbox.journal import Entry
from mockserver.sandbox.sandboxes import Sandboxes
from mockserver.sandbox.settings import ProcessSettings, Settings
from mockserver.store import open_stores
from mockserver.web.application import FlaskViews, make_flask
from mockserver.web.reference import register
from mockserver.words.errors import SettingsError

__all__ = ["create_app", "create_door", "create_sandboxes"]
