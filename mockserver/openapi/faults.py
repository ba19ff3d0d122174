"""The reference of faults as Markdown, made from the catalogue."""

from collections.abc import Iterator

from mockserver.door.faults.catalogue import catalogue
from mockserver.door.faults.kinds import Kind, Knob

__all__ = ["faults_page"]

_INTRODUCTION = """# What can go wrong on purpose

Made by `mockserver faults`; how to set a fault is in the [README](../README.md#failures-on-demand). Every fault takes
`operation`, `times`, `after`, `probability`, `when` and `script` beside the knobs that its row names. Where `when` is
left out, it is the first that the row names."""
_HEAD = """| fault | what happens | it imitates | it has happened | a careful client | when | knobs |
| --- | --- | --- | --- | --- | --- | --- |"""


def faults_page() -> str:
    """The whole page."""
    return "\n".join([_INTRODUCTION, "", _HEAD, *map(_row, catalogue().values()), ""])


def _row(kind: Kind) -> str:
    moments = ", ".join(f"`{moment}`" for moment in kind.moments)
    happened = f"{kind.reported} ([report]({kind.report}))" if kind.report else ""
    knobs = "; ".join(map(_knob, kind.knobs))
    cells = (f"`{kind.name}`", kind.does, kind.imitates, happened, kind.careful, moments, knobs)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _knob(knob: Knob) -> str:
    return f"`{knob.name}`: {' '.join(_told(knob))}"


def _told(knob: Knob) -> Iterator[str]:
    yield knob.description.removesuffix(".")[:1].lower() + knob.description.removesuffix(".")[1:]
    if knob.allowed:
        yield f"({', '.join(f'`{one}`' for one in knob.allowed)})"
    elif knob.type in ("whole", "number"):
        yield f"({knob.least:,} to {knob.most:,})"
    if knob.default not in (None, ""):
        yield f"[{knob.default}]"
