"""Rules that stand beside a documented field, body or answer, each with a label of its own.

A field can be documented and what is done with some of its values our choice. So a rule does not make its field any
less well founded; it is told beside it, in the OpenAPI document and in the README's section.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from mockserver.words.fidelity import Fidelity
from mockserver.words.json_schema import KEYWORD

__all__ = ["RULES_KEYWORD", "Rule", "beside"]

# The extension that carries such rules.
RULES_KEYWORD: Final = "x-rules"


@dataclass(frozen=True, slots=True)
class Rule:
    """One of them.

    Attributes:
        text: What is done, without a full stop: Markdown.
        fidelity: How well founded that is.
    """

    text: str
    fidelity: Fidelity = "inferred"


def beside(rules: Iterable[Rule]) -> dict[str, Any]:
    """The extension of what has these rules; empty where there are none."""
    listed = [{"rule": rule.text, KEYWORD: rule.fidelity} for rule in rules]
    return {RULES_KEYWORD: listed} if listed else {}
