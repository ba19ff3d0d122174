"""API A's operations, each with what it does in one module per family."""

from dataclasses import replace

from mockserver.door.apis import Api
from mockserver.door.operations import Operation
from mockserver.hyperstudy.agent_data import agent_operations
from mockserver.hyperstudy.calls import serve
from mockserver.hyperstudy.data import data_operations
from mockserver.hyperstudy.deployments import deployment_operations
from mockserver.hyperstudy.effort import effort_of
from mockserver.hyperstudy.envelope import wrap
from mockserver.hyperstudy.event_batches import event_batch_operations
from mockserver.hyperstudy.experiments import experiment_operations
from mockserver.hyperstudy.files import file_operations
from mockserver.hyperstudy.health import health_operations
from mockserver.hyperstudy.inspection import inspection_operations
from mockserver.hyperstudy.keys import HEADERS
from mockserver.hyperstudy.personas import persona_operations
from mockserver.hyperstudy.reference import reference_operations
from mockserver.words.addresses import DATA_API

__all__ = ["BASE_PATH", "api", "operations"]

BASE_PATH = DATA_API


def operations() -> list[Operation]:
    """Every operation, in the order in which the reference page shows them."""
    rows = [
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
    return [replace(row, kept=_kept(row), long=effort_of(row)) for row in rows]


def api() -> Api:
    """API A as the door sees it."""
    return Api("hyperstudy", BASE_PATH, tuple(operations()), HEADERS, serve, wrap)


def _kept(operation: Operation) -> bool:
    """What only reads may be kept; but a recording's file has a tag of its own, and may be too large."""
    return operation.method == "GET" and operation.id != "getRecordingFile"
