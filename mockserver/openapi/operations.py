"""One operation of API A as OpenAPI describes it. Pure: a row of the table in, a dictionary out."""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from mockserver.door.operations import Answer, Operation, Parameter
from mockserver.hyperstudy.shape import Shape
from mockserver.openapi.errors import errors_of
from mockserver.openapi.headers import header_references, success_headers
from mockserver.openapi.links import links_of
from mockserver.openapi.notes import Example
from mockserver.openapi.paths import meaning, placeholders
from mockserver.openapi.schemas import Components, record_name, record_schema
from mockserver.words.camel_case import camel
from mockserver.words.fidelity import weaker
from mockserver.words.json_schema import KEYWORD, list_of, object_of

__all__ = ["answer_schema", "operation_object"]

Object = dict[str, Any]
_ORGANISATION = {"$ref": "#/components/parameters/organisation"}


def operation_object(
    operation: Operation, operations: Sequence[Operation], components: Components, example: Example | None
) -> Object:
    """The operation object of a row.

    Args:
        operations: All rows, for links between them.
        components: Gets the schemas that have a name.
        example: A real request and its answers; None leaves examples out.
    """
    described: Object = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": _description(operation),
        KEYWORD: operation.fidelity,
    }
    if operation.public:
        described["security"] = []
    else:
        described["x-required-scope"] = operation.scope
        if operation.scope_fidelity:
            described["x-required-scope-fidelity"] = operation.scope_fidelity
        described["security"] = [{"ApiKey": [operation.scope] if operation.scope else []}]
    parameters = [
        *(_path_parameter(operation, name, example) for name in placeholders(operation.path)),
        *(_parameter(operation, "query", parameter, example) for parameter in operation.parameters),
        *(_parameter(operation, "header", parameter, None) for parameter in operation.headers),
        *([] if operation.public else [_ORGANISATION]),
    ]
    if parameters:
        described["parameters"] = parameters
    if operation.body is not None:
        described["requestBody"] = _request_body(operation, operation.body, components, example)
    described["responses"] = _responses(operation, operations, components, example)
    return described


def _description(operation: Operation) -> str:
    needs = "Needs no key." if operation.public else "Needs a key, of any scope."
    if operation.scope:
        label = f" ({operation.scope_fidelity})" if operation.scope_fidelity else ""
        needs = f"Needs the scope `{operation.scope}`{label}."
    return " ".join([needs, operation.note]).strip()


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


def _parameter(operation: Operation, place: str, parameter: Parameter, example: Example | None) -> Object:
    described: Object = {
        "name": parameter.name,
        "in": place,
        "required": parameter.required,
        "description": " ".join([parameter.description, *_values_that_differ(parameter)]),
        "schema": parameter.schema,
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
    if example is not None and example.body is not None:
        content["example"] = example.body
    return {"required": operation.body_required, "content": {"application/json": content}}


# --- what it answers -------------------------------------------------------------------------------


def _responses(
    operation: Operation, operations: Sequence[Operation], components: Components, example: Example | None
) -> Object:
    worked = _success(operation, operation.status, components, example)
    links = links_of(operation, operations)
    if links:
        worked["links"] = links
    responses = {operation.status: worked}
    responses |= {status: _success(operation, status, components, None) for status in operation.also}
    responses |= {kind.status: {"$ref": f"#/components/responses/{kind.name}"} for kind in errors_of(operation)}
    return {str(status): responses[status] for status in sorted(responses)}


def _success(operation: Operation, status: int, components: Components, example: Example | None) -> Object:
    described: Object = {
        "description": HTTPStatus(status).phrase,
        "headers": header_references(success_headers(operation, status)),
    }
    if status != HTTPStatus.NOT_MODIFIED:
        answers = example.answers if example else {}
        described["content"] = {
            form: _content(operation, form, components, answers) for form in operation.answer.formats
        }
    return described


def _content(operation: Operation, form: str, components: Components, answers: Mapping[str, Any]) -> Object:
    content: Object = {}
    if form in ("application/json", "application/yaml"):
        content["schema"] = components.hoisted(answer_schema(operation))
    elif form.startswith(("text/", "application/")):
        content["schema"] = {"type": "string"}
    if form in answers:
        content["example"] = answers[form]
    return content


def answer_schema(operation: Operation) -> Object:
    """The JSON Schema of an operation's whole answer, names still in it as titles."""
    answer = operation.answer
    one = _data_schema(operation)
    if not answer.enveloped:
        return one
    # The scopes of a data type answer the same.
    title = record_name(answer.data) + "Answer" if isinstance(answer.data, Shape) else None
    data = list_of(one) if answer.many else one
    return object_of(title, status={"const": "success"}, data=data, metadata=_metadata_schema(answer))


def _data_schema(operation: Operation) -> Object:
    data = operation.answer.data
    return record_schema(data, operation.fidelity) if isinstance(data, Shape) else data


def _metadata_schema(answer: Answer) -> Object:
    required = [name for name in answer.metadata if not name.startswith("_")]
    return {"type": "object", "properties": dict(answer.metadata), "required": required}
