"""Scenario files as they lie on the disk: found by name or path, each laid over what it extends."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mockserver.simulation.scenario.rules import close_match
from mockserver.simulation.scenario.toml_lines import line_of, repetition, toml_lines
from mockserver.simulation.scenario.toml_text import key_path
from mockserver.words.errors import ScenarioError
from mockserver.words.resources import data_path

__all__ = ["Source", "overlaid", "parsed", "read_sources", "scenario_names", "text_of"]

# How `tomllib` ends its messages.
_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a scenario.

    Attributes:
        shown: What messages call it: a shipped scenario by its file's name, any other file by its path.
        table: What it says itself, without `extends`.
        extends: What it says it extends.
    """

    path: Path
    shown: str
    text: str
    table: dict[str, Any]
    extends: str | None

    @property
    def is_base(self) -> bool:
        """Is it a shipped file that others only extend?"""
        return _is_base(self.path)

    def says(self, where: Sequence[str | int]) -> int:
        """How many of the steps to a value can be gone in this file alone."""
        held: Any = self.table
        for taken, step in enumerate(where):
            inside = isinstance(held, dict) and step in held
            if not inside and not (isinstance(held, list) and isinstance(step, int) and step < len(held)):
                return taken
            held = held[step]
        return len(where)

    def line_of(self, where: Sequence[str | int]) -> int:
        """The line, from 1, of the value; of what would hold it, where it is not said here."""
        return line_of(toml_lines(self.text), where)


def scenario_names() -> list[str]:
    """Names of the shipped scenarios, in alphabetical order; files beginning with `_` are only bases."""
    return sorted(path.stem for path in data_path("scenarios").glob("[!_]*.toml"))


def read_sources(name_or_file: str) -> list[Source]:
    """The file of a shipped scenario or any TOML file, then what it extends, and so on.

    Raises:
        ScenarioError: One of them is unknown, unreadable, no TOML, or extends itself.
    """
    path = _find(name_or_file, Path())
    if path is None or _is_base(path):
        raise ScenarioError(f"no scenario {name_or_file!r}{_what_there_is(name_or_file, scenario_names())}")
    sources = [_read(path)]
    while (base := sources[-1].extends) is not None:
        sources.append(_read(_base_of(sources, base)))
    return sources


def overlaid(sources: Sequence[Source]) -> dict[str, Any]:
    """What the sources say together: the first lies on top."""
    table: dict[str, Any] = {}
    for source in reversed(sources):
        table = _overlay(table, source.table)
    return table


def _overlay(base: dict[str, Any], top: dict[str, Any]) -> dict[str, Any]:
    """Tables are merged key by key; everything else in `top` replaces what stands in `base`."""
    merged = dict(base)
    for key, value in top.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _overlay(merged[key], value) if both else value
    return merged


def _find(name_or_file: str, beside: Path) -> Path | None:
    shipped = data_path("scenarios") / f"{name_or_file}.toml"
    if "/" not in name_or_file and "\\" not in name_or_file and _is_file(shipped):
        return shipped
    path = beside / name_or_file
    return path if _is_file(path) else None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # The name is longer than the system has room for.
        return False


def _is_base(path: Path) -> bool:
    """Is it a shipped file that others only extend?"""
    return path.parent == data_path("scenarios") and path.name.startswith("_")


def _base_of(sources: Sequence[Source], base: str) -> Path:
    """The file that the last source extends."""
    source = sources[-1]
    where = f"{source.shown}:{source.line_of(['extends'])}: extends: {base!r}"
    path = _find(base, source.path.parent)
    if path is None:
        known = sorted(path.stem for path in data_path("scenarios").glob("*.toml"))
        raise ScenarioError(f"{where}: no such scenario{_what_there_is(base, known)}")
    if path.resolve() in {below.path.resolve() for below in sources}:
        raise ScenarioError(f"{where}: a scenario cannot extend itself")
    return path


def _what_there_is(name: str, known: Sequence[str]) -> str:
    meant = close_match(name, known) or ":"
    return f"{meant} expected the path of a TOML file or one of {', '.join(known)}"


def _read(path: Path) -> Source:
    shown = path.name if path.parent == data_path("scenarios") else str(path)
    text = text_of(path, shown)
    table = parsed(text, shown)
    extends = table.pop("extends", None)
    source = Source(path, shown, text, table, extends)
    if extends is not None and not isinstance(extends, str):
        where = f"{shown}:{source.line_of(['extends'])}: extends: {extends!r}"
        raise ScenarioError(f"{where}: expected the name of a scenario or the path of a TOML file")
    return source


def text_of(path: Path, shown: str) -> str:
    """What a file holds, without a byte order mark, and with line breaks of one kind.

    Raises:
        ScenarioError: It cannot be read, or is not UTF-8.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ScenarioError(f"{shown}: cannot be read: {error.strerror}") from None
    try:
        # Some editors put a byte order mark before the first line.
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ScenarioError(f"{shown}:{line}: no TOML: expected UTF-8 text") from None


def parsed(text: str, shown: str) -> dict[str, Any]:
    """What the text of a file says.

    Raises:
        ScenarioError: It is no TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(_syntax_mistake(shown, text, str(error))) from None


def _syntax_mistake(shown: str, text: str, message: str) -> str:
    place = _PLACE.search(message)
    if place is None:
        return f"{shown}:1: no TOML: {message}"
    line = len(text.splitlines()) or 1 if place["line"] is None else int(place["line"])
    twice = repetition(text)
    if twice is not None and twice.second <= line:
        # `tomllib` says that a value cannot be overwritten, and not which.
        return f"{shown}:{twice.second}: {key_path(twice.steps)}: no TOML: given twice, first in line {twice.first}"
    end = "the end of the file" if place["line"] is None else f"column {place['column']}"
    return f"{shown}:{line}: no TOML: {message[: place.start()]}, at {end}"
