"""What a document says of an API beside its rows: a value for each API, from which one maker makes all documents."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from mockserver.door.apis import Api
from mockserver.door.operations import Operation
from mockserver.openapi.example import Examples
from mockserver.words.fidelity import Fidelity
from mockserver.words.json_schema import Schema

__all__ = ["Access", "Description", "ErrorKind"]


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """One way to fail.

    Attributes:
        name: Of the component.
        when: It happens, as a sentence.
        headers: That come with it, beside those of every answer.
        limited: It comes after limits were counted, and says how far they are used up.
        codes: That the envelope's code may be, where it has one.
        details: JSON Schema of the envelope's details, where it has them.
        parts: The kinds that it stands for, where one answer can be any of several.
    """

    name: str
    status: int
    when: str
    headers: tuple[str, ...] = ()
    fidelity: Fidelity = "inferred"
    limited: bool = True
    codes: tuple[str, ...] = ()
    details: Schema = field(default_factory=dict)
    parts: tuple["ErrorKind", ...] = ()


@dataclass(frozen=True, slots=True)
class Access:
    """What an operation needs of its caller.

    Attributes:
        told: A sentence; empty where the security scheme says it all.
        security: As OpenAPI has it: any of these.
        extensions: What else is said, by keyword.
    """

    told: str
    security: Sequence[Mapping[str, Sequence[str]]]
    extensions: Mapping[str, Any] = field(default_factory=dict)


def _no_links(operation: Operation, operations: Sequence[Operation]) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Description:
    """What a document says of an API beside its rows.

    Attributes:
        info: Of the document, whole.
        tags: What an operation's tag means; one that is not here is named and not explained.
        schemes: Security schemes by name.
        access: What an operation needs.
        errors_of: How an operation may fail: one kind for each status, by status.
        error_schema: Of a whole answer that is such an error; with a title it is a component.
        examples: Asks an application that nobody else uses for real requests to the API.
        headers: Parameters of every operation that is not public, by component name.
        limited: Requests are counted where limits are on, and answers say how far a limit is used up.
        links_of: The `links` block of what an operation answers when it works, given all rows.
    """

    info: Mapping[str, Any]
    tags: Mapping[str, str]
    schemes: Mapping[str, Any]
    access: Callable[[Operation], Access]
    errors_of: Callable[[Operation], Sequence[ErrorKind]]
    error_schema: Callable[[ErrorKind], Schema]
    examples: Callable[[Flask, Api], Examples]
    headers: Mapping[str, Any] = field(default_factory=dict)
    limited: bool = True
    links_of: Callable[[Operation, Sequence[Operation]], dict[str, Any]] = _no_links
