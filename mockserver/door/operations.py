"""Operations: what an address does, what it takes, and what it answers. One row each, for all three APIs.

Routes, checks, journal, documents and the page are derived from these rows, so that nothing can be served without
being described.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from mockserver.simulation.world import World
from mockserver.words.fidelity import Fidelity, shows
from mockserver.words.founded import shown_schema
from mockserver.words.json_schema import Schema, object_of

__all__ = ["Answer", "Method", "Operation", "Parameter"]

Method = Literal["GET", "POST", "PUT", "DELETE"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the query or a header, as the OpenAPI document describes it.

    Attributes:
        schema: JSON Schema of its value.
        fidelity: How well founded it is.
        labels: The same of values that differ from it.
    """

    name: str
    schema: Schema
    description: str
    required: bool = False
    fidelity: Fidelity = "documented"
    labels: Mapping[str, Fidelity] = field(default_factory=dict)

    def shown(self, least: Fidelity) -> "Parameter":
        """The same without the values that are less well founded."""
        labels = {value: label for value, label in self.labels.items() if shows(label, least)}
        hidden = set(self.labels) - set(labels)
        if not hidden:
            return self
        options = [value for value in self.schema["enum"] if value not in hidden]
        return replace(self, schema={**self.schema, "enum": options}, labels=labels)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers when it works.

    Attributes:
        data: The shape of a record in `data`, or a JSON Schema of `data` as a whole.
        many: `data` is a list of records; else it is one.
        metadata: Names of what the metadata holds, to JSON Schemas.
        enveloped: The answer is in the API's envelope; else `data` is the whole body.
        formats: Content types.
        about: What it says, as a sentence; empty where that is plain.
    """

    data: Any
    many: bool = True
    metadata: Mapping[str, Schema] = field(default_factory=dict)
    enveloped: bool = True
    formats: tuple[str, ...] = ("application/json",)
    about: str = ""


@dataclass(frozen=True)
class Operation:
    """One row: a method at a path.

    Attributes:
        id: Name in documents, journal and faults; unique over all APIs.
        path: Below the API's base path, with `<name>` for what varies.
        view: Answers a request whose caller was let in.
        scope: What a key must have; None means any valid credential.
        scope_fidelity: How well founded that is; None, as well as the operation.
        public: No credential at all.
        parameters: Of the query.
        headers: That it reads beside those of every operation of its API.
        body: JSON Schema of the request's body; None where it takes none.
        status: When it works.
        also: Other statuses that mean so.
        errors: What else it may answer, as far as the row does not show it (`mockserver/openapi/errors.py`).
        kept: Its answers may be kept, and answered again while nothing that they depend on has changed.
        always_shown: It is there whatever is hidden, since answers and pages that are shown lead to it.
        long: It may take long, however small the request is: always, or for what the path names.
    """

    id: str
    method: Method
    path: str
    view: Callable[..., Any]
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
    kept: bool = False
    always_shown: bool = False
    long: bool | Callable[[World, Mapping[str, str]], bool] = False

    def is_shown(self, least: Fidelity) -> bool:
        """Is it served, where `least` is the weakest label that is?"""
        return self.always_shown or shows(self.fidelity, least)

    def shown_parameters(self, least: Fidelity) -> list[Parameter]:
        """The parameters of the query that are well enough founded, each without values that are not."""
        return [one.shown(least) for one in self.parameters if self.always_shown or shows(one.fidelity, least)]

    def shown(self, least: Fidelity) -> "Operation":
        """The same without the parameters and fields that are less well founded.

        A shape of records stays whole; whoever writes or describes it hides its fields.
        """
        around = self.fidelity
        data, metadata = self.answer.data, object_of(**self.answer.metadata)
        answer = replace(
            self.answer,
            data=shown_schema(data, around, least) if isinstance(data, dict) else data,
            metadata=shown_schema(metadata, around, least)["properties"],
        )
        body = None if self.body is None else shown_schema(self.body, around, least)
        return replace(self, parameters=tuple(self.shown_parameters(least)), answer=answer, body=body)

    @cached_property
    def parameter_names(self) -> tuple[str, ...]:
        """Of the parameters of the query."""
        return tuple(parameter.name for parameter in self.parameters)

    def names_shown(self, least: Fidelity) -> tuple[str, ...]:
        """The same of those that are well enough founded."""
        if least == "inferred":
            return self.parameter_names
        return tuple(parameter.name for parameter in self.shown_parameters(least))

    def is_long(self, world: World, names: Mapping[str, str]) -> bool:
        """May it take long?

        Args:
            names: What stands in the place of the path's placeholders.
        """
        return self.long if isinstance(self.long, bool) else self.long(world, names)
