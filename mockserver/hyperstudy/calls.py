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
from mockserver.hyperstudy.envelope import error_response
from mockserver.hyperstudy.errors import ApiError
from mockserver.hyperstudy.keys import authenticate, authorise
from mockserver.hyperstudy.limits import check_limits
from mockserver.sandbox.sandbox import Sandbox
from mockserver.simulation.scenario.specs import KeySpec
from mockserver.simulation.world import World
from mockserver.web.bodies import UnreadableBodyError
from mockserver.web.requests import current_asked
from mockserver.words.addresses import DATA_API

__all__ = ["Call", "serve"]


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an operation.

    Attributes:
        key: Whose it is; None where the operation needs no key.
        now_ms: The sandbox's now when the request came in.
        base_path: Of the API, a sandbox's prefix included.
        world: As it was when the request came in; whoever writes asks the sandbox for the next one.
        arguments: The query's parameters; of one that is given more than once, the first.
    """

    sandbox: Sandbox
    key: KeySpec | None
    now_ms: int
    base_path: str
    world: World
    arguments: Mapping[str, str]

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
            call = Call(sandbox, key, asked.now_ms, DATA_API, sandbox.world, _arguments(asked, operation))
            answer: Response = operation.view(call, **names)
        except (ApiError, UnreadableBodyError) as error:
            return error_response(error)
        return answer

    return view


def _arguments(asked: Asked, operation: Operation) -> Mapping[str, str]:
    """The query's parameters; those that are hidden are as unknown as any."""
    least, sent = asked.sandbox.settings.least_fidelity, request.args.to_dict()
    if least == "inferred":
        return sent
    known = {parameter.name for parameter in operation.shown_parameters(least)}
    return {name: value for name, value in sent.items() if name in known}


def _has_key_in_query() -> bool:
    return any(map(names_key, request.args))


def _checked_key(asked: Asked, operation: Operation) -> KeySpec:
    """The request's key, once it is known to be valid, within its limits, and to have the scope.

    Raises:
        Unauthorized, Forbidden, RateLimited: It is not, or has not.
    """
    headers = cast(Mapping[str, str], request.headers)
    asked.remarks.key_name, key = authenticate(headers, asked.sandbox.keys, asked.now_ms, _has_key_in_query)
    check_limits(asked, key, operation.id)
    authorise(headers, key, operation.scope)
    return key
