"""What a value in a file of texts may be, beside `scenario/fields.py`."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

__all__ = ["Facts", "Lines"]

_LIST = "expected a list in square brackets"


class Lines(fields.Field[list[str]]):
    """A list of texts. There are thousands of them, so that a field for each would take its time.

    Args:
        least: How many at least.
    """

    default_error_messages = {"required": f"missing; {_LIST}", "invalid": _LIST}

    def __init__(self, *, least: int = 0, **rules: Any) -> None:
        super().__init__(**rules)
        self._least = least

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[str]:
        if not isinstance(value, list):
            raise self.make_error("invalid", input=value)
        mistakes = {n: ["expected a text in quotes"] for n, text in enumerate(value) if not isinstance(text, str)}
        if mistakes:
            # By place in the list, as marshmallow's own lists report theirs.
            raise ValidationError(mistakes)
        if len(value) < self._least:
            raise ValidationError(f"expected {self._least} or more texts")
        return value


class Facts(fields.Field[list[dict[str, str]]]):
    """What differs between people, one for each: a text for `{fact}` and `{short}`, or a table that names its words."""

    default_error_messages = {"required": f"missing; {_LIST}", "invalid": _LIST}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> list[dict[str, str]]:
        if not isinstance(value, list) or not value:
            raise ValidationError("expected 1 or more facts in square brackets")
        return [_fact(one, number) for number, one in enumerate(value)]


def _fact(value: Any, number: int) -> dict[str, str]:
    if isinstance(value, str):
        return {"fact": value, "short": value}
    if isinstance(value, dict) and value and all(isinstance(word, str) for word in value.values()):
        return dict(value)
    raise ValidationError({number: ['expected a text, or a table of texts such as { fact = "…", short = "…" }']})
