"""Fixtures for all tests: running emulators, applications in this process, and how Hypothesis behaves."""

import os
from collections.abc import Iterator

import pytest
from emulator import DataApi, Emulator, sandbox_of, serving_app
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings

from mockserver import Settings, create_app

# A busy machine is no reason to fail; and in CI, the same examples each time, so that red means a change.
settings.register_profile("project", deadline=None, derandomize=os.environ.get("CI") == "true", print_blob=True)
settings.load_profile("project")


@pytest.fixture(autouse=True, scope="session")
def _no_proxy_for_this_machine() -> Iterator[None]:
    """Clients talk to this machine directly, whatever proxy the environment names."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("NO_PROXY", "no_proxy"):
            patch.setenv(name, "127.0.0.1,localhost")
        yield


@pytest.fixture(scope="session")
def demo_app() -> Flask:
    """The default scenario. Nothing may be written to it: it is shared."""
    return create_app(Settings(scenario="demo"))


@pytest.fixture(scope="session")
def pair_app() -> Flask:
    """The small scenario. Nothing may be written to it: it is shared."""
    return create_app(Settings(scenario="pair"))


@pytest.fixture
def demo_client(demo_app: Flask) -> FlaskClient:
    return demo_app.test_client()


@pytest.fixture
def pair_client(pair_app: Flask) -> FlaskClient:
    return pair_app.test_client()


@pytest.fixture(scope="session")
def demo_api(demo_app: Flask) -> DataApi:
    return DataApi(demo_app)


@pytest.fixture(scope="session")
def pair_api(pair_app: Flask) -> DataApi:
    return DataApi(pair_app)


@pytest.fixture(scope="session")
def demo_server() -> Iterator[Emulator]:
    """The default scenario behind a real socket, for the whole run."""
    yield from _served(Settings(scenario="demo"))


@pytest.fixture(scope="session")
def pair_server() -> Iterator[Emulator]:
    """The small scenario behind a real socket, for the whole run."""
    yield from _served(Settings(scenario="pair"))


def _served(settings: Settings) -> Iterator[Emulator]:
    app = create_app(settings)
    with serving_app(app) as server:
        yield Emulator(server.url, sandbox_of(app))
