"""One operation as OpenAPI describes it. Pure: a row in, a dictionary out."""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from mockserver.door.operations import Answer, Operation, Parameter
from mockserver.door.paths import meaning, placeholders
from mockserver.hyperstudy.shape import Shape
from mockserver.openapi.description import Description
from mockserver.openapi.errors import error_response
from mockserver.openapi.example import Example, Examples
from mockserver.openapi.headers import header_references, success_headers
from mockserver.openapi.schemas import Components, record_name, record_schema
from mockserver.words.camel_case import camel
from mockserver.words.fidelity import Fidelity, shows, weaker
from mockserver.words.json_schema import KEYWORD, TEXT, list_of, object_of

__all__ = ["IF_NONE_MATCH", "answer_schema", "operation_object"]

Object = dict[str, Any]

# The parameter of operations whose answers are kept, by component name.
IF_NONE_MATCH: Mapping[str, Object] = MappingProxyType(
    {
        "ifNoneMatch": {
            "name": "If-None-Match",
            "in": "header",
            "required": False,
            "description": "ETags of answers that are there already: 304 if this would be one of them.",
            "schema": TEXT,
            KEYWORD: "inferred",
        }
    }
)


def operation_object(
    operation: Operation,
    operations: Sequence[Operation],
    description: Description,
    components: Components,
    examples: Examples,
) -> Object:
    """The operation object of a row.

    Args:
        operations: All rows of its API, for links between them.
        components: Gets the schemas that have a name.
        examples: Real requests and answers; what is not among them is not shown.
    """
    example = examples.operations.get(operation.id)
    access = description.access(operation)
    described: Object = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": " ".join([access.told, operation.note]).strip(),
        KEYWORD: operation.fidelity,
        **access.extensions,
        "security": list(access.security),
    }
    credentials = [n for n, header in description.headers.items() if shows(header[KEYWORD], components.least)]
    common = (*(() if operation.public else credentials), *(IF_NONE_MATCH if operation.kept else ()))
    parameters = [
        *(_path_parameter(operation, name, example) for name in placeholders(operation.path)),
        *(_parameter(operation, "query", parameter, components, example) for parameter in operation.parameters),
        *(_parameter(operation, "header", parameter, components, None) for parameter in operation.headers),
        *({"$ref": f"#/components/parameters/{name}"} for name in common),
    ]
    if parameters:
        described["parameters"] = parameters
    if operation.body is not None:
        described["requestBody"] = _request_body(operation, operation.body, components, example)
    described["responses"] = _responses(operation, operations, description, components, examples)
    return described


# --- what it takes ---------------------------------------------------------------------------------


def _path_parameter(operation: Operation, name: str, example: Example | None) -> Object:
    described: Object = {
        "name": camel(name),
        "in": "path",
        "required": True,
        "description": _path_meaning(operation.path, name),
        "schema": {"type": "string", "minLength": 1},
    }
    return _with_example(described, example.path.get(name) if example else None)


def _path_meaning(path: str, name: str) -> str:
    meant = meaning(path, name)
    what = meant.removesuffix("_id").replace("_", " ")
    return f"The {what}'s id." if meant.endswith("_id") else f"The {what}."


def _parameter(
    operation: Operation, place: str, parameter: Parameter, components: Components, example: Example | None
) -> Object:
    described: Object = {
        "name": parameter.name,
        "in": place,
        "required": parameter.required,
        "description": " ".join([parameter.description, *_values_that_differ(parameter)]),
        "schema": components.hoisted(parameter.schema),
    }
    fidelity = weaker(parameter.fidelity, operation.fidelity)
    if fidelity != operation.fidelity:
        described[KEYWORD] = fidelity
    return _with_example(described, example.query.get(parameter.name) if example else None)


def _values_that_differ(parameter: Parameter) -> Iterator[str]:
    """A sentence for each label that some of its values have and it has not."""
    for label in dict.fromkeys(parameter.labels.values()):
        names = [f"`{value}`" for value, its_label in parameter.labels.items() if its_label == label]
        yield f"{label.capitalize()}: {', '.join(names)}."


def _with_example(described: Object, value: Any | None) -> Object:
    return described if value is None else {**described, "example": value}


def _request_body(operation: Operation, schema: Object, components: Components, example: Example | None) -> Object:
    content: Object = {"schema": components.hoisted(schema)}
    if example is not None and example.variants:
        content["examples"] = {n: {"summary": v.told, "value": v.body} for n, v in example.variants.items()}
    elif example is not None and example.body is not None:
        content["example"] = example.body
    return {"required": operation.body_required, "content": {"application/json": content}}


# --- what it answers -------------------------------------------------------------------------------


def _responses(
    operation: Operation,
    operations: Sequence[Operation],
    description: Description,
    components: Components,
    examples: Examples,
) -> Object:
    def worked(status: int, example: Example | None) -> Object:
        names = success_headers(operation, status, limited=description.limited)
        return _success(operation, status, names, components, example)

    responses: dict[int, Object] = {operation.status: worked(operation.status, examples.operations.get(operation.id))}
    links = description.links_of(operation, operations)
    if links:
        responses[operation.status]["links"] = links
    also = (*operation.also, *([HTTPStatus.NOT_MODIFIED] if operation.kept else []))
    responses |= {int(status): worked(status, None) for status in also}
    refused = examples.errors.get(operation.id, {})
    # Written out for each operation, so that each can show an error of its own.
    responses |= {
        kind.status: error_response(kind, description, components, refused.get(kind.name))
        for kind in description.errors_of(operation)
    }
    return {str(status): responses[status] for status in sorted(responses)}


def _success(
    operation: Operation, status: int, headers: tuple[str, ...], components: Components, example: Example | None
) -> Object:
    about = operation.answer.about or HTTPStatus(status).phrase
    described: Object = {"description": about, "headers": header_references(headers)}
    if status not in (HTTPStatus.NOT_MODIFIED, HTTPStatus.NO_CONTENT):
        described["content"] = {
            form: _content(operation, form, components, example) for form in operation.answer.formats
        }
    return described


def _content(operation: Operation, form: str, components: Components, example: Example | None) -> Object:
    content: Object = {}
    if form in ("application/json", "application/yaml"):
        content["schema"] = components.hoisted(answer_schema(operation, components.least))
    elif form.startswith(("text/", "application/")):
        content["schema"] = {"type": "string"}
    if example is not None and example.variants:
        content["examples"] = {n: {"summary": v.told, "value": v.answer} for n, v in example.variants.items()}
    elif example is not None and form in example.answers:
        content["example"] = example.answers[form]
    return content


def answer_schema(operation: Operation, least: Fidelity = "inferred") -> Object:
    """The JSON Schema of an operation's whole answer, names still in it as titles.

    Args:
        least: The weakest label that is shown.
    """
    answer = operation.answer
    one = _data_schema(operation, least)
    if not answer.enveloped:
        return one
    # The levels of a data type answer the same.
    of = record_name(answer.data) if isinstance(answer.data, Shape) else operation.id[0].upper() + operation.id[1:]
    data = list_of(one) if answer.many else one
    return object_of(of + "Answer", status={"const": "success"}, data=data, metadata=_metadata_schema(answer))


def _data_schema(operation: Operation, least: Fidelity) -> Object:
    data = operation.answer.data
    return record_schema(data, operation.fidelity, least) if isinstance(data, Shape) else data


def _metadata_schema(answer: Answer) -> Object:
    required = [name for name in answer.metadata if not name.startswith("_")]
    return {"type": "object", "properties": dict(answer.metadata), "required": required}
