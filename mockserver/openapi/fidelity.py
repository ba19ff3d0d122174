"""How well founded everything is, as a section of Markdown: the README's, made from the table. Pure.

Nothing here says how well founded something is; that stands beside what it is about, on operations, parameters,
fields, schemas and errors, and in `labels.py`.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from textwrap import fill
from typing import Any

from mockserver.errors import SettingsError
from mockserver.hyperstudy.operations import Operation
from mockserver.hyperstudy.routes import BASE_PATH, operations
from mockserver.hyperstudy.shapes import Fidelity, Field, Shape
from mockserver.ingestion.schemas import KINDS
from mockserver.openapi.errors import ERRORS
from mockserver.openapi.labels import KEYWORD, LABELS, disagreements, weaker
from mockserver.openapi.paths import template

__all__ = ["BEGIN", "END", "fidelity_section", "with_section"]

BEGIN = "<!-- fidelity: made by `mockserver fidelity --write README.md` -->"
END = "<!-- fidelity: end -->"
_SCOPES = ("experiment", "room", "participant")
_WIDTH = 118
_INTRODUCTION = (
    "A label says how well founded an answer is. The OpenAPI documents have it on every operation, and on each "
    f"parameter (here `?name`), field and error that differs (`{KEYWORD}`)."
)


def with_section(text: str) -> str:
    """A Markdown text with the section of today between its two marks.

    Raises:
        SettingsError: It has no such marks.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SettingsError(f"the file has no lines {BEGIN} and {END}, between which the section goes")
    return f"{before}{fidelity_section()}{after}"


def fidelity_section() -> str:
    """The section, its marks included."""
    meanings = "\n".join(f"- `{label}`: {meaning}." for label, meaning in LABELS.items())
    errors = "\n".join(
        f"| {kind.status} | {', '.join(f'`{code}`' for code in kind.codes)} | {kind.fidelity} | {kind.when} |"
        for kind in ERRORS.values()
        if kind.name != "InvalidRequest"
    )
    parts = [
        BEGIN,
        fill(_INTRODUCTION, _WIDTH),
        meanings,
        "| endpoint | label | what differs |\n| --- | --- | --- |\n" + "\n".join(_rows()),
        "| status | code | label | when |\n| --- | --- | --- | --- |\n" + errors,
        disagreements(),
        END,
    ]
    return "\n\n".join(parts)


# --- endpoints -------------------------------------------------------------------------------------


def _rows() -> Iterator[str]:
    """A row for each path and label; the scopes of a data type are one."""
    described = [(_path(operation), operation.fidelity, operation) for operation in operations()]
    for (path, label), same in groupby(described, key=lambda row: row[:2]):
        rows = [operation for _, _, operation in same]
        methods = " ".join(dict.fromkeys(operation.method for operation in rows))
        yield f"| `{methods} {BASE_PATH}{path}` | {label} | {_differences(rows)} |"
    for kind in KINDS.values():
        yield f"| `POST /api/data/{kind.name}` | {kind.fidelity} | |"


def _path(operation: Operation) -> str:
    path = template(operation.path)
    if isinstance(operation.answer.data, Shape):
        for scope in _SCOPES:
            path = path.replace(f"/{scope}/{{scopeId}}", "/{scope}/{scopeId}")
    return path


def _differences(rows: Iterable[Operation]) -> str:
    """What is labelled otherwise than its operation, label by label."""
    found = dict.fromkeys(difference for operation in rows for difference in _of_operation(operation))
    told = []
    for label in LABELS:
        names = [what for its_label, what in found if its_label == label]
        told += [f"{label}: {', '.join(names)}"] if names else []
    return "; ".join(told)


def _of_operation(operation: Operation) -> Iterator[tuple[Fidelity, str]]:
    """Label and name of each parameter and field that differs."""
    around = operation.fidelity
    yield from _told(operation.scope_fidelity or around, around, f"scope `{operation.scope}`")
    for parameter in operation.parameters:
        yield from _told(parameter.fidelity, around, f"`?{parameter.name}`")
    if operation.body:
        yield from _told(operation.body.get(KEYWORD, around), around, "body")
    data = operation.answer.data
    if isinstance(data, Shape):
        yield from _of_fields(data.fields, around)
    else:
        yield from _told(data.get(KEYWORD, around), around, "answer")
        yield from _of_schema(data, weaker(data.get(KEYWORD, around), around))
    for name, schema in operation.answer.metadata.items():
        yield from _told(schema.get(KEYWORD, around), around, f"`metadata.{name}`")


def _of_fields(fields: Iterable[Field], around: Fidelity, above: str = "") -> Iterator[tuple[Fidelity, str]]:
    for field in fields:
        name = above + field.name
        yield from _told(field.fidelity, around, f"`{name}`")
        yield from _of_fields(field.fields, weaker(field.fidelity, around), f"{name}.")


def _of_schema(schema: Mapping[str, Any], around: Fidelity, above: str = "") -> Iterator[tuple[Fidelity, str]]:
    for name, inner in schema.get("properties", {}).items():
        yield from _told(inner.get(KEYWORD, around), around, f"`{above}{name}`")
        yield from _of_schema(inner, weaker(inner.get(KEYWORD, around), around), f"{above}{name}.")


def _told(label: Fidelity, around: Fidelity, what: str) -> Iterator[tuple[Fidelity, str]]:
    """Worth telling, if it is less well founded than what it is part of."""
    if weaker(label, around) != around:
        yield label, what
