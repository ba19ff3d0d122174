"""What differs between people, as a file of texts says it."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from mockserver.simulation.scenario import fields
from mockserver.simulation.talk.filling import Words

__all__ = ["Facts"]


class _Fact(fields.String):
    """A text stands for `{fact}` and `{short}`; a table names its own words."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, str):
            return {"fact": value, "short": value}
        if isinstance(value, dict) and value and all(isinstance(word, str) for word in value.values()):
            return dict(value)
        raise ValidationError('expected a text in quotes, or a table of them such as { fact = "…", short = "…" }')


class Facts(fields.List):
    """One fact or more; each person gets one."""

    def __init__(self, **rules: Any) -> None:
        super().__init__(_Fact(), validate=self._some, **rules)

    @staticmethod
    def _some(facts: list[Words]) -> None:
        if not facts:
            raise ValidationError("expected 1 or more facts")
