"""Which operation a method and a path name: the APIs' rows as a map of Werkzeug's, which knows nothing of Flask."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from mockserver.door.apis import Api
from mockserver.door.operations import Operation

__all__ = ["Routes"]

_PATHS = 1024
_USUAL_LENGTH = 512


class Routes:
    """Finds operations.

    Args:
        url_map: Has a rule for each row, whose endpoint is the operation's id.
        apis: Whose rows they are.
    """

    def __init__(self, url_map: Map, apis: Sequence[Api]) -> None:
        self._adapter = url_map.bind("localhost")
        self._operations = {operation.id: operation for api in apis for operation in api.operations}
        # Clients ask the same paths with other queries.
        self._found = lru_cache(maxsize=_PATHS)(self._find)

    def find(self, method: str, path: str) -> tuple[Operation, Mapping[str, str]] | None:
        """The operation and what its placeholders stand for. HEAD is served where GET is, and OPTIONS by nobody."""
        return self._found(method, path) if len(path) <= _USUAL_LENGTH else self._find(method, path)

    def _find(self, method: str, path: str) -> tuple[Operation, Mapping[str, str]] | None:
        if method == "OPTIONS":
            return None
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
