"""A call of an operation of API A: the request, once its key is known to be good.

The order of checks before a view is key (401), limit (429), scope or organisation (403) (inferred).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from flask import Response, request

from mockserver.door.asked import Asked
from mockserver.door.credentials import names_key
from mockserver.door.operations import Operation
from mockserver.door.query import Query
from mockserver.hyperstudy.envelope import error_response
from mockserver.hyperstudy.errors import ApiError, InvalidParameter
from mockserver.hyperstudy.keys import ORGANISATION_FIDELITY, ORGANISATION_HEADER, authenticate, authorise
from mockserver.hyperstudy.limits import check_limits
from mockserver.sandbox.sandbox import Sandbox
from mockserver.simulation.scenario.specs import KeySpec
from mockserver.simulation.world import World
from mockserver.web.bodies import UnreadableBodyError
from mockserver.web.requests import current_asked
from mockserver.words.addresses import DATA_API
from mockserver.words.fidelity import shows

__all__ = ["Call", "serve"]


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an operation.

    Attributes:
        key: Whose it is; None where the operation needs no key.
        now_ms: The sandbox's now when the request came in.
        base_path: Of the API, a sandbox's prefix included.
        world: As it was when the request came in; whoever writes asks the sandbox for the next one.
        query: What it says to the operation. Views read `arguments`; only one that needs a parameter to find out whose
            data it is (403) looks here, since what is wrong with parameters (400) comes after that.
    """

    sandbox: Sandbox
    key: KeySpec | None
    now_ms: int
    base_path: str
    world: World
    query: Query

    @property
    def arguments(self) -> Mapping[str, str]:
        """The operation's parameters that were given, each with its one value.

        Raises:
            InvalidParameter: One was given more than once, or with brackets.
        """
        misused = self.query.misused
        if misused is not None:
            raise InvalidParameter(misused.name, misused.values, misused.expected, misused.message)
        return self.query.arguments

    @property
    def caller(self) -> KeySpec:
        """The key of an operation that needs one.

        Raises:
            LookupError: The operation needs none; a view of such an operation must not ask.
        """
        if self.key is None:
            raise LookupError("this operation needs no key, so there is no caller")
        return self.key


def serve(operation: Operation) -> Callable[..., Response]:
    """The view of an operation as Flask calls it: key, limits and scope first, and every error in the envelope."""

    def view(**names: str) -> Response:
        asked = current_asked()
        try:
            key = None if operation.public else _checked_key(asked, operation)
            sandbox = asked.sandbox
            call = Call(sandbox, key, asked.now_ms, DATA_API, sandbox.world, asked.query)
            answer: Response = operation.view(call, **names)
        except (ApiError, UnreadableBodyError) as error:
            return error_response(error)
        return answer

    return view


def _checked_key(asked: Asked, operation: Operation) -> KeySpec:
    """The request's key, once it is known to be valid, within its limits, and to have the scope.

    Raises:
        Unauthorized, Forbidden, RateLimited: It is not, or has not.
    """
    headers = cast(Mapping[str, str], request.headers)

    def in_query() -> bool:
        return any(map(names_key, asked.query.unread))

    asked.remarks.key_name, key = authenticate(headers, asked.sandbox.keys, asked.now_ms, in_query)
    check_limits(asked, key, operation.id)
    named = shows(ORGANISATION_FIDELITY, asked.sandbox.settings.least_fidelity)
    authorise(headers.get(ORGANISATION_HEADER) if named else None, key, operation.scope)
    return key
