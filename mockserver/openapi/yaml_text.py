"""Documents as YAML that people like to read. Pure.

PyYAML writes it: its quoting is right where YAML is full of traps (`no`, `1e3`, `on`). What is set here is the
look: keys in the document's order, nothing folded, texts of several lines as blocks, short lists on one line, and
no anchors for what occurs twice.
"""

from typing import Any

import yaml

__all__ = ["yaml_text"]

# The C writer is ten times faster and writes the same; not every wheel has it.
_Base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

_LONGEST_LIST = 90


class _Writer(_Base):  # type: ignore[misc]
    """PyYAML's writer with the look of this project."""

    def ignore_aliases(self, data: Any) -> bool:
        """A schema that is used twice is written twice."""
        return True


def _text(writer: Any, value: str) -> Any:
    return writer.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


def _list(writer: Any, values: list[Any]) -> Any:
    plain = not any(isinstance(value, dict | list) for value in values)
    on_one_line = plain and sum(len(str(value)) + 2 for value in values) <= _LONGEST_LIST
    return writer.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=on_one_line)


_Writer.add_representer(str, _text)
_Writer.add_representer(list, _list)


def yaml_text(value: Any) -> str:
    """A document of plain values as YAML."""
    return str(yaml.dump(value, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=10_000))
