"""What the fidelity labels mean, and where the sources contradict each other.

The labels themselves stand beside what they label: on operations, parameters, fields and schemas. The OpenAPI
documents, the reference page and the README's section are made from those and from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mockserver.words.fidelity import Fidelity, weaker
from mockserver.words.json_schema import KEYWORD

__all__ = ["DISAGREEMENTS", "KEYWORD", "LABELS", "Disagreement", "disagreements", "legend", "weaker"]

LABELS: Mapping[Fidelity, str] = MappingProxyType(
    {
        "documented": "it stands in the public documentation of the service",
        "observed": "the official client sends or reads it so",
        "inferred": "all sources are silent or disagree; it is our choice",
    }
)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Something that the documentation and the official client say differently.

    Attributes:
        about: What it is about. documented, observed: what each says; the setting `reading` chooses.
        seen_in: Where the other reading is from.
    """

    about: str
    documented: str
    observed: str
    seen_in: str


DISAGREEMENTS: tuple[Disagreement, ...] = (
    Disagreement(
        "`error.code` of an answer with status 401", "UNAUTHORIZED", "AUTHENTICATION_ERROR", "the client's fixtures"
    ),
    Disagreement("`status` of `GET /health`", "healthy", "success", "the client's guide"),
    Disagreement("`status` of a finished recording", "completed", "complete", "the client's fixtures"),
    Disagreement("`value` of a sparse rating of 58 on a scale from 0 to 80", "58.0", "72.5", "the client's fixtures"),
)


def legend() -> str:
    """What the labels mean: Markdown."""
    meanings = "\n".join(f"- `{label}`: {meaning}." for label, meaning in LABELS.items())
    return (
        f"Every operation says how well founded it is (`{KEYWORD}`), and so does each parameter, field and error "
        f"that differs from its operation:\n\n{meanings}"
    )


def disagreements() -> str:
    """Where sources disagree: Markdown."""
    rows = "\n".join(f"| {d.about} | `{d.documented}` | `{d.observed}` ({d.seen_in}) |" for d in DISAGREEMENTS)
    return (
        "Where sources disagree, the setting `--reading` chooses; `documented` is the default:\n\n"
        f"| what | documented | observed |\n| --- | --- | --- |\n{rows}"
    )
