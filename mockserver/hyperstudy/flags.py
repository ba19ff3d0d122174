"""Query parameters that are true or false: read, and described. Pure."""

from collections.abc import Mapping

from mockserver.door.operations import Parameter
from mockserver.hyperstudy.errors import InvalidParameter

__all__ = ["described_flag", "flag"]

_VALUES = {"true": True, "false": False}


def flag(arguments: Mapping[str, str], name: str) -> bool:
    """Whether a parameter is true, in any letter case: Python's `requests` writes `True`. Without it, false.

    Raises:
        InvalidParameter: It is neither true nor false.
    """
    value = arguments.get(name, "false")
    if value.lower() not in _VALUES:
        raise InvalidParameter(name, value, f"one of {', '.join(_VALUES)}")
    return _VALUES[value.lower()]


def described_flag(name: str, about: str) -> Parameter:
    """Such a parameter; the client writes it in lower case (observed)."""
    schema = {"type": "string", "enum": list(_VALUES), "default": "false"}
    return Parameter(name, schema, f"{about} In any letter case (inferred).", fidelity="observed")
