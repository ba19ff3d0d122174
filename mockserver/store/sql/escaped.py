"""A column for any text that JSON can hold.

PostgreSQL holds no NUL, and no database half of a surrogate pair, but a client may well name its session so.
"""

import json
from typing import Any

from sqlalchemy import Text, TypeDecorator

__all__ = ["EscapedText"]


class EscapedText(TypeDecorator[str]):
    """Text that is kept as JSON writes it in ASCII, between the quotes: most ids are kept as they are."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """On the way in, and in comparisons: different texts stay different."""
        return None if value is None else json.dumps(value)[1:-1]

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        """On the way out."""
        return None if value is None else json.loads(f'"{value}"')
