"""How well founded everything is, as a section of Markdown: the README's, made from the table. Pure.

Nothing here says how well founded something is; that stands beside what it is about, on operations, parameters,
fields, schemas and errors, and in `labels.py`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from textwrap import fill
from typing import Any

from mockserver.door.operations import Operation
from mockserver.door.paths import template
from mockserver.hyperstudy import routes as hyperstudy
from mockserver.hyperstudy.shape import Field, Shape
from mockserver.ingestion import routes as ingestion
from mockserver.ingestion.described import told_rules
from mockserver.ingestion.reasons import WORDINGS
from mockserver.ingestion.rules import RULES_KEYWORD, Rule
from mockserver.ingestion.tokens import RULES as TOKEN_RULES
from mockserver.openapi.description import ErrorKind
from mockserver.openapi.hyperstudy.errors import ERRORS
from mockserver.openapi.ingestion.description import ERRORS as INGESTION_ERRORS
from mockserver.openapi.labels import LABELS, disagreements
from mockserver.words.errors import SettingsError
from mockserver.words.fidelity import Fidelity, weaker
from mockserver.words.json_schema import KEYWORD

__all__ = ["BEGIN", "END", "fidelity_section", "with_section"]

BEGIN = "<!-- fidelity: made by `mockserver fidelity --write README.md` -->"
END = "<!-- fidelity: end -->"
_LEVELS = ("experiment", "room", "participant")
_WIDTH = 118
_INTRODUCTION = (
    "A label says how well founded an answer is. The OpenAPI documents have it on every operation, and on each "
    f"parameter (here `?name`, or `?name=value` for one of its values), field and error that differs (`{KEYWORD}`)."
)


_RULES_INTRODUCTION = fill(
    "Rules of the ingestion API that go beyond what is written of a field, which is itself documented; in the OpenAPI "
    f"document they stand beside the field (`{RULES_KEYWORD}`):",
    _WIDTH,
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
    rows = [*_rows(hyperstudy.BASE_PATH, hyperstudy.operations()), *_rows(ingestion.BASE_PATH, ingestion.operations())]
    parts = [
        BEGIN,
        fill(_INTRODUCTION, _WIDTH),
        "\n".join(f"- `{label}`: {meaning}." for label, meaning in LABELS.items()),
        _table(("endpoint", "label", "what differs"), rows),
        "Errors of the data API:",
        _table(("status", "code", "label", "when"), map(_error_row, ERRORS.values())),
        "Errors of the ingestion API:",
        _table(
            ("status", "label", "when"), ((str(kind.status), kind.fidelity, kind.when) for kind in INGESTION_ERRORS)
        ),
        _RULES_INTRODUCTION,
        _table(("rule", "label", "of"), _rule_rows()),
        disagreements(),
        END,
    ]
    return "\n\n".join(parts)


def _rule_rows() -> Iterator[Sequence[str]]:
    """A row for each rule of the ingestion API, with everything that has it."""
    places: dict[Rule, list[str]] = {}
    others = (("token", TOKEN_RULES), ("rejections[].reason", WORDINGS))
    for place, rule in (*told_rules(), *((place, rule) for place, rules in others for rule in rules)):
        places.setdefault(rule, []).append(place)
    for rule, named in places.items():
        yield rule.text, rule.fidelity, ", ".join(f"`{place}`" for place in named)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *(row for row in rows if row)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


# --- errors ----------------------------------------------------------------------------------------


def _error_row(kind: ErrorKind) -> Sequence[str]:
    """A row for a kind of error; none for one that only stands for others."""
    if kind.parts:
        return ()
    codes = ", ".join(f"`{code}`" for code in kind.codes)
    details = weaker(kind.details.get(KEYWORD, kind.fidelity), kind.fidelity)
    label = kind.fidelity if details == kind.fidelity else f"{kind.fidelity}, details {details}"
    return str(kind.status), codes, label, kind.when


# --- endpoints -------------------------------------------------------------------------------------


def _rows(base_path: str, operations: Sequence[Operation]) -> Iterator[Sequence[str]]:
    """A row for each path and label; the levels of a data type are one."""
    described = [(_path(operation), operation.fidelity, operation) for operation in operations]
    for (path, label), same in groupby(described, key=lambda row: row[:2]):
        rows = [operation for _, _, operation in same]
        methods = " ".join(dict.fromkeys(operation.method for operation in rows))
        yield f"`{methods} {base_path}{path}`", label, _differences(rows)


def _path(operation: Operation) -> str:
    path = template(operation.path)
    if isinstance(operation.answer.data, Shape):
        for level in _LEVELS:
            path = path.replace(f"/{level}/{{scopeId}}", "/{scope}/{scopeId}")
    return path


def _differences(rows: Sequence[Operation]) -> str:
    """What is labelled otherwise than its operation, label by label; and where, if not everywhere."""
    found: dict[tuple[Fidelity, str], list[str]] = {}
    for operation in rows:
        for difference in dict.fromkeys(_of_operation(operation)):
            found.setdefault(difference, []).append(_which(operation))
    told = []
    for label in LABELS:
        names = [
            what if len(where) == len(rows) else f"{what} ({', '.join(where)})"
            for (its_label, what), where in found.items()
            if its_label == label
        ]
        told += [f"{label}: {', '.join(names)}"] if names else []
    return "; ".join(told)


def _which(operation: Operation) -> str:
    """What tells an operation from the others of its row: its level, or its method."""
    return next((level for level in _LEVELS if f"/{level}/<scope_id>" in operation.path), operation.method)


def _of_operation(operation: Operation) -> Iterator[tuple[Fidelity, str]]:
    """Label and name of each parameter and field that differs."""
    around = operation.fidelity
    yield from _told(operation.scope_fidelity or around, around, f"scope `{operation.scope}`")
    for parameter in operation.parameters:
        yield from _told(parameter.fidelity, around, f"`?{parameter.name}`")
        for value, label in parameter.labels.items():
            yield from _told(label, weaker(parameter.fidelity, around), f"`?{parameter.name}={value}`")
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
    parts = {above + name: inner for name, inner in schema.get("properties", {}).items()}
    if "items" in schema:
        parts[above.removesuffix(".") + "[]"] = schema["items"]
    for name, inner in parts.items():
        yield from _told(inner.get(KEYWORD, around), around, f"`{name}`")
        yield from _of_schema(inner, weaker(inner.get(KEYWORD, around), around), f"{name}.")


def _told(label: Fidelity, around: Fidelity, what: str) -> Iterator[tuple[Fidelity, str]]:
    """Worth telling, if it is less well founded than what it is part of."""
    if weaker(label, around) != around:
        yield label, what
