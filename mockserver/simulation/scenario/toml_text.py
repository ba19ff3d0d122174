"""Plain values as TOML. `tomllib` only reads; what we write is small enough to need no library for it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

__all__ = ["key_path", "toml_text"]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_LINE = 100


def toml_text(table: Mapping[str, Any]) -> str:
    """A table as TOML text, in its order; within a table, values come before tables.

    Args:
        table: Texts, numbers, booleans, aware datetimes, lists of these, and tables of all that. None is
            left out, since TOML has no word for it.
    """
    return "\n".join(_table(table, ())).lstrip("\n") + "\n"


def _bare_or_quoted(key: str) -> str:
    """The key as it is, or in quotes where it has to be."""
    return key if _BARE.fullmatch(key) else _string(key)


def key_path(steps: Iterable[str | int]) -> str:
    """The way to a value as TOML writes it, places in lists (from 0) in brackets: `keys.full.scopes[0]`."""
    written = (f"[{step}]" if isinstance(step, int) else f".{_bare_or_quoted(step)}" for step in steps)
    return "".join(written).removeprefix(".")


def _table(table: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[str]:
    values = {key: value for key, value in table.items() if not isinstance(value, Mapping | None)}
    inner = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    # A table that holds nothing but tables needs no header of its own.
    if above and (values or not inner):
        yield f"\n[{'.'.join(map(_bare_or_quoted, above))}]"
    for key, value in values.items():
        yield _pair(key, value)
    for key, held in inner.items():
        yield from _table(held, (*above, key))


def _pair(key: str, value: Any) -> str:
    line = f"{_bare_or_quoted(key)} = {_value(value)}"
    if isinstance(value, list | tuple) and len(line) > _LONGEST_LINE:
        elements = "".join(f"    {_value(element)},\n" for element in value)
        return f"{_bare_or_quoted(key)} = [\n{elements}]"
    return line


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case int() | float():
            return repr(value)
        case str():
            return _string(value)
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case list() | tuple():
            return f"[{', '.join(map(_value, value))}]"
    raise TypeError(f"no TOML for {type(value).__name__}")


def _string(text: str) -> str:
    """In double quotes. JSON's escapes are TOML's, but for the one control character that JSON leaves."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
