"""API A's routes: one for every operation. What they do is in one module per family."""

from flask import Blueprint

from mockserver.door.http import BodyTooLargeError, MalformedJsonError
from mockserver.hyperstudy.agent_data import agent_operations
from mockserver.hyperstudy.data import data_operations
from mockserver.hyperstudy.deployments import deployment_operations
from mockserver.hyperstudy.envelope import error_response
from mockserver.hyperstudy.errors import ApiError
from mockserver.hyperstudy.event_batches import event_batch_operations
from mockserver.hyperstudy.experiments import experiment_operations
from mockserver.hyperstudy.files import file_operations
from mockserver.hyperstudy.health import health_operations
from mockserver.hyperstudy.inspection import inspection_operations
from mockserver.hyperstudy.operations import Operation, serve
from mockserver.hyperstudy.personas import persona_operations
from mockserver.hyperstudy.reference import reference_operations
from mockserver.words.addresses import DATA_API

__all__ = ["BASE_PATH", "blueprint", "operations"]

BASE_PATH = DATA_API


def operations() -> list[Operation]:
    """Every operation, in the order in which the reference page shows them."""
    return [
        *health_operations(),
        *data_operations(),
        *file_operations(),
        *event_batch_operations(),
        *agent_operations(),
        *inspection_operations(),
        *experiment_operations(),
        *deployment_operations(),
        *persona_operations(),
        *reference_operations(),
    ]


def blueprint() -> Blueprint:
    """A fresh blueprint with every route of the API."""
    api = Blueprint("hyperstudy", __name__)
    for operation in operations():
        view = serve(operation, BASE_PATH)
        api.add_url_rule(operation.path, operation.id, view, methods=[operation.method])
    for error in (ApiError, MalformedJsonError, BodyTooLargeError):
        api.register_error_handler(error, error_response)
    return api
