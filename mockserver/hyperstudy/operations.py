"""Operations: what an address does, who may call it, and what it takes and answers.

Routes, checks and the OpenAPI document are all derived from these rows, so that nothing can be served
without being described. A view gets a `Call` whose key has already been checked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from flask import Response, request

from mockserver.door.http import current_sandbox
from mockserver.hyperstudy.json_schema import Schema
from mockserver.hyperstudy.keys import authenticate, authorise
from mockserver.hyperstudy.limits import check_limits
from mockserver.hyperstudy.shapes import Fidelity, Shape
from mockserver.sandbox.sandbox import Sandbox
from mockserver.simulation.scenario.specs import KeySpec
from mockserver.simulation.world import World

__all__ = ["Answer", "Call", "Method", "Operation", "Parameter", "serve"]

Method = Literal["GET", "POST", "PUT", "DELETE"]


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an operation.

    Attributes:
        key: Whose it is; None where the operation needs no key.
        now_ms: The sandbox's now when the request came in.
        base_path: Of the API.
        world: As it was when the request came in; whoever writes asks the sandbox for the next one.
    """

    sandbox: Sandbox
    key: KeySpec | None
    now_ms: int
    base_path: str
    world: World

    @property
    def caller(self) -> KeySpec:
        """The key of an operation that needs one.

        Raises:
            LookupError: The operation needs none; a view of such an operation must not ask.
        """
        if self.key is None:
            raise LookupError("this operation needs no key, so there is no caller")
        return self.key

    @property
    def arguments(self) -> Mapping[str, str]:
        """The query's parameters; of one that is given more than once, the first."""
        return request.args


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the query or a header, as the OpenAPI document describes it.

    Attributes:
        schema: JSON Schema of its value.
        fidelity: How well founded it is. labels: the same of values that differ from it.
    """

    name: str
    schema: Schema
    description: str
    required: bool = False
    fidelity: Fidelity = "documented"
    labels: Mapping[str, Fidelity] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers when it works.

    Attributes:
        data: The shape of a record in `data`, or a JSON Schema of `data` as a whole.
        many: `data` is a list of records; else it is one.
        metadata: Names of what the metadata holds, to JSON Schemas.
        enveloped: The answer is `{"status", "data", "metadata"}`; else `data` is the whole body.
    """

    data: Shape | Schema
    many: bool = True
    metadata: Mapping[str, Schema] = field(default_factory=dict)
    enveloped: bool = True
    formats: tuple[str, ...] = ("application/json",)


@dataclass(frozen=True)
class Operation:
    """One row: a method at a path.

    Attributes:
        id: Name in the OpenAPI document, unique.
        path: Below the base path, with `<name>` for what varies.
        scope: What a key must have; None means any valid key. public: no key at all.
        scope_fidelity: How well founded that is; None, as well as the operation.
        parameters: Of the query. headers: that it reads beside those of every operation.
        body: JSON Schema of the request's body; None where it takes none.
        status, answer: When it works; `also`: other statuses that mean so.
        errors: What else it may answer, as far as the row does not show it (`mockserver/openapi/errors.py`).
    """

    id: str
    method: Method
    path: str
    view: Callable[..., Response]
    summary: str
    tag: str
    answer: Answer
    scope: str | None = None
    scope_fidelity: Fidelity | None = None
    public: bool = False
    parameters: tuple[Parameter, ...] = ()
    headers: tuple[Parameter, ...] = ()
    body: Schema | None = None
    body_required: bool = True
    status: int = 200
    also: tuple[int, ...] = ()
    errors: tuple[int, ...] = ()
    fidelity: Fidelity = "documented"
    note: str = ""


def serve(operation: Operation, base_path: str) -> Callable[..., Response]:
    """The view of an operation as Flask calls it: limits, key and scope first, then the operation's own."""

    def view(**names: str) -> Response:
        sandbox = current_sandbox()
        now_ms = sandbox.clock.now_ms()
        key = None if operation.public else _checked_key(sandbox, operation, now_ms)
        return operation.view(Call(sandbox, key, now_ms, base_path, sandbox.world), **names)

    return view


def _checked_key(sandbox: Sandbox, operation: Operation, now_ms: int) -> KeySpec:
    """The request's key, once it is known to be valid, within its limits, and to have the scope.

    Raises:
        Unauthorized, Forbidden, RateLimited: It is not, or has not.
    """
    headers = cast(Mapping[str, str], request.headers)
    in_query = any(_letters(name) in ("apikey", "key", "xapikey") for name in request.args)
    key = authenticate(headers, sandbox.world.scenario.keys, now_ms, in_query)
    check_limits(sandbox, key, operation.id)
    authorise(headers, key, operation.scope)
    return key


def _letters(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalpha())
