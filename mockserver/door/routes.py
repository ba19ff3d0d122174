"""Which operation a method and a path name: the APIs' rows as a map of Werkzeug's, which knows nothing of Flask."""

from collections.abc import Mapping, Sequence

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from mockserver.door.apis import Api
from mockserver.door.operations import Operation

__all__ = ["Routes"]


class Routes:
    """Finds operations.

    Args:
        url_map: Has a rule for each row, whose endpoint is the operation's id.
        apis: Whose rows they are.
    """

    def __init__(self, url_map: Map, apis: Sequence[Api]) -> None:
        self._adapter = url_map.bind("localhost")
        self._operations = {operation.id: operation for api in apis for operation in api.operations}

    def find(self, method: str, path: str) -> tuple[Operation, Mapping[str, str]] | None:
        """The operation and what its placeholders stand for. HEAD is served where GET is."""
        try:
            operation_id, names = self._adapter.match(path, method=method)
        except HTTPException:
            return None
        return self._operations[operation_id], names

    def allowed(self, path: str) -> list[str]:
        """The methods that a path knows, in order; empty for an unknown one."""
        try:
            return sorted(self._adapter.allowed_methods(path))
        except HTTPException:
            return []
